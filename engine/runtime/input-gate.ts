import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import type { BatchLease } from '../batch/batch.ts';
import { BatchPool } from '../batch/batch-pool.ts';
import { BatchMerger } from '../batch/batch-merger.ts';
import type { RowRun } from '../batch/batch-merger.ts';
import { Column, F64 } from '../batch/column.ts';
import { rowsOfColumn } from '../batch/rows-of-column.ts';
import type { Schema } from '../batch/schema.ts';
import type { ChannelBarrier, LocalChannel } from '../channels/local-channel.ts';
import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import { saveBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { SavedBatch } from '../checkpoint/snapshot/saved-batch.ts';
import { MAX_WATERMARK, MIN_WATERMARK, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import { WatermarkValve } from '../time/watermark-valve.ts';
import type { ValveSnapshot } from '../time/watermark-valve.ts';
import { assert } from '../util/assert.ts';

/** Reading position inside the first batch of a channel, which stays in the channel until it has been read. */
interface Cursor {
  readonly channel: LocalChannel;
  readonly index: number;
  batch: Batch | null;
  /** Next live row (index into the selection) and next mark. */
  row: number;
  mark: number;
  /** What was read of the channel says last that nothing is to be expected of it for now. */
  idle: boolean;
}

/**
 * All channels of one input of a subtask. With one live channel batches pass by reference. With several, their elements are merged
 * in order of origin (ties by channel), up to the smallest frontier: that order is a property of the data, not of scheduling.
 * Watermarks go through the valve, so what comes out is the minimum over the channels.
 */
export class InputGate {
  readonly #cursors: readonly Cursor[];
  readonly #valve: WatermarkValve;
  readonly #merger: BatchMerger;
  readonly #pool = new BatchPool();
  #merged = new Merge();
  /** Highest watermark of batches that did not go through the valve. */
  #passedWatermark = MIN_WATERMARK;

  constructor(channels: readonly LocalChannel[], schema: Schema) {
    assert(channels.length > 0, 'an input gate has at least one channel');
    this.#cursors = channels.map((channel, index) => ({ channel, index, batch: null, row: 0, mark: 0, idle: false }));
    this.#valve = new WatermarkValve(channels.length, {
      emitWatermark: (watermark, origin) => this.#merged.addMark(WATERMARK, watermark, origin),
      emitWatermarkStatus: (idle, origin) => this.#merged.addMark(WATERMARK_STATUS, idle ? 1 : 0, origin),
    });
    this.#merger = new BatchMerger(schema);
  }

  get isDrained(): boolean {
    for (const { channel } of this.#cursors) if (!channel.isDrained) return false;
    return true;
  }

  /** Grows with everything that can make a difference to what may be read. */
  get changes(): number {
    let changes = 0;
    for (let i = 0; i < this.#cursors.length; i++) changes += (this.#cursors[i] as Cursor).channel.changes;
    return changes;
  }

  /** Nothing can be read, and nothing has ended, before something arrives. */
  get isEmpty(): boolean {
    for (let i = 0; i < this.#cursors.length; i++) {
      const { channel } = this.#cursors[i] as Cursor;
      if (channel.queued > 0 || channel.isEnded) return false;
    }
    return true;
  }

  /** Nothing with an origin below this will come out any more. */
  get frontier(): number {
    // Asked for with every record of a step.
    if (this.#cursors.length === 1) return this.#headOf(this.#cursors[0] as Cursor);
    let frontier = Number.POSITIVE_INFINITY;
    for (const cursor of this.#cursors) frontier = Math.min(frontier, this.#headOf(cursor));
    return frontier;
  }

  /** How far event time has come in what was read. */
  get progress(): EventTimeProgress {
    const working = this.#working;
    return {
      watermark: Math.max(this.#valve.watermark, this.#passedWatermark),
      idle: working.length > 0 && working.every((cursor) => cursor.idle),
    };
  }

  get #working(): readonly Cursor[] {
    return this.#cursors.filter(({ channel }) => !channel.isDrained);
  }

  get channels(): readonly LocalChannel[] {
    return this.#cursors.map(({ channel }) => channel);
  }

  get schema(): Schema {
    return this.#merger.schema;
  }

  /** What waits in each channel. */
  get inflight(): ReadonlyMap<LocalChannel, readonly SavedBatch[]> {
    return new Map(this.#cursors.map((cursor) => [cursor.channel, inflightOf(cursor, cursor.channel.waiting)]));
  }

  /** What waits in a channel before its first barrier. */
  inflightBeforeBarrier(channel: number): readonly SavedBatch[] {
    const cursor = this.#cursors[channel] as Cursor;
    return inflightOf(cursor, cursor.channel.waitingBeforeBarrier);
  }

  /** The barrier of a channel of which everything before it has been read; null when there is none. */
  reachedBarrier(channel: number): ChannelBarrier | null {
    const { channel: of } = this.#cursors[channel] as Cursor;
    return of.isBarrierNext ? of.barrier : null;
  }

  /** Records that have been read of a channel, those of before a restore included. */
  recordsRead(channel: number): number {
    const { channel: of, row } = this.#cursors[channel] as Cursor;
    return of.waiting.reduce((records, whole) => records - whole.selectedCount, of.records + row);
  }

  snapshot(): ValveSnapshot {
    return this.#valve.snapshot();
  }

  /** The channels are restored before. @param progress What it was. */
  restore(valve: ValveSnapshot, { watermark, idle }: EventTimeProgress): void {
    this.#valve.restore(valve);
    this.#passedWatermark = watermark;
    const isOnly = this.#working.length === 1;
    // The marks of the only channel that works do not go through the valve.
    for (const cursor of this.#cursors) cursor.idle = isOnly ? idle : valve.channels[cursor.index]?.idle === true;
  }

  /** All channels have come so far. */
  beginAt(watermark: number): void {
    const channels = this.#cursors.map(() => ({ watermark, idle: false, aligned: true }));
    this.restore({ channels, watermark, idle: false }, { watermark, idle: false });
  }

  /**
   * The next elements as one batch, or null when nothing may be read yet. `limit`: only elements with a smaller origin (or, when
   * `inclusive`, the same) may be read, because another input of the subtask comes first from there on.
   */
  poll(limit = Number.POSITIVE_INFINITY, inclusive = true): Batch | null {
    const only = this.#onlyLive();
    const whole = only?.batch === null ? only.channel.peek() : null;
    if (whole !== null && isWithin(lastOrigin(whole), limit, inclusive)) return this.#passOn(only as Cursor);
    // Asked for with every record of a step.
    if (whole === null && only?.batch === null) return null;
    return this.#merge(limit, inclusive);
  }

  /** Everything with a smaller origin has been read, or is in the first batches of the channels. */
  get horizon(): number {
    let horizon = Number.POSITIVE_INFINITY;
    for (const { channel } of this.#cursors) horizon = Math.min(horizon, channel.horizon);
    return horizon;
  }

  /** All elements with an origin below `limit`, which is not above the horizon; null when there are none. */
  takeBefore(limit: number): Batch | null {
    return this.#cursors.length === 1
      ? this.#takeOfOnly(this.#cursors[0] as Cursor, limit)
      : this.#merge(limit, false, Number.POSITIVE_INFINITY);
  }

  #takeOfOnly(cursor: Cursor, limit: number): Batch | null {
    const batch = cursor.channel.peek();
    if (batch === null) return null;
    const { row, mark } = cursor;
    const rowEnd = rowsBefore(batch, row, limit);
    const markEnd = marksBefore(batch, mark, limit);
    if (rowEnd === row && markEnd === mark) return null;
    const isLast = rowEnd === batch.selectedCount && markEnd === batch.marks.count;
    if (isLast && row === 0 && mark === 0) return this.#passOn(cursor);
    this.#noteMarks(cursor, batch, mark, markEnd);
    if (isLast) this.#leave(cursor);
    else {
      cursor.batch = batch;
      cursor.row = rowEnd;
      cursor.mark = markEnd;
    }
    return partOf(batch, row, rowEnd, mark, markEnd, isLast);
  }

  #passOn(cursor: Cursor): Batch | null {
    const batch = cursor.channel.take();
    if (batch !== null) this.#noteMarks(cursor, batch, 0, batch.marks.count);
    return batch;
  }

  /** Marks `[from, to)` of a batch are read without going through the valve. */
  #noteMarks(cursor: Cursor, { marks: { kinds, values } }: Batch, from: number, to: number): void {
    if (from === to) return;
    const last = kinds.lastIndexOf(WATERMARK, to - 1);
    if (last >= from) this.#passedWatermark = Math.max(this.#passedWatermark, values[last] as number);
    const status = kinds.lastIndexOf(WATERMARK_STATUS, to - 1);
    if (status >= from) cursor.idle = values[status] === 1;
  }

  /** The first batch of the channel has been read. */
  #leave(cursor: Cursor): void {
    cursor.channel.take();
    cursor.batch = null;
    cursor.row = 0;
    cursor.mark = 0;
  }

  /**
   * The one channel that still delivers, when all others are drained and at the maximum watermark: its own watermarks are the minimum.
   * A half-read batch is finished by the merge first.
   */
  #onlyLive(): Cursor | null {
    if (this.#cursors.length === 1) return this.#cursors[0] as Cursor;
    let live: Cursor | null = null;
    for (const cursor of this.#cursors) {
      if (cursor.batch !== null) return null;
      if (cursor.channel.isDrained && cursor.channel.watermark === MAX_WATERMARK) continue;
      if (live !== null) return null;
      live = cursor;
    }
    return live;
  }

  #headOf(cursor: Cursor): number {
    const batch = cursor.batch ?? cursor.channel.peek();
    return batch === null ? cursor.channel.frontier : nextOrigin(cursor, batch);
  }

  #merge(limit: number, inclusive: boolean, atMost = BATCH_CAPACITY): Batch | null {
    const merge = new Merge();
    this.#merged = merge;
    while (merge.rowCount < atMost) {
      const cursor = this.#smallest();
      if (cursor === null || !isWithin(this.#headOf(cursor), limit, inclusive)) break;
      this.#takeRun(cursor, merge, limit, inclusive, atMost);
    }
    return merge.build(this.#merger, this.#pool);
  }

  /** The cursor whose next element comes first; null when a channel that might still send an earlier one is empty. */
  #smallest(): Cursor | null {
    let best: Cursor | null = null;
    let bestOrigin = Number.POSITIVE_INFINITY;
    let limit = Number.POSITIVE_INFINITY;
    let limitIndex = -1;
    for (const cursor of this.#cursors) {
      const batch = cursor.batch ?? cursor.channel.peek();
      if (batch === null) {
        if (cursor.channel.frontier < limit) {
          limit = cursor.channel.frontier;
          limitIndex = cursor.index;
        }
        continue;
      }
      const origin = nextOrigin(cursor, batch);
      if (best === null || origin < bestOrigin) {
        best = cursor;
        bestOrigin = origin;
      }
    }
    if (best === null || bestOrigin > limit) return null;
    // An empty channel at the same frontier may still send an element of this very origin; it goes first if its index is lower.
    return bestOrigin === limit && limitIndex < best.index ? null : best;
  }

  /** Takes from one channel as many rows as come before every other channel's next element; or one mark. */
  #takeRun(cursor: Cursor, merge: Merge, outerLimit: number, outerInclusive: boolean, atMost: number): void {
    cursor.batch ??= cursor.channel.peek();
    const batch = cursor.batch as Batch;
    if (markIsNext(cursor, batch)) this.#takeMark(cursor, batch);
    else {
      let limit = outerLimit;
      let inclusive = outerInclusive;
      for (const other of this.#cursors) {
        if (other === cursor) continue;
        const head = this.#headOf(other);
        if (head < limit || (head === limit && inclusive && other.index < cursor.index)) {
          limit = head;
          inclusive = cursor.index < other.index;
        }
      }
      const end = this.#runEnd(cursor, batch, limit, inclusive, atMost - merge.rowCount);
      merge.addRows(batch, cursor.row, end);
      cursor.row = end;
    }
    if (cursor.row < batch.selectedCount || cursor.mark < batch.marks.count) return;
    this.#leave(cursor);
    merge.addEnd(batch);
  }

  #runEnd(cursor: Cursor, batch: Batch, limit: number, inclusive: boolean, atMost: number): number {
    const lastRow = cursor.mark < batch.marks.count ? (batch.marks.positions[cursor.mark] as number) : batch.rowCount;
    const last = Math.min(batch.selectedCount, cursor.row + atMost);
    let row = cursor.row;
    while (row < last) {
      const i = batch.rowAt(row);
      const origin = batch.origins[i] as number;
      if (i >= lastRow || origin > limit || (origin === limit && !inclusive)) break;
      row++;
    }
    return row;
  }

  #takeMark(cursor: Cursor, batch: Batch): void {
    const m = cursor.mark++;
    const value = batch.marks.values[m] as number;
    const origin = batch.marks.origins[m] as number;
    if (batch.marks.kinds[m] === WATERMARK) this.#valve.inputWatermark(value, cursor.index, origin);
    else if (batch.marks.kinds[m] === WATERMARK_STATUS) {
      cursor.idle = value === 1;
      this.#valve.inputWatermarkStatus(cursor.idle, cursor.index, origin);
    }
  }
}

