import type { Batch, MarkList } from '../batch/batch.ts';
import { Marks } from '../elements/marks.ts';

const NO_MARKS = new Marks(0);
const NO_ORIGINS = new Float64Array(0);

/** Reading position in the batch of one of two inputs that are interleaved. */
export class InterleavedHead {
  /** Origins of the live rows. */
  rowOrigins = NO_ORIGINS;
  rowCount = 0;
  /** The next live row, and the one before which the next mark stands. */
  row = 0;
  rowEnd = 0;
  marks: MarkList = NO_MARKS;
  #mark = 0;
  #batch: Batch | null = null;
  #memory = new Float64Array(0);

  /** @param batch Null: there is none. */
  begin(batch: Batch | null): this {
    this.#batch = batch;
    this.rowCount = batch?.selectedCount ?? 0;
    this.rowOrigins = batch === null ? NO_ORIGINS : this.#liveOrigins(batch);
    this.marks = batch?.marks ?? NO_MARKS;
    this.row = 0;
    this.#mark = 0;
    this.#findRowEnd();
    return this;
  }

  get isOver(): boolean {
    return this.row === this.rowCount && this.#mark === this.marks.count;
  }

  /** The next element is a row. */
  get isRow(): boolean {
    return this.row < this.rowEnd;
  }

  /** Of the next element; infinity after the last. */
  get origin(): number {
    if (this.row < this.rowEnd) return this.rowOrigins[this.row] as number;
    return this.#mark < this.marks.count ? (this.marks.origins[this.#mark] as number) : Number.POSITIVE_INFINITY;
  }

  /** Passes the rows before the next mark with origins below `limit`; how many these are. */
  takeRowsBelow(limit: number): number {
    const from = this.row;
    while (this.row < this.rowEnd && (this.rowOrigins[this.row] as number) < limit) this.row++;
    return this.row - from;
  }

  /** The same, with those of this origin. */
  takeRowsUpTo(limit: number): number {
    const from = this.row;
    while (this.row < this.rowEnd && (this.rowOrigins[this.row] as number) <= limit) this.row++;
    return this.row - from;
  }

  /** Passes the next mark and returns its number. */
  takeMark(): number {
    const mark = this.#mark++;
    this.#findRowEnd();
    return mark;
  }

  #liveOrigins({ origins, selection, selectedCount }: Batch): Float64Array<ArrayBuffer> {
    if (selection === null) return origins as Float64Array<ArrayBuffer>;
    if (this.#memory.length < selectedCount) this.#memory = new Float64Array(selectedCount * 2);
    for (let j = 0; j < selectedCount; j++) this.#memory[j] = origins[selection[j] as number] as number;
    return this.#memory;
  }

  #findRowEnd(): void {
    const position = this.#mark < this.marks.count ? (this.marks.positions[this.#mark] as number) : Number.POSITIVE_INFINITY;
    const batch = this.#batch;
    if (batch === null || batch.selection === null) this.rowEnd = Math.min(this.rowCount, position);
    else {
      let end = this.row;
      while (end < this.rowCount && batch.rowAt(end) < position) end++;
      this.rowEnd = end;
    }
  }
}
