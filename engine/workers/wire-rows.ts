import type { WireColumn } from '../api/engine-api.ts';
import { Batch } from '../batch/batch.ts';
import { Column } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { unreachable } from '../util/assert.ts';

/** Rows that crossed a worker boundary as a batch again. Timestamps and origins do not travel: none, and 0. */
export function batchOfRows(schema: Schema, rowCount: number, columns: readonly WireColumn[]): Batch {
  const timestamps = new Float64Array(rowCount).fill(Number.NaN);
  return new Batch(schema, rowCount, columns.map(columnOf), timestamps, new Float64Array(rowCount), new Marks(0), null, rowCount);
}

function columnOf(column: WireColumn): Column {
  switch (column.kind) {
    case 'numbers':
      return Column.ofF64(column.values, column.nulls);
    case 'strings':
      return Column.ofCodes(column.codes, dictionaryOf(column.dictionary), column.nulls);
    case 'booleans':
      return Column.ofBytes(column.bytes, column.nulls);
    case 'values':
      return Column.ofObjects([...column.values]);
    default:
      return unreachable(column);
  }
}

/** Distinct strings keep their codes: they are encoded in order. */
function dictionaryOf(values: readonly string[]): Dictionary {
  const dictionary = new Dictionary();
  for (const value of values) dictionary.encode(value);
  return dictionary;
}
