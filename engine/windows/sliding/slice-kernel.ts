import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { STR } from '../../batch/column.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import type { OperatorContext } from '../../operators/operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import type { SlidingWindows } from '../assigners/sliding-windows.ts';
import { EventTimeCursor } from '../event-time-cursor.ts';
import type { StretchKernel } from '../event-time-cursor.ts';
import type { KernelParts } from '../kernel-parts.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import type { PaneKeys } from '../panes/pane-keys.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { WindowContents } from '../window-contents.ts';
import type { PaneSnapshot, RestoredPane } from '../window-snapshot.ts';
import { NOT_PENDING, panesOf, WindowSnapshotWriter } from '../window-snapshot.ts';
import { ExactBatches } from './exact-batches.ts';
import type { SliceLoopInput, SliceLoopVariant } from './generate-slice-loops.ts';
import { generateRingLoop, generateSliceLoop } from './generate-slice-loops.ts';
import { RingStore } from './ring-store.ts';
import { SliceOutput } from './slice-output.ts';
import type { SlicePlan } from './slice-plan.ts';
import { slicePlanOf } from './slice-plan.ts';
import { SliceStore } from './slice-store.ts';
import type { WindowStore } from './window-store.ts';

export interface SliceKernelParts extends KernelParts {
  readonly windows: SlidingWindows;
  readonly sizeMs: number;
  /** `sizeMs` is a multiple of it. */
  readonly slideMs: number;
  readonly offsetMs: number;
}

/** Why a batch is not taken: its sums would depend on the order of additions, or it does not fit into the rings as they are. */
export type Refusal = 'inexact' | 'misfit';

/** Beyond so much memory (in units of 8 bytes) keys are too many for accumulators and lists of all of them. */
const MAX_SLICE_CELLS = 1 << 25;
const MAX_NUMBER = 2 ** 29;

/** How accumulators are kept, and the loops over rows that go with it. */
interface Layout {
  readonly store: WindowStore;
  /** From the accumulator of one key slot to the next. */
  readonly stride: number;
  /** Memory per key slot, in units of 8 bytes. */
  readonly cellsPerKey: number;
  readonly loopOf: (variant: SliceLoopVariant) => (batch: Batch, from: number, to: number, input: SliceLoopInput) => number;
}

/**
 * Windows that overlap, with time cut into slices. As long as sums are exact a record is added to the one slice it is in (see `SliceStore`), so batches are looked at
 * before; otherwise to the accumulators of all its windows, which are close together (see `RingStore`).
 *
 * Without allowed lateness only: nothing has to be known of windows that have fired.
 */
export class SliceKernel implements StretchKernel {
  readonly #parts: SliceKernelParts;
  readonly #plan: SlicePlan;
  readonly #span: number;
  readonly #store: WindowStore;
  readonly #layout: Layout;
  readonly #keys: PaneKeys;
  /** Null: sums need not be exact. */
  readonly #exact: ExactBatches | null;
  readonly #loops = new Map<number, ReturnType<Layout['loopOf']>>();
  readonly #context: OperatorContext;
  readonly #output: SliceOutput;
  readonly #cursor: EventTimeCursor;
  #noNulls = new Uint8Array(0);
  /** Number of slice 0, counted from the offset. NaN: slices have no numbers yet. */
  #base = Number.NaN;
  /** Records in slices, at most, and one for what was restored. */
  #recordCount = 1;
  /** Of the batch in hand. */
  #loop: ReturnType<Layout['loopOf']> | null = null;
  #input: SliceLoopInput | null = null;

