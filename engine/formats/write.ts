import type { Batch } from '../batch/batch.ts';
import { F64, STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';

/** What precedes the rows of a file. */
export function fileStart(schema: Schema, format: 'csv' | 'ndjson'): string {
  return format === 'csv' ? `${schema.fields.map((field) => csvText(field.name)).join(',')}\n` : '';
}

/**
 * The live rows of a batch as lines. Numbers are written so that reading them gives the same number; timestamps are milliseconds.
 * CSV by RFC 4180 with line feeds: null is empty, an empty string is `""`, nested values are JSON. NDJSON has no NaN or infinity: these become null.
 */
export function writeRows(batch: Batch, format: 'csv' | 'ndjson'): string {
  return format === 'csv' ? csvRows(batch) : ndjsonRows(batch);
}

function csvRows(batch: Batch): string {
  const cells = batch.columns.map(csvCells);
  const isSingle = cells.length === 1;
  let text = '';
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    let line = '';
    for (let c = 0; c < cells.length; c++) line += c === 0 ? (cells[c] as Cell)(row) : `,${(cells[c] as Cell)(row)}`;
    // A lone null would be a blank line, which readers skip.
    text += isSingle && line === '' ? '""\n' : `${line}\n`;
  }
  return text;
}

function ndjsonRows(batch: Batch): string {
  const cells = batch.columns.map(jsonCells);
  const keys = batch.schema.fields.map((field, c) => `${c === 0 ? '' : ','}${JSON.stringify(field.name)}:`);
  let text = '';
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    let line = '{';
    for (let c = 0; c < cells.length; c++) line += (keys[c] as string) + (cells[c] as Cell)(row);
    text += `${line}}\n`;
  }
  return text;
}

type Cell = (row: number) => string;

function csvCells(column: Column): Cell {
  const text: Cell =
    column.kind === F64
      ? (row) => numberText(column.f64[row] as number)
      : column.kind === STR
        ? perCode(column, csvText)
        : (row) => csvValue(column.valueAt(row));
  const nulls = column.nulls;
  return nulls === null ? text : (row) => (nulls[row] === 1 ? '' : text(row));
}

function jsonCells(column: Column): Cell {
  const text: Cell =
    column.kind === F64
      ? (row) => jsonNumber(column.f64[row] as number)
      : column.kind === STR
        ? perCode(column, (value) => JSON.stringify(value))
        : (row) => jsonText(column.valueAt(row));
  const nulls = column.nulls;
  return nulls === null ? text : (row) => (nulls[row] === 1 ? 'null' : text(row));
}

/** Every distinct string of the batch is quoted once. */
function perCode(column: Column, quote: (value: string) => string): Cell {
  const quoted = new Map<number, string>();
  return (row) => {
    const code = column.codes[row] as number;
    let text = quoted.get(code);
    if (text === undefined) {
      text = quote(column.dictionary.decode(code));
      quoted.set(code, text);
    }
    return text;
  };
}

/** `String` writes the shortest digits that read back as the same number, but drops the sign of -0. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? numberText(value) : 'null';
}

function csvValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'string' ? csvText(value) : csvText(jsonText(value));
}

function csvText(text: string): string {
  return text === '' || /[",;\t|\r\n]|^[ \uFEFF]| $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** BigInts, which JSON does not know, are written as the whole numbers they are. */
function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    if ('toJSON' in value) return JSON.stringify(value) ?? 'null';
    const members = Object.entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function');
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
