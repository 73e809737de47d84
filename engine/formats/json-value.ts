import { READ_BOOLEAN, READ_NOTHING, READ_OBJECT, READ_TIMESTAMP } from './column-writer.ts';
import type { ColumnWriter } from './column-writer.ts';
import { jsonValueEnd } from './json-scan.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';
import { decodeUtf8 } from './utf8.ts';

const LINE_FEED = 10;
const QUOTE = 34;
const POINT = 46;
const BACKSLASH = 92;

/** Position behind a `null`, or -1 when there is none or it is not allowed. */
function readNull(bytes: Uint8Array, i: number, column: ColumnWriter | null, row: number): number {
  if (bytes[i + 1] !== 117 || bytes[i + 2] !== 108 || bytes[i + 3] !== 108) return -1;
  if (column !== null) {
    if (!column.isNullable) return -1;
    column.setNull(row);
  }
  return i + 4;
}

/**
 * The rarer values of a line that ends with a line feed. Position behind the value, or -1 when the general path must decide.
 * @param column Null where `reading` is `READ_NOTHING`.
 */
export function readOther(bytes: Uint8Array, i: number, reading: number, column: ColumnWriter | null, row: number): number {
  const c = bytes[i];
  if (c === 110) return readNull(bytes, i, column, row);
  if (reading === READ_BOOLEAN && column !== null) {
    const length = booleanLength(bytes, i);
    if (length === 0) return -1;
    column.bytes[row] = length === 4 ? 1 : 0;
    return i + length;
  }
  if (reading === READ_TIMESTAMP && column !== null && c === QUOTE) {
    let end = i + 1;
    while (bytes[end] !== QUOTE && bytes[end] !== LINE_FEED) end++;
    const value = parseIsoTimestamp(bytes, i + 1, end);
    if (bytes[end] !== QUOTE || value !== value) return -1;
    column.f64[row] = value;
    return end + 1;
  }
  if (reading === READ_NOTHING) return skipValue(bytes, i);
  if (reading !== READ_OBJECT || column === null) return -1;
  const end = jsonValueEnd(bytes, i);
  const value = end < 0 ? undefined : parsedOr(decodeUtf8(bytes, i, end), undefined);
  return value !== undefined && column.setObject(row, value) ? end : -1;
}

/** Position behind a value nobody wants; it must be valid all the same. */
function skipValue(bytes: Uint8Array, i: number): number {
  let at = i;
  let c = bytes[at] as number;
  if (c === QUOTE) {
    do c = bytes[++at] as number;
    while (c > BACKSLASH || (c !== QUOTE && c !== BACKSLASH && c >= 32));
    if (c === QUOTE) return at + 1;
  } else if (c > 48 && c <= 57) {
    while ((c = bytes[at] as number) >= 48 && c <= 57) at++;
    if (c !== POINT && c !== 101 && c !== 69) return at;
  }
  const end = jsonValueEnd(bytes, i);
  return end < 0 || parsedOr(decodeUtf8(bytes, i, end), undefined) === undefined ? -1 : end;
}

/** 4 for "true", 5 for "false", 0 for anything else. */
function booleanLength(bytes: Uint8Array, i: number): 0 | 4 | 5 {
  if (bytes[i] === 116) return bytes[i + 1] === 114 && bytes[i + 2] === 117 && bytes[i + 3] === 101 ? 4 : 0;
  if (bytes[i] !== 102 || bytes[i + 1] !== 97 || bytes[i + 2] !== 108) return 0;
  return bytes[i + 3] === 115 && bytes[i + 4] === 101 ? 5 : 0;
}

/** JSON never yields `undefined`, so as `otherwise` it says "not JSON". */
export function parsedOr(text: string, otherwise: undefined): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}
