import { Batch } from '../batch/batch.ts';
import { BATCH_CAPACITY } from '../batch/batch.ts';
import { BatchPool } from '../batch/batch-pool.ts';
import type { Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import { ColumnWriter } from './column-writer.ts';

const NO_MARKS = new Marks();

/** The batch that is being read: one column writer per field, and the line every record started on. */
export class RecordWriter {
  readonly schema: Schema;
  readonly columns: readonly ColumnWriter[];
  /** Physical line of each record. */
  readonly lines = new Float64Array(BATCH_CAPACITY);
  readonly #sourceIndex: number;
  readonly #pool = new BatchPool();
  rowCount = 0;

  constructor(schema: Schema, sourceIndex: number) {
    this.schema = schema;
    this.columns = schema.fields.map((field) => new ColumnWriter(field));
    this.#sourceIndex = sourceIndex;
  }

  columnOf(name: string): ColumnWriter | undefined {
    return this.columns.find((column) => column.field.name === name);
  }

  clearRow(row: number): void {
    for (const column of this.columns) column.clear(row);
  }

  /** The rows so far; the writer starts over. Records of a file have no timestamps yet. */
  build(): Batch {
    const rowCount = this.rowCount;
    const memory = this.#pool.begin(rowCount);
    const origins = memory.f64(rowCount);
    originsOf(this.lines, this.#sourceIndex, origins);
    const columns = this.columns.map((column) => column.build(rowCount, memory));
    this.rowCount = 0;
    const timestamps = this.#pool.noTimestamps(rowCount);
    return new Batch(this.schema, rowCount, columns, timestamps, origins, NO_MARKS, null, rowCount, this.#pool.lend());
  }
}

function originsOf(lines: Float64Array, sourceIndex: number, origins: Float64Array): void {
  for (let i = 0; i < origins.length; i++) origins[i] = originOf(lines[i] as number, sourceIndex);
}
