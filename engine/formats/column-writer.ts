import { BATCH_CAPACITY } from '../batch/batch.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { FRESH_MEMORY } from '../batch/gather.ts';
import type { GatherMemory } from '../batch/gather.ts';
import type { Field, FieldType } from '../batch/schema.ts';
import { parseNumber } from './parse-number.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';
import { StringInterner } from './string-interner.ts';
import { decodeUtf8 } from './utf8.ts';

/** How a value is read: one small integer per field type that differs in it. Hot code switches on them. */
export const READ_DOUBLE = 0;
export const READ_INT = 1;
/** `long`: whole numbers that are exact as a double. */
export const READ_LONG = 2;
export const READ_TIMESTAMP = 3;
export const READ_STRING = 4;
export const READ_BOOLEAN = 5;
export const READ_OBJECT = 6;
/** A column of the file that the schema does not have. */
export const READ_NOTHING = 7;
export type Reading =
  | typeof READ_DOUBLE
  | typeof READ_INT
  | typeof READ_LONG
  | typeof READ_TIMESTAMP
  | typeof READ_STRING
  | typeof READ_BOOLEAN
  | typeof READ_OBJECT
  | typeof READ_NOTHING;

function readingOf(type: FieldType): Reading {
  switch (type) {
    case 'double':
      return READ_DOUBLE;
    case 'int':
      return READ_INT;
    case 'long':
      return READ_LONG;
    case 'timestamp':
      return READ_TIMESTAMP;
    case 'string':
      return READ_STRING;
    case 'boolean':
      return READ_BOOLEAN;
    default:
      return READ_OBJECT;
  }
}

const MAX_SHOWN = 60;

/** A value in a sentence: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}

/** As many elements as `to` has. */
function copied<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from.length === to.length ? from : from.subarray(0, to.length));
  return to;
}

/**
 * The column of one field while its batch is being read. Readers with a fast path write the arrays directly; everybody else calls
 * `setText` and `setValue`, which also say why a value is refused. The arrays are reused: `build` copies what was filled.
 */
export class ColumnWriter {
  readonly field: Field;
  readonly reading: Reading;
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
  readonly f64: Float64Array;
  readonly codes: Int32Array;
  readonly bytes: Uint8Array;
  readonly nulls: Uint8Array;
  readonly interner = new StringInterner();
  #objects: unknown[] = [];
  /** A null mark may be set in some row. */
  hasNulls = false;

  constructor(field: Field) {
    this.field = field;
    this.reading = readingOf(field.type);
    this.kind = kindOf(field.type);
    this.isNullable = field.nullable === true || field.type === 'any';
    this.f64 = new Float64Array(this.kind === F64 ? BATCH_CAPACITY : 0);
    this.codes = new Int32Array(this.kind === STR ? BATCH_CAPACITY : 0);
    this.bytes = new Uint8Array(this.kind === BOOL ? BATCH_CAPACITY : 0);
    this.nulls = new Uint8Array(this.isNullable ? BATCH_CAPACITY : 0);
  }

  setNull(row: number): void {
    this.nulls[row] = 1;
    this.hasNulls = true;
    if (this.kind === OBJ) this.#objects[row] = null;
  }

  /** Forgets what a refused record left in `row`. */
  clear(row: number): void {
    if (this.isNullable) this.nulls[row] = 0;
  }

  /**
   * The value of a text field (CSV), its quotes already removed. Empty means null, but a quoted empty string is one.
   * Returns null, or the sentence that says why the value was refused.
   */
  setText(row: number, bytes: Uint8Array, start: number, end: number, isQuoted: boolean): string | null {
    if (start === end && !(isQuoted && this.kind === STR)) {
      if (this.isNullable) this.setNull(row);
      else if (this.kind === STR) this.codes[row] = this.interner.encode('');
      else return `Field "${this.field.name}" is declared ${this.field.type}, but it is empty. Declare it nullable to allow that.`;
      return null;
    }
    switch (this.reading) {
      case READ_STRING:
        this.codes[row] = this.interner.intern(bytes, start, end);
        return null;
      case READ_BOOLEAN:
        return this.#setBooleanText(row, decodeUtf8(bytes, start, end));
      case READ_OBJECT:
        return this.#setObjectText(row, decodeUtf8(bytes, start, end));
      case READ_TIMESTAMP: {
        const iso = parseIsoTimestamp(bytes, start, end);
        if (iso === iso) {
          this.f64[row] = iso;
          return null;
        }
        break;
      }
      default:
    }
    const number = parseNumber(bytes, start, end);
    const isDeclaredNaN = this.reading === READ_DOUBLE && number !== number && decodeUtf8(bytes, start, end).trim() === 'NaN';
    if (isDeclaredNaN || this.#accepts(number)) {
      this.f64[row] = number;
      return null;
    }
    return this.#refusal(decodeUtf8(bytes, start, end), number);
  }