  /**
   * @param isExact Sums have to be exact, and are fast.
   * @param watermark What has been reached already.
   */
  constructor(parts: SliceKernelParts, context: OperatorContext, isExact: boolean, watermark = MIN_WATERMARK) {
    this.#parts = parts;
    this.#plan = slicePlanOf(parts.plan, parts.inputSchema);
    this.#span = parts.sizeMs / parts.slideMs;
    this.#layout = isExact ? slicesOf(this.#plan, this.#span, parts.uniqueName) : ringOf(this.#plan, this.#span, parts.uniqueName);
    this.#store = this.#layout.store;
    this.#keys = parts.newKeys(this.#store);
    this.#exact = isExact ? new ExactBatches(this.#plan.cells) : null;
    this.#context = context;
    const { results } = this.#plan;
    this.#output = new SliceOutput(parts.outputSchema, results, this.#layout.stride, this.#keys, context.output, parts.uniqueName);
    this.#cursor = new EventTimeCursor(this.#output, context, parts.keyOf, watermark);
  }

  /** Key slots in use; some of their keys may have lost their state since. */
  get keyCount(): number {
    return this.#keys.slotCount;
  }

  get nextDeadline(): number {
    return this.#store.isEmpty ? Number.POSITIVE_INFINITY : maxTimestamp(this.#windowOf(this.#store.fired + 1));
  }

