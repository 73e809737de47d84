import { Batch } from '../batch/batch.ts';
import type { BatchLease } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';
import { marksBefore } from '../functions/record-failures.ts';

/**
 * A batch with the first `count` live rows of `batch` and new columns; everything else is shared. With fewer than all rows (the next one
 * fails) only the marks before that row. Null: there is nothing in it.
 */
export function batchOfPrefix(
  batch: Batch,
  count: number,
  schema: Schema,
  columns: readonly Column[],
  lease: BatchLease | null = null,
): Batch | null {
  const { rowCount, timestamps, origins, selection, selectedCount } = batch;
  const marks = count === selectedCount ? batch.marks : marksBefore(batch, batch.rowAt(count));
  if (count === 0 && marks.count === 0) return null;
  const rows = count === selectedCount ? selection : firstRows(batch, count);
  return new Batch(schema, rowCount, columns, timestamps, origins, marks, rows, count, lease);
}

function firstRows(batch: Batch, count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let j = 0; j < count; j++) rows[j] = batch.rowAt(j);
  return rows;
}