  /** A value that JSON gave. Returns null, or the sentence that says why it was refused. */
  setValue(row: number, value: unknown): string | null {
    if (value === null || value === undefined) {
      if (this.isNullable) {
        this.setNull(row);
        return null;
      }
      const what = value === null ? 'null' : 'missing';
      return `Field "${this.field.name}" is declared ${this.field.type}, but it is ${what}. Declare it nullable to allow that.`;
    }
    switch (typeof value) {
      case 'string':
        if (this.reading === READ_STRING) {
          this.codes[row] = this.interner.encode(value);
          return null;
        }
        if (this.reading === READ_TIMESTAMP && this.#setTimestampString(row, value)) return null;
        break;
      case 'number':
        if (this.kind === F64 && this.#accepts(value)) {
          this.f64[row] = value;
          return null;
        }
        break;
      case 'boolean':
        if (this.kind === BOOL) {
          this.bytes[row] = value ? 1 : 0;
          return null;
        }
        break;
      default:
    }
    return this.setObject(row, value) ? null : this.#refusal(value, typeof value === 'number' ? value : Number.NaN);
  }

  /** False when the value is not of the declared `array`, `row` or `any`. */
  setObject(row: number, value: unknown): boolean {
    const type = this.field.type;
    const fits =
      type === 'any' ||
      (type === 'array' && Array.isArray(value)) ||
      (type === 'row' && typeof value === 'object' && !Array.isArray(value));
    if (!fits || value === null) return false;
    this.#objects[row] = value;
    return true;
  }

  /** Rows `[0, rowCount)` as a column of its own, in arrays of `memory`; the writer starts over. */
  build(rowCount: number, memory = FRESH_MEMORY): Column {
    const column = this.#column(rowCount, this.#takeNulls(rowCount, memory), memory);
    if (this.kind === STR) this.interner.endBatch(rowCount);
    return column;
  }

  #column(rowCount: number, nulls: Uint8Array | null, memory: GatherMemory): Column {
    if (this.kind === F64) return Column.ofF64(copied(this.f64, memory.f64(rowCount)), nulls);
    if (this.kind === STR) return Column.ofCodes(copied(this.codes, memory.codes(rowCount)), this.interner.dictionary, nulls);
    if (this.kind === BOOL) return Column.ofBytes(copied(this.bytes, memory.bytes(rowCount)), nulls);
    const objects = this.#objects;
    objects.length = rowCount;
    this.#objects = [];
    return Column.ofObjects(objects, nulls);
  }

  #takeNulls(rowCount: number, memory: GatherMemory): Uint8Array | null {
    if (!this.hasNulls) return null;
    const first = this.nulls.indexOf(1);
    const nulls = first >= 0 && first < rowCount ? copied(this.nulls, memory.bytes(rowCount)) : null;
    this.nulls.fill(0);
    this.hasNulls = false;
    return nulls;
  }

  #accepts(number: number): boolean {
    switch (this.reading) {
      case READ_DOUBLE:
        return number === number;
      case READ_INT:
        return Number.isInteger(number) && number >= -2_147_483_648 && number <= 2_147_483_647;
      default:
        return Number.isSafeInteger(number);
    }
  }

  #setBooleanText(row: number, text: string): string | null {
    const word = text.trim().toLowerCase();
    const isTrue = word === 'true' || word === '1';
    if (!isTrue && word !== 'false' && word !== '0') return this.#refusal(text, Number.NaN);
    this.bytes[row] = isTrue ? 1 : 0;
    return null;
  }

  #setObjectText(row: number, text: string): string | null {
    if (this.field.type === 'any') {
      this.#objects[row] = text;
      return null;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.#refusal(text, Number.NaN);
    }
    return this.setObject(row, value) ? null : this.#refusal(text, Number.NaN);
  }

  #setTimestampString(row: number, text: string): boolean {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = Math.min(text.charCodeAt(i), 255);
    const iso = parseIsoTimestamp(bytes, 0, bytes.length);
    if (iso === iso) this.f64[row] = iso;
    return iso === iso;
  }

  #refusal(value: unknown, number: number): string {
    const is = `Field "${this.field.name}" is declared ${this.field.type}, but the value is ${shown(value)}`;
    if (this.reading === READ_TIMESTAMP) return `${is}: expected whole milliseconds since 1970 or an ISO 8601 date and time.`;
    if (!Number.isInteger(number)) return `${is}.`;
    if (this.reading === READ_INT) return `${is}: an int lies between -2147483648 and 2147483647.`;
    if (this.reading === READ_LONG) return `${is}: a long is exact only up to 9007199254740991.`;
    return `${is}.`;
  }
}
