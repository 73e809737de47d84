import type { Batch, MarkList } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { MIN_WATERMARK, WATERMARK } from '../elements/marks.ts';
import type { OperatorContext } from '../operators/operator.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { assert, must } from '../util/assert.ts';
import type { AccumulatorCell, AggregatePlan } from './aggregate-plan.ts';
import { firstNullKey, firstRowFrom, lastWatermarkOf } from './event-time-cursor.ts';
import type { LateRecords } from './late-records.ts';
import { failWithoutTimestamp, keyOrFail } from './late-records.ts';
import { addRowToCells } from './panes/cell-code.ts';
import type { PaneLoop, PaneLoopInput, PlacedCell } from './panes/generate-pane-loop.ts';
import { generatePaneLoop } from './panes/generate-pane-loop.ts';
import type { PaneKeys, SlotUsers } from './panes/pane-keys.ts';
import { PaneOutput } from './panes/pane-output.ts';
import { PaneStore } from './panes/pane-store.ts';
import type { PaneWindows } from './panes/pane-windows.ts';
import type { Pane } from './panes/pane.ts';
import type { TimeWindow } from './time-window.ts';
import { isSameWindow, maxTimestamp } from './time-window.ts';
import type { WindowContents } from './window-contents.ts';
import type { PaneSnapshot } from './window-snapshot.ts';
import { NOT_PENDING, panesOf, WindowSnapshotWriter } from './window-snapshot.ts';

export interface PaneKernelParts {
  readonly windows: PaneWindows;
  readonly allowedLatenessMs: number;
  readonly lateRecords: LateRecords;
  /** Numeric cells only. */
  readonly plan: AggregatePlan;
  readonly inputSchema: Schema;
  /** Key, window start, window end, results. */
  readonly outputSchema: Schema;
  readonly keyColumnIndex: number;
  /** Refuses a null key, by throwing. */
  readonly keyOf: (record: Row) => unknown;
  readonly newKeys: (users: SlotUsers) => PaneKeys;
  readonly keyGroupOf: (key: unknown) => number;
  /** Different for every operator instance of a job. */
  readonly uniqueName: string;
}

/**
 * Windows are opened over so many spans without records, so that the loop can take rows on both sides of them. Few, because sparse records would
 * otherwise pay for more windows than they are in.
 */
const MAX_SPANS_BETWEEN = 8;

/** Marks of the batch in hand: none is left. */
const NO_MARK = -1;

/**
 * Event-time windows over columns: the fast path beside `WindowOperator`, which is the specification.
 *
 * It serves tumbling windows, and windows that overlap, for one key column, numeric accumulators and the event-time trigger. All rows of one window and all keys share a pane; there are no
 * timers, because the only deadlines are the ends (and, with lateness, the clean-up times) of the few live panes. Rows are added by a
 * generated loop up to the first watermark that reaches the next deadline; watermarks before it cannot fire anything, so they are only
 * forwarded. Whatever does not fit the loop (a row outside the panes in hand, a late row) leaves it and is handled here row by row.
 *
 * Windows that overlap have a pane each as well, and a stretch of rows is added to one after the other. Smaller panes, combined when a window fires,
 * would be less work with many windows per record, but sums of doubles would be rounded in another order than by the specification: a job must
 * give the same bits fused and unfused.
 */
export class PaneKernel {
  readonly #parts: PaneKernelParts;
  readonly #stride: number;
  readonly #cells: readonly PlacedCell[];
  /** Of a cell that counts records: it is not 0 for the keys a pane has seen. */
  readonly #countCell: number;
  readonly #store: PaneStore;
  readonly #keys: PaneKeys;
  readonly #loops = new Map<number, PaneLoops>();
  readonly #context: OperatorContext;
  readonly #output: PaneOutput;
  #noNulls = new Uint8Array(0);
  #watermark = MIN_WATERMARK;
  /** No watermark below it changes anything. */
  #nextDeadline = Number.POSITIVE_INFINITY;
  /** The pane the loop works on, and the one that follows it without a gap, if the loop works on that too. */
  #current: Pane | null = null;
  #next: Pane | null = null;
  /** Windows overlap: every window of every moment from here to `#readyEnd` is open, and the loop can add to all of them. */
  #readyStart = 0;
  #readyEnd = 0;
  /** First mark of the batch in hand that was not forwarded yet. */
  #mark = 0;

