import { READ_DOUBLE } from '../column-writer.ts';
import type { ColumnWriter } from '../column-writer.ts';
import type { RecordWriter } from '../record-writer.ts';
import type { BoundColumn } from './bind-columns.ts';
import type { ValueCursor } from './group-columns.ts';
import { Unreadable } from './leaf-values.ts';

const MAX_RAW = 500;

/** The first row of a run that is refused. */
export interface RefusedRow {
  readonly offset: number;
  /** A sentence; names the field. */
  readonly reason: string;
}

/** Writes `count` rows behind those of the writer, without counting them. Rows from the refused one on are as if they had not been written. */
export function writeRows(writer: RecordWriter, cursors: readonly ValueCursor[], count: number): RefusedRow | null {
  let refused: RefusedRow | null = null;
  const { rowCount, columns } = writer;
  for (let c = 0; c < columns.length; c++) {
    const found = writeColumn(columns[c] as ColumnWriter, rowCount, cursors[c] as ValueCursor, refused?.offset ?? count);
    if (found !== null) refused = found;
  }
  if (refused !== null) for (let row = rowCount + refused.offset; row < rowCount + count; row++) writer.clearRow(row);
  return refused;
}

function writeColumn(column: ColumnWriter, row: number, { values, at }: ValueCursor, count: number): RefusedRow | null {
  if (column.reading === READ_DOUBLE && (values instanceof Float64Array || values instanceof Float32Array)) {
    column.f64.set(values.subarray(at, at + count), row);
    return null;
  }
  for (let i = 0; i < count; i++) {
    const value = values[at + i];
    if (typeof value === 'number' && column.reading === READ_DOUBLE) {
      column.f64[row + i] = value;
      continue;
    }
    const reason = value instanceof Unreadable ? refusalOf(column, value) : column.setValue(row + i, value);
    if (reason !== null) return { offset: i, reason };
  }
  return null;
}

function refusalOf({ field }: ColumnWriter, { shown, reason }: Unreadable): string {
  return `Field "${field.name}" is declared ${field.type}, but the value is ${shown}: ${reason}.`;
}

/** The row that the cursors stand at, as JSON. */
export function rowText(columns: readonly BoundColumn[], cursors: readonly ValueCursor[]): string {
  const values = columns.map(({ field }, c): [string, unknown] => {
    const { values: all, at } = cursors[c] as ValueCursor;
    const value = all[at] ?? null;
    return [field.name, value instanceof Unreadable ? value.shown : value];
  });
  const text = JSON.stringify(Object.fromEntries(values));
  return text.length > MAX_RAW ? `${text.slice(0, MAX_RAW - 1)}…` : text;
}
