import type { WireColumn } from '../api/engine-api.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';

/** One value of a column that crossed a worker boundary. */
export function wireValue(column: WireColumn, row: number): unknown {
  if (column.kind === 'values') return column.values[row];
  if (column.nulls !== null && column.nulls[row] === 1) return null;
  switch (column.kind) {
    case 'numbers':
      return column.values[row];
    case 'strings':
      return column.dictionary[column.codes[row] as number];
    case 'booleans':
      return column.bytes[row] === 1;
    default:
      return unreachable(column);
  }
}

export function wireRecord(schema: Schema, columns: readonly WireColumn[], row: number): Row {
  return Object.fromEntries(schema.fields.map((field, c) => [field.name, wireValue(columns[c] as WireColumn, row)]));
}

/** A record as one line of JSON. Numbers keep their shortest exact form; what JSON has no word for (NaN, infinities) becomes a string, bigint its digits. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}`;
    return typeof inner === 'number' && !Number.isFinite(inner) ? `${inner}` : inner;
  });
}

/** Rows as text, each line ended. CSV (RFC 4180) begins with the field names when `first`. */
export function encodeRows(
  schema: Schema,
  rowCount: number,
  columns: readonly WireColumn[],
  format: 'csv' | 'ndjson',
  first: boolean,
): string {
  let text = format === 'csv' && first ? `${schema.fields.map((field) => csvCell(field.name)).join(',')}\r\n` : '';
  for (let row = 0; row < rowCount; row++) {
    text +=
      format === 'csv'
        ? `${columns.map((column) => csvCell(wireValue(column, row))).join(',')}\r\n`
        : `${jsonLine(wireRecord(schema, columns, row))}\n`;
  }
  return text;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : typeof value === 'object' ? jsonLine(value) : String(value as number | boolean | bigint);
  // An empty string is quoted so that it stays different from null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