  constructor(parts: PaneKernelParts, context: OperatorContext) {
    this.#parts = parts;
    const { results } = parts.plan;
    const cells = withCount(parts.plan.cells);
    this.#stride = cells.length;
    this.#countCell = cells.findIndex(({ kind }) => kind === 'records');
    this.#cells = cells.map((cell) => ({ cell, columnIndex: parts.inputSchema.fields.findIndex((field) => field.name === cell.column) }));
    this.#store = new PaneStore({ initialCells: cells.map((cell) => must(cell.initial, 'the initial content of a numeric cell')) });
    this.#keys = parts.newKeys(this.#store);
    this.#context = context;
    this.#output = new PaneOutput(parts.outputSchema, results, this.#stride, this.#keys, context.output, parts.uniqueName);
  }

  /** Key slots in use; some of their keys may have lost their state since. */
  get keyCount(): number {
    return this.#keys.slotCount;
  }

  get paneCount(): number {
    return this.#store.panes.length;
  }

  processBatch(batch: Batch): void {
    const marks = batch.marks;
    const keyColumn = must(batch.columns[this.#parts.keyColumnIndex], 'the key column');
    this.#mark = 0;
    this.#keys.beginBatch(batch, keyColumn);
    if (this.#store.adapt(this.#keys.slotCount)) this.#leavePanes();
    const loops = this.#loopsFor(batch);
    const rowsEnd = firstNullKey(batch, keyColumn);
    const lastWatermark = lastWatermarkOf(marks);
    let j = 0;
    for (;;) {
      const due = lastWatermark < this.#nextDeadline ? NO_MARK : this.#firstDueMark(marks);
      const limit = due === NO_MARK ? rowsEnd : firstRowFrom(batch, j, rowsEnd, marks.positions[due] as number);
      const deadline = this.#nextDeadline;
      j = this.#addRows(batch, loops, j, limit);
      // A pane with an earlier deadline was opened: an earlier mark may be due now.
      if (j < limit || this.#nextDeadline < deadline) continue;
      if (limit === rowsEnd && rowsEnd < batch.selectedCount) this.#failOnNullKey(batch, batch.rowAt(rowsEnd), due);
      if (due === NO_MARK) break;
      this.#output.forward(marks, this.#mark, due);
      this.#advanceTo(marks.values[due] as number, marks.origins[due] as number);
      this.#output.forward(marks, due, due + 1);
      this.#mark = due + 1;
    }
    this.#output.finishBatch(marks, this.#mark);
    if (lastWatermark > this.#watermark) this.#watermark = lastWatermark;
  }

  snapshot(): KeyedStateSnapshot {
    const panesOfSlot = new Map<number, PaneSnapshot[]>();
    for (const pane of this.#store.panes) {
      const ranks = pane.pending === null ? null : new Map([...pane.pending].map((entry, rank) => [entry, rank]));
      for (let entry = 1; entry <= pane.count; entry++) {
        const slot = pane.slots[entry] as number;
        const rank = pane.fired ? NOT_PENDING : ranks === null ? entry - 1 : (ranks.get(entry) ?? NOT_PENDING);
        const at = pane.offsetOf(entry);
        const cells = Array.from(pane.cells.subarray(at, at + this.#parts.plan.cells.length));
        const snapshot: PaneSnapshot = [pane.start, pane.end, rank, cells];
        const ofSlot = panesOfSlot.get(slot);
        if (ofSlot === undefined) panesOfSlot.set(slot, [snapshot]);
        else ofSlot.push(snapshot);
      }
    }
    const writer = new WindowSnapshotWriter(this.#parts.allowedLatenessMs);
    for (const [slot, panes] of panesOfSlot) {
      const key = this.#keys.keyAt(slot);
      writer.add(this.#parts.keyGroupOf(key), key, panes);
    }
    return writer.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    for (const { key, windowStart, windowEnd, pendingRank, accumulator } of panesOf(snapshot)) {
      const pane = this.#addRestored({ start: windowStart, end: windowEnd }, key, accumulator as readonly number[]);
      // Waiting entries come first, so those before this one all wait.
      if (pendingRank === NOT_PENDING) pane.pending ??= new Set(Array.from({ length: pane.count - 1 }, (_, i) => i + 1));
    }
    this.#finishRestore();
  }

  /** What all windows hold. None of them has fired: there is no allowed lateness, and nothing was restored from where there was. */
  contents(): WindowContents[] {
    const stride = this.#parts.plan.cells.length;
    return this.#store.panes.map((pane) => {
      const accumulators = new Float64Array(pane.count * stride);
      const keys: unknown[] = [];
      for (let entry = 1; entry <= pane.count; entry++) {
        const at = pane.offsetOf(entry);
        accumulators.set(pane.cells.subarray(at, at + stride), keys.length * stride);
        keys.push(this.#keys.keyAt(pane.slots[entry] as number));
      }
      return { window: { start: pane.start, end: pane.end }, keys, accumulators };
    });
  }

  /** Instead of `restore`. @param watermark What has been reached already. */
  takeOver(contents: readonly WindowContents[], watermark: number): void {
    const stride = this.#parts.plan.cells.length;
    this.#watermark = watermark;
    for (const { window, keys, accumulators } of contents) {
      for (const [n, key] of keys.entries()) this.#addRestored(window, key, accumulators.subarray(n * stride, (n + 1) * stride));
    }
    this.#finishRestore();
  }

  #addRestored(window: TimeWindow, key: unknown, accumulator: ArrayLike<number>): Pane {
    const slot = this.#keys.slotOfKey(key);
    const pane = this.#store.find(window.end) ?? this.#openRestored(window);
    this.#store.reserve(pane, 0, 1);
    const at = pane.offsetOf(pane.addEntry(slot));
    // A count of our own is not saved; whoever has an entry has been seen.
    pane.cells[at + this.#countCell] = 1;
    pane.cells.set(accumulator, at);
    return pane;
  }

  #openRestored(window: TimeWindow): Pane {
    assert(
      this.#parts.windows.windowsOf(maxTimestamp(window)).some((known) => isSameWindow(known, window)),
      'restored windows are those that are configured',
    );
    return this.#store.open(window.start, window.end, 0, true);
  }

  #finishRestore(): void {
    this.#store.adapt(this.#keys.slotCount);
    for (const pane of this.#store.panes) if (pane.pending === null) this.#store.makeFast(pane, this.#keys.slotCount);
    this.#findNextDeadline();
  }

  /** Live rows `[from, to)`. Stops early, after a whole row, when a pane was opened that ends before the others. */
  #addRows(batch: Batch, loops: PaneLoops, from: number, to: number): number {
    let j = from;
    while (j < to) {
      const pane = this.#current;
      if (this.#parts.windows.overlap) {
        j = this.#addToReady(batch, loops, j, to);
        if (j >= to) break;
      } else if (pane !== null) {
        const next = this.#next;
        this.#reserveRows(pane, to - j);
        if (next !== null) this.#reserveRows(next, to - j);
        j = (next === null ? loops.single : loops.paired)(pane, next, batch, j, to, this.#loopInput(batch));
        if (j >= to) break;
      }
      const deadline = this.#nextDeadline;
      if (this.#slowRow(batch, batch.rowAt(j))) j++;
      if (this.#nextDeadline < deadline) return j;
    }
    return j;
  }

  /** Adds the live rows from `from` on to all their windows, as far as these are ready, and returns how far that is. */
  #addToReady(batch: Batch, loops: PaneLoops, from: number, to: number): number {
    const { timestamps, selection } = batch;
    const readyStart = this.#readyStart;
    const readyEnd = this.#readyEnd;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    let j = from;
    for (; j < to; j++) {
      const t = timestamps[selection === null ? j : (selection[j] as number)] as number;
      if (!(t >= readyStart && t < readyEnd)) break;
      if (t < first) first = t;
      if (t > last) last = t;
    }
    if (j === from) return j;
    const input = this.#loopInput(batch);
    for (const pane of this.#store.panes) {
      if (pane.end <= first || pane.start > last) continue;
      this.#reserveRows(pane, j - from);
      loops.skipping(pane, null, batch, from, j, input);
    }
    return j;
  }

  /** A row the loop does not take as things are. True: it is done; false: the loop can take it now. */
  #slowRow(batch: Batch, i: number): boolean {
    this.#forwardThrough(batch.marks, i);
    const timestamp = batch.timestamps[i] as number;
    if (Number.isNaN(timestamp)) {
      this.#output.flush();
      failWithoutTimestamp(this.#context, batch.recordAt(i), batch.origins[i] as number);
    }
    const windows = this.#parts.windows.windowsOf(timestamp);
    const live = windows.filter((window) => !this.#isLate(window));
    if (live.length === 0) this.#lateRow(batch, i, windows.at(-1) ?? null);
    else if (live.length === windows.length && this.#makeReady(timestamp, windows)) return false;
    else for (const window of live) this.#addToWindow(window, batch, i);
    return true;
  }

  #addToWindow({ start, end }: TimeWindow, batch: Batch, i: number): void {
    const slot = this.#keys.rowSlots[i] as number;
    const pane = this.#store.find(end) ?? this.#openPane(start, end);
    this.#store.reserve(pane, this.#keys.slotCount, 1);
    if (pane.isDense) {
      const at = slot * this.#stride;
      if (pane.cells[at + this.#countCell] === 0) pane.addEntry(slot);
      addRowToCells(pane.cells, at, this.#cells, batch, i);
      return;
    }
    let entry = pane.entryOf(slot);
    if (entry === 0) entry = pane.addEntry(slot);
    addRowToCells(pane.cells, pane.offsetOf(entry), this.#cells, batch, i);
    if (pane.fired) this.#output.append(pane, entry, entry + 1, batch.origins[i] as number);
    else pane.pending?.add(entry);
  }

  #isLate(window: TimeWindow): boolean {
    return maxTimestamp(window) + this.#parts.allowedLatenessMs <= this.#watermark;
  }

  /** Opens the windows of a moment where they are not open yet. False: the loop must not add to one of them. */
  #makeReady(timestamp: number, windows: readonly TimeWindow[]): boolean {
    if (!this.#openAll(windows)) return false;
    if (this.#parts.windows.overlap) return this.#growReady(this.#parts.windows.spanOf(timestamp));
    for (const { end } of windows) this.#work(must(this.#store.find(end), 'a window that was opened'));
    return true;
  }

  /** True: the loop can add to all of them. */
  #openAll(windows: readonly TimeWindow[]): boolean {
    let areFast = true;
    for (const { start, end } of windows) {
      const pane = this.#store.find(end) ?? this.#openPane(start, end);
      if (!pane.isFast) areFast = false;
    }
    return areFast;
  }

  /** Takes a span whose windows are open into the stretch that is ready, with what lies between. False: it stays outside. */
  #growReady({ start, end }: TimeWindow): boolean {
    const isBefore = end <= this.#readyStart;
    if (this.#readyEnd > this.#readyStart) {
      const isConnected = isBefore ? this.#openBetween(end, this.#readyStart) : this.#openBetween(this.#readyEnd, start);
      if (isConnected) {
        this.#readyStart = Math.min(this.#readyStart, start);
        this.#readyEnd = Math.max(this.#readyEnd, end);
        return true;
      }
      // Records behind a gap are few; those ahead of one are the first of many.
      if (isBefore) return false;
    }
    this.#readyStart = start;
    this.#readyEnd = end;
    return true;
  }

  /** Opens all windows of a stretch in which no record has been seen. False: it is long, or the loop must not add to one of them. */
  #openBetween(from: number, to: number): boolean {
    const { windows } = this.#parts;
    const spans: number[] = [];
    for (let at = from; at < to; at = windows.spanOf(at).end) if (spans.push(at) > MAX_SPANS_BETWEEN) return false;
    return spans.every((at) => this.#canOpen(at));
  }

  /** Opens the windows of a moment. False: there is none, or one of them is over. */
  #canOpen(timestamp: number): boolean {
    const windows = this.#parts.windows.windowsOf(timestamp);
    const isOpen = windows.length > 0 && windows.every((window) => maxTimestamp(window) > this.#watermark);
    return isOpen && this.#openAll(windows);
  }

  /** The loop works on none until a row asks for it: panes may not be fast any more. */
  #leavePanes(): void {
    this.#current = null;
    this.#next = null;
    this.#readyStart = 0;
    this.#readyEnd = 0;
  }

  /** Makes the loop work on this pane, keeping the one it worked on where the two are neighbours. */
  #work(pane: Pane): void {
    const former = this.#current;
    if (pane === former || pane === this.#next) return;
    if (former !== null && pane.start === former.end) this.#next = pane;
    else {
      this.#next = former !== null && pane.end === former.start ? former : null;
      this.#current = pane;
    }
  }

  /** Room for what `rows` rows can add at most. */
  #reserveRows(pane: Pane, rows: number): void {
    const { slotCount } = this.#keys;
    this.#store.reserve(pane, slotCount, Math.min(rows, slotCount - pane.count));
  }

  #openPane(start: number, end: number): Pane {
    const isOver = end - 1 <= this.#watermark;
    const pane = this.#store.open(start, end, this.#keys.slotCount, isOver);
    pane.fired = isOver;
    this.#nextDeadline = Math.min(this.#nextDeadline, this.#deadlineOf(pane));
    return pane;
  }

  /** The row is in no window that is not late. */
  #lateRow(batch: Batch, i: number, window: TimeWindow | null): void {
    const { lateRecords, allowedLatenessMs } = this.#parts;
    const timestamp = batch.timestamps[i] as number;
    // Between two windows, and in time.
    if (timestamp + allowedLatenessMs > this.#watermark) return;
    if (lateRecords.leaveTrace) this.#output.flush();
    lateRecords.handle(this.#context, batch.recordAt(i), timestamp, batch.origins[i] as number, window, this.#watermark);
  }

  /** The watermark reached the next deadline: fires and cleans up what is due, in order of windows. */
  #advanceTo(watermark: number, origin: number): void {
    this.#watermark = watermark;
    const { allowedLatenessMs } = this.#parts;
    const due = this.#store.panes.filter((pane) => pane.end - 1 <= watermark);
    const lastDue = due.at(-1);
    if (lastDue !== undefined) this.#readyStart = Math.max(this.#readyStart, lastDue.end);
    for (const pane of due) {
      if (!pane.fired) this.#fire(pane, origin);
      if (pane.end - 1 + allowedLatenessMs <= watermark) this.#store.close(pane);
      else this.#store.makeSparse(pane);
    }
    if (this.#current?.isFast !== true) {
      this.#current = this.#next?.isFast === true ? this.#next : null;
      this.#next = null;
    }
    this.#findNextDeadline();
  }

  #fire(pane: Pane, origin: number): void {
    if (pane.pending === null) this.#output.append(pane, 1, pane.count + 1, origin);
    else for (const entry of pane.pending) this.#output.append(pane, entry, entry + 1, origin);
    pane.pending = null;
    pane.fired = true;
  }

  #deadlineOf(pane: Pane): number {
    return pane.end - 1 + (pane.fired ? this.#parts.allowedLatenessMs : 0);
  }

  #findNextDeadline(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const pane of this.#store.panes) next = Math.min(next, this.#deadlineOf(pane));
    this.#nextDeadline = next;
  }

  /** First mark not forwarded yet that reaches the next deadline. */
  #firstDueMark(marks: MarkList): number {
    for (let m = this.#mark; m < marks.count; m++) {
      if (marks.kinds[m] === WATERMARK && (marks.values[m] as number) >= this.#nextDeadline) return m;
    }
    return NO_MARK;
  }

  /** Brings watermark and output up to physical row `i`. None of these marks reaches a deadline. */
  #forwardThrough(marks: MarkList, i: number): void {
    const from = this.#mark;
    let m = from;
    for (; m < marks.count && (marks.positions[m] as number) <= i; m++) {
      if (marks.kinds[m] === WATERMARK) this.#watermark = Math.max(this.#watermark, marks.values[m] as number);
    }
    this.#output.forward(marks, from, m);
    this.#mark = m;
  }

  /** The row with the null key is the next one, unless a due mark stands before it. */
  #failOnNullKey(batch: Batch, i: number, due: number): void {
    if (due !== NO_MARK && (batch.marks.positions[due] as number) <= i) return;
    this.#forwardThrough(batch.marks, i);
    this.#output.flush();
    const key = keyOrFail(this.#parts.keyOf, this.#context, batch.recordAt(i), batch.origins[i] as number);
    throw new Error(`Invariant violated: a null key is refused, not read as ${String(key)}`);
  }

  #loopInput(batch: Batch): PaneLoopInput {
    if (this.#noNulls.length < batch.rowCount) this.#noNulls = new Uint8Array(batch.rowCount);
    return { rowSlots: this.#keys.rowSlots, noNulls: this.#noNulls };
  }

  #loopsFor(batch: Batch): PaneLoops {
    const selected = batch.selection !== null;
    const nulls = this.#cells.some(({ columnIndex }) => columnIndex >= 0 && (batch.columns[columnIndex] as Column).nulls !== null);
    const dense = this.#store.isDense;
    const variant = (selected ? 1 : 0) + (nulls ? 2 : 0) + (dense ? 4 : 0);
    let loops = this.#loops.get(variant);
    if (loops === undefined) {
      const loop = (name: 'single' | 'paired' | 'skipping'): PaneLoop => {
        const shape = { selected, nulls, dense, paired: name === 'paired', skips: name === 'skipping' };
        return generatePaneLoop(this.#cells, this.#countCell, shape, `${this.#parts.uniqueName} ${variant} ${name}`);
      };
      loops = { single: loop('single'), paired: loop('paired'), skipping: loop('skipping') };
      this.#loops.set(variant, loops);
    }
    return loops;
  }
}

interface PaneLoops {
  readonly single: PaneLoop;
  readonly paired: PaneLoop;
  readonly skipping: PaneLoop;
}

/** With a cell that counts records, at the end if it is not there anyway. */
function withCount(cells: readonly AccumulatorCell[]): readonly AccumulatorCell[] {
  return cells.some(({ kind }) => kind === 'records') ? cells : [...cells, { kind: 'records', column: '', nullable: false, initial: 0 }];
}
