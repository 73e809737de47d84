import type { Field, RowsEvent, Schema, WireColumn } from '../../engine/api/index.ts';
import { ResultColumn } from './result-column.ts';

/** Rows of a chunk: big enough that dictionaries pay, small enough that dropping one is hardly seen. */
const CHUNK_ROWS = 16_384;
/** Rows kept per sink. */
export const MAX_RESULT_ROWS = 1_000_000;

interface Chunk {
  rowCount: number;
  readonly columns: readonly ResultColumn[];
}

/**
 * The rows a sink delivered in one run, columnar; the oldest chunk is dropped when there are more than `maxRows`.
 * Rows are numbered from 0 over the life of the job, so a row keeps its number when older ones are dropped.
 */
export class ResultTable {
  readonly schema: Schema;
  readonly #maxRows: number;
  readonly #chunks: Chunk[] = [];
  #firstRow = 0;
  #endRow = 0;

  constructor(schema: Schema, maxRows = MAX_RESULT_ROWS) {
    this.schema = schema;
    this.#maxRows = maxRows;
  }

  /** Number of the oldest row that is still kept: so many were dropped. */
  get firstRow(): number {
    return this.#firstRow;
  }

  /** Number of the row that comes next: so many were delivered. */
  get endRow(): number {
    return this.#endRow;
  }

  append(event: RowsEvent): void {
    let at = 0;
    while (at < event.rowCount) {
      const chunk = this.#openChunk();
      const count = Math.min(event.rowCount - at, CHUNK_ROWS - chunk.rowCount);
      chunk.columns.forEach((column, c) => column.append(chunk.rowCount, event.columns[c] as WireColumn, at, count));
      chunk.rowCount += count;
      this.#endRow += count;
      at += count;
    }
    this.#dropOldest();
  }

  /** The value of a kept row, or undefined when the row was dropped or has not come yet. */
  valueAt(row: number, column: number): unknown {
    if (row < this.#firstRow || row >= this.#endRow) return undefined;
    const offset = row - this.#firstRow;
    // Every chunk but the last is full, so a division finds it.
    return this.#chunks[Math.floor(offset / CHUNK_ROWS)]?.columns[column]?.valueAt(offset % CHUNK_ROWS);
  }

  /** One kept row as a plain record. */
  recordAt(row: number): Record<string, unknown> {
    return Object.fromEntries(this.schema.fields.map((field: Field, c) => [field.name, this.valueAt(row, c)]));
  }

  #openChunk(): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.rowCount < CHUNK_ROWS) return last;
    const chunk = { rowCount: 0, columns: this.schema.fields.map(() => new ResultColumn(CHUNK_ROWS)) };
    this.#chunks.push(chunk);
    return chunk;
  }

  #dropOldest(): void {
    while (this.#endRow - this.#firstRow > this.#maxRows && this.#chunks.length > 1) {
      this.#firstRow += this.#chunks.shift()?.rowCount ?? 0;
    }
  }
}
