import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import type { OperatorContext } from '../../operators/operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import type { SlidingWindows } from '../assigners/sliding-windows.ts';
import { EventTimeCursor } from '../event-time-cursor.ts';
import type { StretchKernel } from '../event-time-cursor.ts';
import type { KernelParts } from '../kernel-parts.ts';
import { addRowToCells, combined } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import type { PaneKeys } from '../panes/pane-keys.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { PaneSnapshot, RestoredPane } from '../window-snapshot.ts';
import { NOT_PENDING, panesOf, WindowSnapshotWriter } from '../window-snapshot.ts';
import { ExactBatches } from './exact-batches.ts';
import type { SliceLoop, SliceLoopInput, SliceSweep, SliceSweeps } from './generate-slice-loops.ts';
import { generateSliceLoop, generateSliceSweeps } from './generate-slice-loops.ts';
import { SliceExtremes } from './slice-extremes.ts';
import { SliceOutput } from './slice-output.ts';
import type { SlicePlan } from './slice-plan.ts';
import { slicePlanOf } from './slice-plan.ts';
import { SliceStore } from './slice-store.ts';
import type { SlotList } from './slice-store.ts';

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
/** From this share of used key slots on a sweep goes through all. */
const DENSE_SHARE = 4;

/** Accumulators of a window from before a restore, aligned with the keys that stand first in its list. */
interface RestoredWindow {
  readonly cells: number[];
  count: number;
}

/**
 * Windows that overlap, made of slices: a record is added to the one slice it is in, a slice is added to running accumulators when its first window fires, and
 * taken away after its last. That is the same to the last bit as one accumulator per window only while the sums are exact, so batches are looked at before.
 *
 * Without allowed lateness only: nothing has to be known of windows that have fired.
 */
export class SliceKernel implements StretchKernel {
  readonly #parts: SliceKernelParts;
  readonly #plan: SlicePlan;
  readonly #span: number;
  readonly #store: SliceStore;
  readonly #keys: PaneKeys;
  readonly #exact: ExactBatches;
  readonly #extremes: SliceExtremes;
  readonly #loops = new Map<number, SliceLoop>();
  readonly #sweeps: SliceSweeps;
  readonly #context: OperatorContext;
  readonly #output: SliceOutput;
  readonly #cursor: EventTimeCursor;
  readonly #restored = new Map<number, RestoredWindow>();
  #noNulls = new Uint8Array(0);
  /** Number of slice 0, counted from the offset. NaN: slices have no numbers yet. */
  #base = Number.NaN;
  /** Records in slices, at most, and one for what was restored. */
  #recordCount = 1;
  /** Of the batch in hand. */
  #loop: SliceLoop | null = null;
  #input: SliceLoopInput | null = null;

