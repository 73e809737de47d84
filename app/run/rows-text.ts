import { formatTimestamp } from '../ui/format.ts';
import { jsonText } from './cell-text.ts';
import type { ResultView } from './run-state.ts';

export type RowsFormat = 'csv' | 'json';

/** Rows between two pauses: about 10 ms of work. */
const SLICE_ROWS = 2_000;

/** Rows `[from, to)` of a result as text, in slices; between two slices the page can do other things. */
export async function rowsText(
  view: ResultView,
  format: RowsFormat,
  from: number,
  to: number,
  pause: () => Promise<void>,
): Promise<readonly string[]> {
  const parts: string[] = [];
  if (format === 'csv') parts.push(`${view.schema.fields.map((field) => csvText(field.name)).join(',')}\r\n`);
  else parts.push('[\n');
  for (let start = from; start < to; start += SLICE_ROWS) {
    // Old rows may be dropped during a pause.
    const end = Math.min(to, start + SLICE_ROWS);
    parts.push(
      format === 'csv'
        ? csvRows(view, Math.max(start, view.table.firstRow), end)
        : jsonRows(view, Math.max(start, view.table.firstRow), end, end === to),
    );
    await pause();
  }
  if (format === 'json') parts.push(']\n');
  return parts;
}

function csvRows({ table, schema }: ResultView, from: number, to: number): string {
  let text = '';
  for (let row = from; row < to; row++) {
    for (let c = 0; c < schema.fields.length; c++) {
      const value = table.valueAt(row, c);
      if (c > 0) text += ',';
      text += schema.fields[c]?.type === 'timestamp' && typeof value === 'number' ? isoText(value) : csvValue(value);
    }
    text += '\r\n';
  }
  return text;
}

function jsonRows({ table }: ResultView, from: number, to: number, isLast: boolean): string {
  const lines: string[] = [];
  for (let row = from; row < to; row++) lines.push(jsonText(table.recordAt(row)));
  return lines.length === 0 ? '' : `${lines.join(',\n')}${isLast ? '' : ','}\n`;
}

function isoText(ms: number): string {
  return `${formatTimestamp(ms).replace(' ', 'T')}Z`;
}

function csvValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return csvText(typeof value === 'string' ? value : jsonText(value));
}

/** RFC 4180: quoted when it holds a comma, a quote, a line break or outer blanks. */
function csvText(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
