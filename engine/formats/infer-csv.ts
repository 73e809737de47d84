import type { Field } from '../batch/schema.ts';
import { CsvRecord } from './csv-record.ts';
import { CSV_DELIMITERS, skipBlankLine } from './csv-reader.ts';
import { inferTextType } from './infer-type.ts';
import type { InferredData } from './inferred-data.ts';
import { decodeUtf8 } from './utf8.ts';

/** Records looked at: enough to see rare nulls, few enough to be instant. */
const MAX_RECORDS = 2000;

/** What `bytes[start, end)`, which ends with a line feed, looks like as CSV. */
export function inferCsv(bytes: Uint8Array, start: number, end: number, fileName: string): InferredData {
  const delimiter = likeliestDelimiter(bytes, start, end, fileName);
  const records = recordsOf(bytes, start, end, delimiter);
  const [first] = records;
  if (first === undefined) return { format: 'csv', delimiter, header: true, fields: [], notes: ['The file is empty.'] };
  const width = usualWidth(records.length > 1 ? records.slice(1) : records);
  const header = looksLikeHeader(records);
  const rows = (header ? records.slice(1) : records).filter((record) => record.length === (header ? first.length : width));
  const notes: string[] = [];
  const total = records.length - (header ? 1 : 0);
  if (rows.length < total) {
    notes.push(
      `${total - rows.length} of ${total} lines have another number of fields than ${header ? 'the header' : 'most'} and would be malformed.`,
    );
  }
  if (header && total === 0) notes.push('The file has a header and no records, so all fields are taken for text.');
  const names = header ? first : Array.from({ length: width }, (_, k) => `field_${k + 1}`);
  return { format: 'csv', delimiter, header, fields: fieldsOf(names, rows, notes), notes };
}

function recordsOf(bytes: Uint8Array, start: number, end: number, delimiter: string): string[][] {
  const record = new CsvRecord();
  const records: string[][] = [];
  let at = start;
  while (at < end && records.length < MAX_RECORDS) {
    const blank = skipBlankLine(bytes, at, end);
    if (blank > at) {
      at = blank;
      continue;
    }
    const next = record.read(bytes, at, end, delimiter.charCodeAt(0));
    if (next > 0) {
      records.push(Array.from({ length: record.count }, (_, k) => decodeUtf8(record.source(k), record.start(k), record.end(k))));
      at = next;
    } else {
      // A stray quote: the reader gives up the line as well. It counts as one of a wrong width.
      records.push([]);
      at = bytes.indexOf(10, at) + 1;
    }
  }
  return records;
}

function likeliestDelimiter(bytes: Uint8Array, start: number, end: number, fileName: string): string {
  let best: string = /\.tsv$/i.test(fileName) ? '\t' : ',';
  let bestScore = 0;
  for (const delimiter of CSV_DELIMITERS) {
    const records = recordsOf(bytes, start, end, delimiter).slice(0, 200);
    const width = usualWidth(records);
    if (width < 2) continue;
    // A delimiter that splits all lines alike beats one that splits some of them into more.
    const share = records.filter((record) => record.length === width).length / records.length;
    const score = share * share * (1 + Math.min(width, 20) / 100);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

function usualWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}

/** Names are text, unlike each other, and not values of their own columns. */
function looksLikeHeader(records: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = records;
  const names = first.map((name) => name.trim());
  const filled = names.filter((name) => name !== '');
  if (filled.length === 0 || new Set(filled).size < filled.length * 0.5) return false;
  if (filled.some((name) => inferTextType(name, [name]).type !== 'string' || /^[-+.]?\d/.test(name))) return false;
  const columns = names.map((name, k) => ({ name, values: rest.map((record) => record[k]?.trim() ?? '').filter((value) => value !== '') }));
  const isTyped = columns.some(({ name, values }) => values.length > 0 && inferTextType(name, values).type !== 'string');
  return isTyped || columns.every(({ name, values }) => !values.includes(name) || name === '');
}

function fieldsOf(names: readonly string[], rows: readonly (readonly string[])[], notes: string[]): Field[] {
  const trimmed = names.map((name) => name.trim());
  const fields: Field[] = [];
  for (const [k, name] of trimmed.entries()) {
    if (name === '') {
      notes.push(`Column ${k + 1} has no name and is left out.`);
      continue;
    }
    if (trimmed.indexOf(name) !== trimmed.lastIndexOf(name)) {
      if (trimmed.indexOf(name) === k) notes.push(`More than one column is named "${name}"; they are left out.`);
      continue;
    }
    const values = rows.map((row) => row[k] as string);
    const filled = values.filter((value) => value !== '');
    const { type, misfits } = inferTextType(name, filled);
    if (misfits > 0) notes.push(`Field "${name}": ${misfits} of ${filled.length} values are no ${type}; their lines would be malformed.`);
    fields.push(filled.length < values.length ? { name, type, nullable: true } : { name, type });
  }
  return fields;
}
