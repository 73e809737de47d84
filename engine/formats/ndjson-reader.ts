import type { ByteWindow } from './byte-window.ts';
import { READ_BOOLEAN, READ_DOUBLE, READ_INT, READ_NOTHING, READ_OBJECT, READ_STRING, READ_TIMESTAMP, shown } from './column-writer.ts';
import type { ColumnWriter } from './column-writer.ts';
import { booleanLength, skipBlankLine } from './csv-reader.ts';
import { jsonValueEnd } from './json-scan.ts';
import { learnTemplate } from './json-template.ts';
import type { JsonTemplate } from './json-template.ts';
import { rawText, STOP_LIMIT, STOP_REFUSED, STOP_STARVED } from './line-reader.ts';
import type { LineReader, Refusal, Stop } from './line-reader.ts';
import { DIGIT_NIBBLES, fourDigits, HIGH_NIBBLES, MAX_FAST_DIGITS, POWERS_OF_TEN, SIX_EACH } from './parse-number.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const DASH = 45;
const POINT = 46;
const BACKSLASH = 92;

/** Forms of lines that are remembered: a file in which some fields are optional has a few. */
const MAX_TEMPLATES = 8;
/** After so many lines of unknown form the remembered forms are of no use any more. */
const MAX_MISSES = 256;

/**
 * NDJSON straight from bytes to columns. `#readKnown` is the fast path: lines whose keys stand as in a line seen before. It never reports
 * anything: whatever it does not expect it leaves to `#readAny`, `JSON.parse` of the line, which is the specification.
 */
export class NdjsonReader implements LineReader {
  readonly endlessReason = 'The line is longer than any record may be.';
  readonly #templates: JsonTemplate[] = [];
  #current = 0;
  #misses = 0;
  #refusal: Refusal = { line: 0, reason: '', raw: '' };

  get refusal(): Refusal {
    return this.#refusal;
  }

