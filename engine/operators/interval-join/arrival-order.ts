import type { Batch } from '../../batch/batch.ts';
import { BATCH_CAPACITY } from '../../batch/batch.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { Side } from './interval-bounds.ts';
import type { Arrivals } from './pair-search.ts';

const NO_SELECTION = new Int32Array(0);
/** Up to so many, copying one by one is faster than asking for a copy. */
const FEW_ROWS = 32;

/** The live rows of a batch of either side, or of both, as one sequence. */
export class ArrivalOrder implements Arrivals {
  count = 0;
  sides: Uint8Array = new Uint8Array(0);
  leftCount = 0;
  lefts = 0;
  timestamps = new Float64Array(0);
  origins = new Float64Array(0);
  slots = new Int32Array(0);
  readonly rowShifts = new Int32Array(2);
  /** Entries of `slots` that are set. */
  #knownCount = 0;
  /** Live rows by side, and how many of them there are. */
  readonly #live: [Int32Array, Int32Array] = [NO_SELECTION, NO_SELECTION];
  readonly #liveCounts = new Int32Array(2);
  /** By side: 1 when all rows of its batch are alive. */
  readonly #isWhole = new Uint8Array(2);
  #everyRow = new Int32Array(0);
  #sameSide = new Uint8Array(0);

  /** @param inputs The sides of the rows, in order. */
  begin(left: Batch | null, right: Batch | null, inputs: Uint8Array, count: number): void {
    this.#beginArrays(left, right, inputs, count);
  }

  /** All rows are of one side. */
  beginWith(batch: Batch, side: Side): void {
    const count = batch.selectedCount;
    if (this.#sameSide.length < count) this.#sameSide = new Uint8Array(Math.max(count, BATCH_CAPACITY));
    for (let q = 0; q < count; q++) this.#sameSide[q] = side;
    this.#beginArrays(side === 0 ? batch : null, side === 0 ? null : batch, this.#sameSide, count);
  }

  /** Where the `q`-th record is, of which those before it have been taken. */
  placeOf(q: number): number {
    return this.sides[q] === 0 ? this.lefts : this.leftCount + q - this.lefts;
  }

  /** Where the records of a side begin in these arrays. */
  startOf(side: Side): number {
    return side === 0 ? 0 : this.leftCount;
  }

  /** How many rows of a side there are in the log before the `q`-th record, if those before it have been taken. */
  rowsBefore(side: Side, q: number): number {
    return (this.rowShifts[side] as number) + (side === 0 ? this.lefts : this.leftCount + q - this.lefts);
  }

  /** The `q`-th record is taken, and joined with nothing. */
  skip(q: number): void {
    if (this.sides[q] === 0) this.lefts++;
  }

  /** Slots that were set; the user may change them. */
  get knownSlots(): Int32Array {
    return this.slots.subarray(0, this.#knownCount);
  }

  /** The live rows of a side; there are `liveCount` of them. */
  liveRows(side: Side): Int32Array {
    return this.#live[side];
  }

  liveCount(side: Side): number {
    return this.#liveCounts[side] as number;
  }

  /** @param rowSlots By physical row; there is none where `nulls` is 1. */
  setSlots(side: Side, rowSlots: Int32Array | Uint8Array, nulls: Uint8Array | null): void {
    const live = this.#live[side];
    const count = this.liveCount(side);
    const at = side === 0 ? 0 : this.leftCount;
    if (nulls === null && this.#isWhole[side] === 1 && count > FEW_ROWS) this.slots.set(rowSlots.subarray(0, count), at);
    else {
      for (let j = 0; j < count; j++) {
        const row = live[j] as number;
        this.slots[at + j] = nulls !== null && nulls[row] === 1 ? NO_SLOT : (rowSlots[row] as number);
      }
    }
    this.#knownCount = at + count;
  }

  /** The fields of the first row of a side are at `first`, those of the others behind it. */
  setRows(side: Side, first: number): void {
    this.rowShifts[side] = first - (side === 0 ? 0 : this.leftCount);
  }

  end(): void {
    this.count = 0;
    this.#knownCount = 0;
  }

  #beginArrays(left: Batch | null, right: Batch | null, sides: Uint8Array, count: number): void {
    this.sides = sides;
    this.count = count;
    this.leftCount = left?.selectedCount ?? 0;
    this.#knownCount = 0;
    this.lefts = 0;
    if (this.slots.length < count) {
      const capacity = Math.max(FEW_ROWS, count, 2 * this.slots.length);
      this.timestamps = new Float64Array(capacity);
      this.origins = new Float64Array(capacity);
      this.slots = new Int32Array(capacity);
    }
    this.#isWhole[0] = left?.selection === null ? 1 : 0;
    this.#isWhole[1] = right?.selection === null ? 1 : 0;
    this.#liveCounts[0] = this.leftCount;
    this.#liveCounts[1] = right?.selectedCount ?? 0;
    this.#live[0] = this.#takeTimes(left, 0);
    this.#live[1] = this.#takeTimes(right, this.leftCount);
  }

  /** The live rows. */
  #takeTimes(batch: Batch | null, at: number): Int32Array {
    if (batch === null) return NO_SELECTION;
    const { selection, selectedCount, timestamps, origins } = batch;
    const rows = selection ?? this.#rowsUpTo(selectedCount);
    if (selection === null && selectedCount > FEW_ROWS) {
      this.timestamps.set(timestamps.subarray(0, selectedCount), at);
      this.origins.set(origins.subarray(0, selectedCount), at);
      return rows;
    }
    for (let j = 0; j < selectedCount; j++) {
      const row = rows[j] as number;
      this.timestamps[at + j] = timestamps[row] as number;
      this.origins[at + j] = origins[row] as number;
    }
    return rows;
  }

  /** 0, 1, 2 … */
  #rowsUpTo(count: number): Int32Array {
    if (this.#everyRow.length < count) this.#everyRow = Int32Array.from({ length: Math.max(count, BATCH_CAPACITY) }, (_, i) => i);
    return this.#everyRow;
  }
}