  /** @param watermark What has been reached already. */
  constructor(parts: SliceKernelParts, context: OperatorContext, watermark = MIN_WATERMARK) {
    this.#parts = parts;
    this.#plan = slicePlanOf(parts.plan, parts.inputSchema);
    this.#span = parts.sizeMs / parts.slideMs;
    const { cells, initialCells, results } = this.#plan;
    this.#store = new SliceStore(this.#span, ringSizeOf(this.#span), initialCells);
    this.#keys = parts.newKeys(this.#store);
    this.#exact = new ExactBatches(cells);
    this.#extremes = new SliceExtremes(this.#plan);
    this.#sweeps = generateSliceSweeps(cells, parts.uniqueName);
    this.#context = context;
    this.#output = new SliceOutput(parts.outputSchema, results, cells.length, this.#keys, context.output, parts.uniqueName);
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
    return this.#exact.accepts(batch, this.#recordCount) ? null : 'inexact';
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
      j = loop(this.#store, batch, j, to, input);
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
      const window = store.fired + 1;
      const list = store.listOf(window);
      this.#beginWindow(store.running, window);
      if (list.from < list.to) this.#output.append(this.#windowOf(window), this.#resultsOf(store.running, window), list, origin);
      this.#recordCount -= this.#endWindow(store.running, window);
      store.closeSlice(window - this.#span + 1);
      store.closeWindow(window);
      this.#restored.delete(window);
      store.fired = window;
    }
  }

  snapshot(): KeyedStateSnapshot {
    const store = this.#store;
    const running = store.running.slice();
    const panesOfSlot = new Map<number, PaneSnapshot[]>();
    for (let window = store.fired + 1; window <= store.last; window++) {
      this.#beginWindow(running, window);
      const { slots, from, to } = store.listOf(window);
      const { start, end } = this.#windowOf(window);
      const results = this.#resultsOf(running, window);
      for (let n = from; n < to; n++) {
        const slot = slots[n] as number;
        const accumulator = this.#plan.cellOf.map((cell) => results[slot * store.stride + cell] as number);
        const pane: PaneSnapshot = [start, end, n - from, accumulator];
        const ofSlot = panesOfSlot.get(slot);
        if (ofSlot === undefined) panesOfSlot.set(slot, [pane]);
        else ofSlot.push(pane);
      }
      this.#endWindow(running, window);
    }
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
    const store = this.#store;
    if (panes.length === 0) return null;
    const ends = panes.map(({ windowEnd }) => windowEnd);
    const lowest = ends.reduce((a, b) => Math.min(a, b));
    const highest = ends.reduce((a, b) => Math.max(a, b));
    this.#begin(lowest - this.#parts.slideMs);
    if (this.#numberAt(highest) - 1 > store.fired + store.mask + 1) return 'misfit';
    if (panes.some(({ pendingRank }) => pendingRank === NOT_PENDING)) return 'misfit';
    if (!panes.every((pane) => this.#isExact(pane))) return 'inexact';
    for (const { key, windowEnd, accumulator } of panes) {
      const slot = this.#keys.slotOfKey(key);
      const window = this.#numberAt(windowEnd) - 1;
      store.reserve(this.#keys.slotCount);
      store.restore(window, slot);
      this.#keepRestored(window, accumulator as readonly number[]);
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
    const [first, last] = timeRangeOf(batch);
    if (store.isEmpty && !Number.isNaN(first)) this.#begin(first);
    // Windows before those that could fire by now are not late, only unknown.
    const isKnown = this.#numberAt(first) > store.fired || this.#firedBy(this.#cursor.watermark) >= store.fired;
    const cells = this.#keys.slotCount * (store.stride * (this.#span + 2) + store.mask / 2);
    return isKnown && this.#numberAt(last) <= store.lastSlice && cells <= MAX_SLICE_CELLS;
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
      if (!this.#isIn(window, slot)) store.append(window, slot);
    }
    store.connect(slot, slice, last);
    const place = slice & store.mask;
    const cells = store.slices[place] as Float64Array;
    const at = slot * store.stride;
    if (cells[at] === 0) store.touch(slice, slot);
    addRowToCells(cells, at, this.#plan.cells, batch, i);
    if (slice <= store.fired) addRowToCells(store.running, at, this.#plan.cells, batch, i);
  }

  #isIn(window: number, slot: number): boolean {
    const store = this.#store;
    if (window >= (store.connected[slot] as number) && window <= (store.highest[slot] as number)) return true;
    for (let slice = window - this.#span + 1; slice <= window; slice++) {
      if (store.isOpen(slice) && (store.slices[slice & store.mask] as Float64Array)[slot * store.stride] !== 0) return true;
    }
    const restored = this.#restored.get(window);
    const { slots, from } = store.listOf(window);
    return restored !== undefined && slots.subarray(from, from + restored.count).includes(slot);
  }

  #lateRow(batch: Batch, i: number, timestamp: number): void {
    const { lateRecords, windows } = this.#parts;
    if (lateRecords.leaveTrace) this.#output.flush();
    const window = windows.windowsOf(timestamp).at(-1) ?? null;
    lateRecords.handle(this.#context, batch.recordAt(i), timestamp, batch.origins[i] as number, window, this.#cursor.watermark);
  }

  #beginWindow(running: Float64Array, window: number): void {
    if (this.#store.isOpen(window)) this.#sweep(running, window, this.#sweeps.add, this.#sweeps.addAll);
  }

  /** How many records leave with the first slice of the window. */
  #endWindow(running: Float64Array, window: number): number {
    const slice = window - this.#span + 1;
    return this.#store.isOpen(slice) ? this.#sweep(running, slice, this.#sweeps.take, this.#sweeps.takeAll) : 0;
  }

  /** Keys in the order of their first records are all over the place; when there are many of them, going through all in order of memory is faster. */
  #sweep(running: Float64Array, slice: number, ofSome: SliceSweep, ofAll: SliceSweep): number {
    const { slices, touched, touchedCounts, mask } = this.#store;
    const at = slice & mask;
    const count = touchedCounts[at] as number;
    const { slotCount } = this.#keys;
    const isDense = count * DENSE_SHARE > slotCount;
    return (isDense ? ofAll : ofSome)(running, slices[at] as Float64Array, touched[at] as Int32Array, isDense ? slotCount : count);
  }

  /** Accumulators of the keys of a window by key slot, while the running ones are its. */
  #resultsOf(running: Float64Array, window: number): Float64Array {
    this.#extremes.gather(running, this.#store, window);
    const restored = this.#restored.get(window);
    return restored === undefined ? running : this.#withRestored(running, restored, this.#store.listOf(window));
  }

  #withRestored(running: Float64Array, { cells, count }: RestoredWindow, { slots, from }: SlotList): Float64Array {
    const results = running.slice();
    const { cellOf } = this.#plan;
    for (let n = 0; n < count; n++) {
      for (const [c, cell] of cellOf.entries()) {
        const at = (slots[from + n] as number) * this.#store.stride + cell;
        const { kind } = (this.#plan.cells[cell] as PlacedCell).cell;
        results[at] = combined(kind, results[at] as number, cells[n * cellOf.length + c] as number);
      }
    }
    return results;
  }

  #keepRestored(window: number, accumulator: readonly number[]): void {
    let restored = this.#restored.get(window);
    if (restored === undefined) this.#restored.set(window, (restored = { cells: [], count: 0 }));
    restored.cells.push(...accumulator);
    restored.count++;
  }

  #isExact({ accumulator }: RestoredPane): boolean {
    return this.#plan.cellOf.every((place, c) => {
      const { cell, columnIndex } = this.#plan.cells[place] as PlacedCell;
      const value = accumulator[c] as number;
      return cell.kind === 'sum' ? this.#exact.acceptsSum(columnIndex, value, this.#recordCount) : !Object.is(value, -0);
    });
  }

