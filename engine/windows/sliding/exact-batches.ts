import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';

/** Doubles hold whole multiples of `1 / scale` exactly up to `2 ** 53 / scale`. The coarsest that fits all values so far is used. */
const SCALES = [1, 2 ** 10, 2 ** 20] as const;
const EXACT_INTEGERS = 2 ** 53;
const NOT_WHOLE = -1;

/**
 * Whether sums come out the same to the last bit in whatever order values are added, and taken away again: when all of them are whole multiples of one power of two
 * and even all together stay within 53 bits. Counts always do, amounts in cents and readings of most converters do, 0.1 does not.
 */
export class ExactBatches {
  readonly #sums: readonly { readonly columnIndex: number; scale: number; highest: number }[];
  readonly #extremes: readonly number[];

  constructor(cells: readonly PlacedCell[]) {
    const columnsOf = (...kinds: readonly string[]): number[] => [
      ...new Set(cells.filter(({ cell }) => kinds.includes(cell.kind)).map(({ columnIndex }) => columnIndex)),
    ];
    this.#sums = columnsOf('sum').map((columnIndex) => ({ columnIndex, scale: 0, highest: 0 }));
    this.#extremes = columnsOf('min', 'max');
  }

  /** @param recordsBefore How many records there are to add these to, at most. */
  accepts(batch: Batch, recordsBefore: number): boolean {
    for (const sum of this.#sums) {
      const column = batch.columns[sum.columnIndex] as Column;
      let highest = highestOf(batch, column, SCALES[sum.scale] as number);
      for (; highest === NOT_WHOLE; highest = highestOf(batch, column, SCALES[sum.scale] as number)) {
        if (++sum.scale === SCALES.length) return false;
      }
      sum.highest = Math.max(sum.highest, highest);
      if (!this.#isBounded(sum.scale, sum.highest, recordsBefore + batch.selectedCount)) return false;
    }
    return this.#extremes.every((columnIndex) => isWithoutNegativeZero(batch, batch.columns[columnIndex] as Column));
  }

  /** A sum to go on from. It counts like so many records. */
  acceptsSum(columnIndex: number, value: number, records: number): boolean {
    const sum = this.#sums.find((candidate) => candidate.columnIndex === columnIndex);
    if (sum === undefined) return true;
    while (!isMultiple(value, SCALES[sum.scale] as number)) if (++sum.scale === SCALES.length) return false;
    sum.highest = Math.max(sum.highest, Math.abs(value));
    return this.#isBounded(sum.scale, sum.highest, records);
  }

  #isBounded(scale: number, highest: number, records: number): boolean {
    return highest * records * (SCALES[scale] as number) <= EXACT_INTEGERS;
  }
}

function isMultiple(value: number, scale: number): boolean {
  return value * scale === Math.floor(value * scale);
}

/** The highest absolute value; `NOT_WHOLE`: some value is no whole multiple of `1 / scale`. */
function highestOf({ selection, selectedCount }: Batch, { f64, nulls }: Column, scale: number): number {
  let highest = 0;
  for (let j = 0; j < selectedCount; j++) {
    const i = selection === null ? j : (selection[j] as number);
    if (nulls !== null && nulls[i] === 1) continue;
    const size = Math.abs(f64[i] as number);
    // An infinity is its own floor; it is not bounded.
    if (size * scale !== Math.floor(size * scale)) return NOT_WHOLE;
    if (size > highest) highest = size;
  }
  return highest;
}

/** Of 0 and −0 the first to come is the minimum, so that the order of records would matter. */
function isWithoutNegativeZero({ selection, selectedCount }: Batch, { f64, nulls }: Column): boolean {
  for (let j = 0; j < selectedCount; j++) {
    const i = selection === null ? j : (selection[j] as number);
    const value = f64[i] as number;
    if (value === 0 && 1 / value < 0 && (nulls === null || nulls[i] === 0)) return false;
  }
  return true;
}