/** What waits in a channel, what is left of a half-read batch first. */
function inflightOf({ batch, row, mark }: Cursor, queued: readonly Batch[]): readonly SavedBatch[] {
  return queued.filter(isNotEmpty).map((whole) => (whole === batch ? saveBatch(batch, row, mark) : saveBatch(whole)));
}

/** A filter may leave nothing of a batch. */
function isNotEmpty({ selectedCount, marks }: Batch): boolean {
  return selectedCount > 0 || marks.count > 0;
}

function isWithin(origin: number, limit: number, inclusive: boolean): boolean {
  return origin < limit || (inclusive && origin === limit);
}

/** Origin of the last element of a batch, row or mark. */
function lastOrigin(batch: Batch): number {
  const { marks, selectedCount } = batch;
  const row = selectedCount === 0 ? Number.NEGATIVE_INFINITY : (batch.origins[batch.rowAt(selectedCount - 1)] as number);
  return marks.count === 0 ? row : Math.max(row, marks.origins[marks.count - 1] as number);
}

function markIsNext(cursor: Cursor, batch: Batch): boolean {
  if (cursor.mark >= batch.marks.count) return false;
  return cursor.row >= batch.selectedCount || (batch.marks.positions[cursor.mark] as number) <= batch.rowAt(cursor.row);
}