  /** Whether all of the batch can be processed here; null: yes. */
  refusalOf(batch: Batch): Refusal | null {
    if (batch.selectedCount === 0) return null;
    const keyColumn = must(batch.columns[this.#parts.keyColumnIndex], 'the key column');
    if (hasNull(batch, keyColumn) || !this.#fits(batch)) return 'misfit';
    return this.#exact?.accepts(batch, this.#recordCount) === false ? 'inexact' : null;
  }

  /** A batch that was not refused. */
  processBatch(batch: Batch): void {
    const keyColumn = must(batch.columns[this.#parts.keyColumnIndex], 'the key column');
    this.#keys.beginBatch(batch, keyColumn);
    this.#store.reserve(this.#keys.slotCount);
    this.#loop = this.#loopFor(batch);
    this.#input = this.#loopInput(batch);
    this.#recordCount += batch.selectedCount;
    this.#cursor.run(batch, keyColumn, this);
  }

  addRows(batch: Batch, from: number, to: number): number {
    const loop = must(this.#loop, 'the loop of the batch in hand');
    const input = must(this.#input, 'the input of the batch in hand');
    this.#store.reserveLists(to - from, this.#keys.slotCount);
    let j = from;
    while (j < to) {
      j = loop(batch, j, to, input);
      if (j >= to) break;
      const deadline = this.nextDeadline;
      if (this.#slowRow(batch, batch.rowAt(j), to - j)) j++;
      if (this.nextDeadline < deadline) break;
    }
    return j;
  }

  fireDue(watermark: number, origin: number): void {
    const store = this.#store;
    const until = Math.min(this.#firedBy(watermark), store.last);
    while (store.fired < until) {
      const window = this.#windowOf(store.fired + 1);
      const list = store.listOf(store.fired + 1);
      this.#recordCount -= store.fire(this.#keys.slotCount, ({ cells }) => {
        if (list.from < list.to) this.#output.append(window, cells, list, origin);
      });
    }
  }

  snapshot(): KeyedStateSnapshot {
    const store = this.#store;
    const panesOfSlot = new Map<number, PaneSnapshot[]>();
    store.visitAll(this.#keys.slotCount, (window, { cells, stride }) => {
      const { slots, from, to } = store.listOf(window);
      const { start, end } = this.#windowOf(window);
      for (let n = from; n < to; n++) {
        const slot = slots[n] as number;
        const accumulator = this.#plan.cellOf.map((cell) => cells[slot * stride + cell] as number);
        const pane: PaneSnapshot = [start, end, n - from, accumulator];
        const ofSlot = panesOfSlot.get(slot);
        if (ofSlot === undefined) panesOfSlot.set(slot, [pane]);
        else ofSlot.push(pane);
      }
    });
    const writer = new WindowSnapshotWriter(this.#parts.allowedLatenessMs);
    for (const [slot, panes] of panesOfSlot) {
      const key = this.#keys.keyAt(slot);
      writer.add(this.#parts.keyGroupOf(key), key, panes);
    }
    return writer.snapshot();
  }

  /** Into a kernel that has seen nothing. Null: done. Otherwise the kernel is of no use. */
  restore(snapshot: KeyedStateSnapshot): Refusal | null {
    const panes = panesOf(snapshot);
    return panes.some(({ pendingRank }) => pendingRank === NOT_PENDING) ? 'misfit' : this.takeOver(contentsOf(panes));
  }

  /** What all windows hold that have not fired. */
  contents(): WindowContents[] {
    const all: WindowContents[] = [];
    const { cellOf } = this.#plan;
    this.#store.visitAll(this.#keys.slotCount, (window, { cells, stride }) => {
      const { slots, from, to } = this.#store.listOf(window);
      const accumulators = new Float64Array((to - from) * cellOf.length);
      const keys: unknown[] = [];
      let at = 0;
      for (let n = from; n < to; n++) {
        const slot = slots[n] as number;
        for (const cell of cellOf) accumulators[at++] = cells[slot * stride + cell] as number;
        keys.push(this.#keys.keyAt(slot));
      }
      if (keys.length > 0) all.push({ window: this.#windowOf(window), keys, accumulators });
    });
    return all;
  }

  /** Instead of `restore`. */
  takeOver(contents: readonly WindowContents[]): Refusal | null {
    const [first] = contents;
    if (first === undefined) return null;
    const lowest = contents.reduce((end, { window }) => Math.min(end, window.end), first.window.end);
    const highest = contents.reduce((end, { window }) => Math.max(end, window.end), first.window.end);
    const store = this.#store;
    this.#begin(lowest - this.#parts.slideMs);
    if (this.#numberAt(highest) - 1 > store.fired + store.mask + 1) return 'misfit';
    if (this.#exact !== null && !contents.every(({ accumulators }) => this.#areExact(accumulators))) return 'inexact';
    const accumulator = new Float64Array(store.stride);
    for (const { window, keys, accumulators } of contents) {
      for (const [n, key] of keys.entries()) {
        const slot = this.#keys.slotOfKey(key);
        store.reserve(this.#keys.slotCount);
        // Where records were not counted, there was one at least.
        accumulator.fill(1);
        for (const [c, cell] of this.#plan.cellOf.entries()) accumulator[cell] = accumulators[n * this.#plan.cellOf.length + c] as number;
        store.restore(this.#numberAt(window.end) - 1, slot, accumulator);
      }
    }
    return null;
  }

  /** When there are no slices: makes place for one at this moment, and some before it. They are numbered anew if numbers would not be small. */
  #begin(timestamp: number): void {
    const store = this.#store;
    const number = this.#numberAt(timestamp);
    if (Number.isNaN(this.#base) || Math.abs(number) > MAX_NUMBER) {
      this.#base = 0;
      this.#base = this.#numberAt(timestamp);
      store.forget();
    }
    const early = this.#numberAt(timestamp) - 1 - ((store.mask + 1) >> 2);
    store.fired = Math.max(store.fired, early, Math.min(this.#firedBy(this.#cursor.watermark), MAX_NUMBER));
    store.last = store.fired;
  }

  #fits(batch: Batch): boolean {
    const store = this.#store;
    if (store.isEmpty) this.#beginWith(batch);
    // Windows before those that could fire by now are not late, only unknown.
    const isKnown = this.#firedBy(this.#cursor.watermark) >= store.fired;
    const from = isKnown ? Number.NEGATIVE_INFINITY : this.#startOf(store.fired + 1);
    const cells = this.#keysAfter(batch) * this.#layout.cellsPerKey;
    return cells <= MAX_SLICE_CELLS && isWithin(batch, from, this.#startOf(store.lastSlice + 1));
  }

  #beginWith(batch: Batch): void {
    const first = lowestTimestampOf(batch);
    if (!Number.isNaN(first)) this.#begin(first);
  }

  /** Key slots there may be after the batch. */
  #keysAfter(batch: Batch): number {
    const column = must(batch.columns[this.#parts.keyColumnIndex], 'the key column');
    const { slotCount } = this.#keys;
    return column.kind === STR ? Math.max(slotCount, column.dictionary.size) : slotCount + Math.min(batch.selectedCount, slotCount);
  }

  /** A row the loop does not take as things are. True: it is done; false: the loop can take it now. */
  #slowRow(batch: Batch, i: number, rows: number): boolean {
    const store = this.#store;
    this.#cursor.forwardThrough(batch.marks, i);
    if (store.isEmpty) store.fired = Math.max(store.fired, Math.min(this.#firedBy(this.#cursor.watermark), MAX_NUMBER));
    const timestamp = batch.timestamps[i] as number;
    const slice = this.#numberAt(timestamp);
    if (slice + this.#span - 1 <= store.fired) {
      this.#lateRow(batch, i, timestamp);
      return true;
    }
    if (!store.isOpen(slice)) store.open(slice, rows, this.#keys.slotCount);
    if (slice > store.fired && !this.#isDetached(slice, this.#keys.rowSlots[i] as number)) return false;
    this.#addBehind(slice, batch, i);
    return true;
  }

  /** The key is known in later windows, but perhaps not in all from those of this slice on. */
  #isDetached(slice: number, slot: number): boolean {
    const { highest, connected } = this.#store;
    return (highest[slot] as number) > slice + this.#span - 1 && slice < (connected[slot] as number);
  }

  /** A row some of whose windows have fired, or that is behind others of its key. */
  #addBehind(slice: number, batch: Batch, i: number): void {
    const store = this.#store;
    const slot = this.#keys.rowSlots[i] as number;
    const last = slice + this.#span - 1;
    for (let window = Math.max(slice, store.fired + 1); window <= last; window++) {
      const isKnown = window >= (store.connected[slot] as number) && window <= (store.highest[slot] as number);
      if (!isKnown && !store.has(window, slot)) store.append(window, slot);
    }
    store.connect(slot, slice, last);
    store.addRow(slice, slot, batch, i);
  }

  #lateRow(batch: Batch, i: number, timestamp: number): void {
    this.#recordCount--;
    const { lateRecords, windows } = this.#parts;
    if (lateRecords.leaveTrace) this.#output.flush();
    const window = windows.windowsOf(timestamp).at(-1) ?? null;
    lateRecords.handle(this.#context, batch.recordAt(i), timestamp, batch.origins[i] as number, window, this.#cursor.watermark);
  }

  #areExact(accumulators: Float64Array): boolean {
    const { cells, cellOf } = this.#plan;
    for (let at = 0; at < accumulators.length; at++) {
      const { cell, columnIndex } = cells[cellOf[at % cellOf.length] as number] as PlacedCell;
      const value = accumulators[at] as number;
      if (cell.kind === 'sum' ? this.#exact?.acceptsSum(columnIndex, value, this.#recordCount) === false : Object.is(value, -0))
        return false;
    }
    return true;
  }

  #numberAt(timestamp: number): number {
    const { slideMs, offsetMs } = this.#parts;
    return Math.floor((timestamp - offsetMs) / slideMs) - this.#base;
  }

  /** The last window whose end the watermark has reached. */
  #firedBy(watermark: number): number {
    return this.#numberAt(watermark + 1) - 1;
  }

  #startOf(slice: number): number {
    const { slideMs, offsetMs } = this.#parts;
    return (slice + this.#base) * slideMs + offsetMs;
  }

  #windowOf(window: number): TimeWindow {
    const start = this.#startOf(window - this.#span + 1);
    return { start, end: start + this.#parts.sizeMs };
  }

  #loopInput(batch: Batch): SliceLoopInput {
    if (this.#noNulls.length < batch.rowCount) this.#noNulls = new Uint8Array(batch.rowCount);
    const { slideMs, offsetMs } = this.#parts;
    return { rowSlots: this.#keys.rowSlots, noNulls: this.#noNulls, slideMs, offsetMs, base: this.#base };
  }

  #loopFor(batch: Batch): ReturnType<Layout['loopOf']> {
    const { cells } = this.#plan;
    const selected = batch.selection !== null;
    const nulls = cells.some(({ columnIndex }) => columnIndex >= 0 && (batch.columns[columnIndex] as Column).nulls !== null);
    const variant = (selected ? 1 : 0) + (nulls ? 2 : 0);
    let loop = this.#loops.get(variant);
    if (loop === undefined) {
      loop = this.#layout.loopOf({ selected, nulls });
      this.#loops.set(variant, loop);
    }
    return loop;
  }
}

/** By window, in the order of the panes. */
function contentsOf(panes: readonly RestoredPane[]): WindowContents[] {
  const windows = new Map<number, RestoredPane[]>();
  for (const pane of panes) {
    const ofWindow = windows.get(pane.windowEnd);
    if (ofWindow === undefined) windows.set(pane.windowEnd, [pane]);
    else ofWindow.push(pane);
  }
  return [...windows].map(([end, ofWindow]) => ({
    window: { start: (ofWindow[0] as RestoredPane).windowStart, end },
    keys: ofWindow.map(({ key }) => key),
    accumulators: Float64Array.from(ofWindow.flatMap(({ accumulator }) => accumulator as readonly number[])),
  }));
}

function slicesOf(plan: SlicePlan, span: number, uniqueName: string): Layout {
  const ringSize = ringSizeOf(span);
  const store = new SliceStore(span, ringSize, plan, uniqueName);
  const stride = plan.cells.length;
  return {
    store,
    stride,
    cellsPerKey: stride * (span + 2) + ringSize / 2,
    loopOf: (variant) => {
      const loop = generateSliceLoop(plan.cells, variant, uniqueName);
      return (batch, from, to, input) => loop(store, batch, from, to, input);
    },
  };
}

function ringOf(plan: SlicePlan, span: number, uniqueName: string): Layout {
  // Smaller, so that what is in use of it lies closer together.
  const ringSize = ringSizeOf(span) / 2;
  const store = new RingStore(span, ringSize, plan);
  const stride = ringSize * plan.cells.length;
  return {
    store,
    stride,
    cellsPerKey: stride + ringSize / 2,
    loopOf: (variant) => {
      const loop = generateRingLoop(plan.cells, variant, uniqueName);
      return (batch, from, to, input) => loop(store, batch, from, to, input);
    },
  };
}

/** Room for the slices of a window, some before the first record, and many that are ahead of the watermark, as they are after a pause of the input. */
function ringSizeOf(span: number): number {
  let size = 256;
  while (size < 4 * span) size *= 2;
  return size;
}

/** Whether all timestamps are in `[from, until)`. */
function isWithin({ timestamps, selection, selectedCount }: Batch, from: number, until: number): boolean {
  let j = 0;
  if (selection === null) while (j < selectedCount && (timestamps[j] as number) >= from && (timestamps[j] as number) < until) j++;
  else {
    for (; j < selectedCount; j++) {
      const t = timestamps[selection[j] as number] as number;
      if (!(t >= from && t < until)) break;
    }
  }
  return j === selectedCount;
}

/** NaN: some record has none. */
function lowestTimestampOf({ timestamps, selection, selectedCount }: Batch): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let j = 0; j < selectedCount; j++) {
    const t = timestamps[selection === null ? j : (selection[j] as number)] as number;
    if (!(t >= lowest)) lowest = t;
    if (Number.isNaN(t)) return Number.NaN;
  }
  return lowest;
}

function hasNull(batch: Batch, { nulls }: Column): boolean {
  if (nulls === null) return false;
  for (let j = 0; j < batch.selectedCount; j++) if (nulls[batch.rowAt(j)] === 1) return true;
  return false;
}