  #numberAt(timestamp: number): number {
    const { slideMs, offsetMs } = this.#parts;
    return Math.floor((timestamp - offsetMs) / slideMs) - this.#base;
  }

  /** The last window whose end the watermark has reached. */
  #firedBy(watermark: number): number {
    return this.#numberAt(watermark + 1) - 1;
  }

  #windowOf(window: number): TimeWindow {
    const { sizeMs, slideMs, offsetMs } = this.#parts;
    const start = (window - this.#span + 1 + this.#base) * slideMs + offsetMs;
    return { start, end: start + sizeMs };
  }

  #loopInput(batch: Batch): SliceLoopInput {
    if (this.#noNulls.length < batch.rowCount) this.#noNulls = new Uint8Array(batch.rowCount);
    const { slideMs, offsetMs } = this.#parts;
    return { rowSlots: this.#keys.rowSlots, noNulls: this.#noNulls, slideMs, offsetMs, base: this.#base };
  }

  #loopFor(batch: Batch): SliceLoop {
    const { cells } = this.#plan;
    const selected = batch.selection !== null;
    const nulls = cells.some(({ columnIndex }) => columnIndex >= 0 && (batch.columns[columnIndex] as Column).nulls !== null);
    const variant = (selected ? 1 : 0) + (nulls ? 2 : 0);
    let loop = this.#loops.get(variant);
    if (loop === undefined) {
      loop = generateSliceLoop(cells, { selected, nulls }, `${this.#parts.uniqueName} ${variant}`);
      this.#loops.set(variant, loop);
    }
    return loop;
  }
}

/** Room for the slices of a window, some before the first record, and many that are ahead of the watermark, as they are after a pause of the input. */
function ringSizeOf(span: number): number {
  let size = 256;
  while (size < 4 * span) size *= 2;
  return size;
}

function timeRangeOf({ timestamps, selection, selectedCount }: Batch): readonly [first: number, last: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < selectedCount; j++) {
    const t = timestamps[selection === null ? j : (selection[j] as number)] as number;
    if (t < first) first = t;
    if (!(t <= last)) last = t;
  }
  return Number.isNaN(last) ? [Number.NaN, Number.NaN] : [first, last];
}

function hasNull(batch: Batch, { nulls }: Column): boolean {
  if (nulls === null) return false;
  for (let j = 0; j < batch.selectedCount; j++) if (nulls[batch.rowAt(j)] === 1) return true;
  return false;
}