function nextOrigin(cursor: Cursor, batch: Batch): number {
  return markIsNext(cursor, batch) ? (batch.marks.origins[cursor.mark] as number) : (batch.origins[batch.rowAt(cursor.row)] as number);
}

/** How many of the live rows of a batch have an origin below `limit`; the first `from` have. */
function rowsBefore(batch: Batch, from: number, limit: number): number {
  let low = from;
  let high = batch.selectedCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((batch.origins[batch.rowAt(middle)] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same for its marks. */
function marksBefore({ marks }: Batch, from: number, limit: number): number {
  let m = from;
  while (m < marks.count && (marks.origins[m] as number) < limit) m++;
  return m;
}

/** Live rows `[row, rowEnd)` and marks `[mark, markEnd)` of a batch, which comes back when all its parts have been given back. */
function partOf(batch: Batch, row: number, rowEnd: number, mark: number, markEnd: number, isLast: boolean): Batch {
  const { schema, rowCount, columns, timestamps, origins, marks: all, selection, lease } = batch;
  if (!isLast) lease?.retain();
  // Without a selection the part is dense as well, and its marks are counted from its first row.
  const shift = selection === null ? row : 0;
  const marks = new Marks(markEnd - mark);
  for (let m = mark; m < markEnd; m++) {
    marks.push((all.positions[m] as number) - shift, all.kinds[m] as MarkKind, all.values[m] as number, all.origins[m] as number);
  }
  const count = rowEnd - row;
  if (selection !== null) {
    const rows = selection.subarray(row, rowEnd);
    return new Batch(schema, rowCount, columns, timestamps, origins, marks, rows, count, lease);
  }
  const times = timestamps.subarray(row, rowEnd);
  const ofPart = columns.map((column) =>
    // A timestamp field is often the very memory of the timestamps.
    column.kind === F64 && column.f64 === timestamps && column.nulls === null ? Column.ofF64(times) : rowsOfColumn(column, row, rowEnd),
  );
  return new Batch(schema, count, ofPart, times, origins.subarray(row, rowEnd), marks, null, count, lease);
}

/** The batch under construction. */
class Merge {
  rowCount = 0;
  readonly #runs: RowRun[] = [];
  readonly #marks = new Marks();
  readonly #leases: BatchLease[] = [];

  /** Nothing more is read of a batch. */
  addEnd({ lease }: Batch): void {
    if (lease !== null) this.#leases.push(lease);
  }

  addRows(batch: Batch, from: number, to: number): void {
    assert(to > from, 'a run of rows is not empty');
    const rows = new Int32Array(to - from);
    for (let j = from; j < to; j++) rows[j - from] = batch.rowAt(j);
    this.#runs.push({ batch, rows });
    this.rowCount += rows.length;
  }

  addMark(kind: MarkKind, value: number, origin: number): void {
    this.#marks.push(this.rowCount, kind, value, origin);
  }

  build(merger: BatchMerger, pool: BatchPool): Batch | null {
    const batch = this.#batch(merger, pool);
    // What was merged is a copy.
    for (const lease of this.#leases) lease.release();
    return batch;
  }

  #batch(merger: BatchMerger, pool: BatchPool): Batch | null {
    const rowCount = this.rowCount;
    if (rowCount === 0 && this.#marks.count === 0) return null;
    const memory = pool.begin(rowCount);
    const timestamps = memory.f64(rowCount);
    const origins = memory.f64(rowCount);
    let at = 0;
    for (const { batch, rows } of this.#runs) {
      for (let j = 0; j < rows.length; j++) {
        timestamps[at + j] = batch.timestamps[rows[j] as number] as number;
        origins[at + j] = batch.origins[rows[j] as number] as number;
      }
      at += rows.length;
    }
    const columns = merger.columns(this.#runs, rowCount, memory);
    return new Batch(merger.schema, rowCount, columns, timestamps, origins, this.#marks, null, rowCount, pool.lend());
  }
}