  read(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): Stop {
    while (writer.rowCount < rowLimit && window.line < endLine) {
      if (this.#readKnownForms(window, writer, rowLimit, endLine)) continue;
      const stop = this.#readAny(window, writer);
      if (stop !== STOP_LIMIT) return stop;
    }
    return STOP_LIMIT;
  }

  /** Whether any record was read. */
  #readKnownForms(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): boolean {
    const count = this.#templates.length;
    for (let k = 0; k < count; k++) {
      const at = (this.#current + k) % count;
      const before = writer.rowCount;
      readKnown(this.#templates[at] as JsonTemplate, window, writer, rowLimit, endLine);
      if (writer.rowCount > before) {
        this.#current = at;
        return true;
      }
    }
    return false;
  }

  #readAny(window: ByteWindow, writer: RecordWriter): Stop {
    const { bytes, end, line } = window;
    const start = window.position;
    const lineEnd = start < end ? bytes.indexOf(LINE_FEED, start) : -1;
    if (lineEnd < 0 || lineEnd >= end) return STOP_STARVED;
    window.position = lineEnd + 1;
    window.line = line + 1;
    if (skipBlankLine(bytes, start, end) !== start) return STOP_LIMIT;
    const reason = storeJson(writer, decodeUtf8(bytes, start, lineEnd));
    if (reason !== null) {
      writer.clearRow(writer.rowCount);
      this.#refusal = { line, reason, raw: rawText(bytes, start, lineEnd) };
      return STOP_REFUSED;
    }
    writer.lines[writer.rowCount++] = line;
    this.#learn(bytes, start, writer);
    return STOP_LIMIT;
  }

  #learn(bytes: Uint8Array, start: number, writer: RecordWriter): void {
    if (this.#templates.length === MAX_TEMPLATES) {
      if (++this.#misses < MAX_MISSES) return;
      this.#templates.length = 0;
      this.#misses = 0;
    }
    const template = learnTemplate(bytes, start, writer);
    if (template === null || this.#templates.some((known) => known.hasLiteralOf(template))) return;
    this.#current = this.#templates.push(template) - 1;
  }
}

/** Reads on while lines have the template's form. Returns at the first that has not, or is not whole, with the window before it. */
function readKnown(template: JsonTemplate, window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): void {
  const bytes = window.bytes;
  const words = window.words;
  const plainEnd = window.plainEnd;
  const { literal, literalWords, bounds, readings, columns, missing } = template;
  const count = readings.length;
  const lines = writer.lines;
  let i = window.position;
  let line = window.line;
  let row = writer.rowCount;
  let start = i;
  records: for (; row < rowLimit && line < endLine; row++, line++, start = i) {
    if (i >= plainEnd) break;
    for (let k = 0; k <= count; k++) {
      // A line feed is in no literal, so this stops at the end of the line at the latest.
      const to = bounds[k + 1] as number;
      let at = bounds[k] as number;
      for (; at + 4 <= to; at += 4, i += 4) {
        if (words.getInt32(i, true) !== literalWords.getInt32(at, true)) break records;
      }
      for (; at < to; at++, i++) {
        if (bytes[i] !== literal[at]) break records;
      }
      if (k === count) break;
      const reading = readings[k] as number;
      const column = columns[k] as ColumnWriter;
      let c = bytes[i] as number;
      if (reading <= READ_TIMESTAMP && c !== QUOTE) {
        if (c === 110) {
          i = readNull(bytes, i, column, row);
          if (i < 0) break records;
          continue;
        }
        const isNegative = c === DASH;
        if (isNegative) i++;
        const first = i;
        let value = 0;
        if (reading !== READ_DOUBLE) {
          let word = words.getInt32(i, true);
          while ((word & HIGH_NIBBLES) === DIGIT_NIBBLES && ((word + SIX_EACH) & HIGH_NIBBLES) === DIGIT_NIBBLES) {
            value = value * 10_000 + fourDigits(word);
            i += 4;
            word = words.getInt32(i, true);
          }
        }
        while ((c = (bytes[i] as number) - 48) >= 0 && c <= 9) {
          value = value * 10 + c;
          i++;
        }
        let digitCount = i - first;
        // JSON knows no leading zeros and no number that starts or ends with its point.
        if (digitCount === 0 || (digitCount > 1 && bytes[first] === 48)) break records;
        if (c === POINT - 48 && reading === READ_DOUBLE) {
          const point = ++i;
          while ((c = (bytes[i] as number) - 48) >= 0 && c <= 9) {
            value = value * 10 + c;
            i++;
          }
          const fraction = i - point;
          digitCount += fraction;
          if (fraction === 0 || digitCount > MAX_FAST_DIGITS) break records;
          value /= POWERS_OF_TEN[fraction] as number;
        }
        if (digitCount > MAX_FAST_DIGITS || (reading === READ_INT && value > 2_147_483_647)) break records;
        column.f64[row] = isNegative ? -value : value;
      } else if (reading === READ_STRING && c === QUOTE) {
        const from = ++i;
        while ((c = bytes[i] as number) > BACKSLASH || (c !== QUOTE && c !== BACKSLASH && c >= 32)) i++;
        if (c !== QUOTE) break records;
        column.codes[row] = column.interner.intern(bytes, from, i);
        i++;
      } else {
        i = readOther(bytes, i, reading, columns[k] ?? null, row);
        if (i < 0) break records;
      }
    }
    if (bytes[i] === CARRIAGE_RETURN) i++;
    if (bytes[i] !== LINE_FEED) break;
    i++;
    for (let k = 0; k < missing.length; k++) (missing[k] as ColumnWriter).setNull(row);
    lines[row] = line;
  }
  // A record that was left half-way must not leave a null mark to the next one in its row.
  writer.clearRow(row);
  window.position = start;
  window.line = line;
  writer.rowCount = row;
}

/** Position behind a `null`, or -1 when there is none or it is not allowed. */
function readNull(bytes: Uint8Array, i: number, column: ColumnWriter | null, row: number): number {
  if (bytes[i + 1] !== 117 || bytes[i + 2] !== 108 || bytes[i + 3] !== 108) return -1;
  if (column !== null) {
    if (!column.isNullable) return -1;
    column.setNull(row);
  }
  return i + 4;
}

/** The rarer values. Position behind the value, or -1 when the general path must decide. */
function readOther(bytes: Uint8Array, i: number, reading: number, column: ColumnWriter | null, row: number): number {
  const c = bytes[i];
  if (c === 110) return readNull(bytes, i, column, row);
  if (reading === READ_BOOLEAN && column !== null) {
    const length = booleanLength(bytes, i);
    if (length === 0) return -1;
    column.bytes[row] = length === 4 ? 1 : 0;
    return i + length;
  }
  if (reading === READ_TIMESTAMP && column !== null) {
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

/** JSON never yields `undefined`, so as `otherwise` it says "not JSON". */
function parsedOr(text: string, otherwise: undefined): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

/** Stores the record of a line in the writer's next row. Returns null, or why it was refused. */
function storeJson(writer: RecordWriter, text: string): string | null {
  const value = parsedOr(text, undefined);
  if (value === undefined) return 'The line is not valid JSON.';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `The line is not a JSON object, but ${shown(value)}.`;
  for (const column of writer.columns) {
    const name = column.field.name;
    // A record may lack a field that every object inherits, such as "constructor".
    const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    const reason = column.setValue(writer.rowCount, member);
    if (reason !== null) return reason;
  }
  return null;
}
