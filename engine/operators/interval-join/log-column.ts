import type { Batch } from '../../batch/batch.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { ColumnKind } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import { DictionaryRemap } from '../../batch/gather.ts';
import type { Field } from '../../batch/schema.ts';
import { unreachable } from '../../util/assert.ts';

/** Up to so many, copying one by one is faster than asking for a copy. */
const FEW_ROWS = 32;
/** A dictionary of mostly dead strings above this size is made anew when the log is compacted. */
const DICTIONARY_LIMIT = 65_536;

/** One field of a log of records: values are appended, read by row, and thrown away by compaction. As in `Column`, the array of its kind has the values. */
export class LogColumn {
  readonly kind: ColumnKind;
  f64 = new Float64Array(0);
  codes = new Int32Array(0);
  bytes = new Uint8Array(0);
  objects: unknown[] = [];
  /** Null while no value was null. */
  nulls: Uint8Array | null = null;
  dictionary = new Dictionary();
  /** `dictionary` belongs to whoever makes the batches, as long as all of them have the same: codes are copied as they are. */
  #isShared = false;
  #remap = new DictionaryRemap(this.dictionary);

  constructor(field: Field) {
    this.kind = kindOf(field.type);
  }

  /** Room for `capacity` values; those beyond are gone. */
  resize(capacity: number): void {
    if (this.kind === F64) this.f64 = resized(new Float64Array(capacity), this.f64);
    else if (this.kind === STR) this.codes = resized(new Int32Array(capacity), this.codes);
    else if (this.kind === BOOL) this.bytes = resized(new Uint8Array(capacity), this.bytes);
    if (this.nulls !== null) this.nulls = resized(new Uint8Array(capacity), this.nulls);
  }

  /** The live rows `rows[0…count)` of a batch's column at `at…`. There is room for `capacity` values. */
  append(batch: Batch, columnIndex: number, rows: Int32Array, count: number, at: number, capacity: number): void {
    const column = batch.columns[columnIndex] as Column;
    if (column.nulls !== null) this.nulls ??= new Uint8Array(capacity);
    if (this.nulls !== null) {
      for (let j = 0; j < count; j++) this.nulls[at + j] = column.nulls === null ? 0 : (column.nulls[rows[j] as number] as number);
    }
    const isWhole = batch.selection === null && count > FEW_ROWS;
    switch (this.kind) {
      case F64:
        if (isWhole) this.f64.set(column.f64.subarray(0, count), at);
        else for (let j = 0; j < count; j++) this.f64[at + j] = column.f64[rows[j] as number] as number;
        return;
      case STR:
        this.#beginStrings(column.dictionary, at);
        if (this.#isShared && isWhole) this.codes.set(column.codes.subarray(0, count), at);
        else this.#remap.copy(column, rows, count, this.codes, at);
        return;
      case BOOL:
        for (let j = 0; j < count; j++) this.bytes[at + j] = column.bytes[rows[j] as number] as number;
        return;
      case OBJ:
        for (let j = 0; j < count; j++) this.objects[at + j] = column.objects[rows[j] as number];
        return;
      default:
        unreachable(this.kind);
    }
  }

  valueAt(row: number): unknown {
    if (this.nulls !== null && this.nulls[row] === 1) return null;
    switch (this.kind) {
      case F64:
        return this.f64[row];
      case STR:
        return this.dictionary.values[this.codes[row] as number];
      case BOOL:
        return this.bytes[row] === 1;
      case OBJ:
        return this.objects[row];
      default:
        return unreachable(this.kind);
    }
  }

  /** The values at `rows[offset]`, `rows[offset + 2]` … as a column of `count` rows, in memory of `capacity` rows or in that of `returned`. */
  gatherEverySecond(rows: Int32Array, offset: number, count: number, capacity: number, returned: Column | null): Column {
    const nulls = this.nulls === null ? null : everySecondByte(new Uint8Array(capacity), this.nulls, rows, offset, count);
    switch (this.kind) {
      case F64:
        return Column.ofF64(
          everySecondNumber(returned?.f64.length === capacity ? returned.f64 : new Float64Array(capacity), this.f64, rows, offset, count),
          nulls,
        );
      case STR:
        return Column.ofCodes(
          everySecondCode(returned?.codes.length === capacity ? returned.codes : new Int32Array(capacity), this.codes, rows, offset, count),
          this.dictionary,
          nulls,
        );
      case BOOL:
        return Column.ofBytes(
          everySecondByte(returned?.bytes.length === capacity ? returned.bytes : new Uint8Array(capacity), this.bytes, rows, offset, count),
          nulls,
        );
      case OBJ: {
        const objects = new Array<unknown>(count);
        for (let j = 0; j < count; j++) objects[j] = this.objects[rows[2 * j + offset] as number];
        return Column.ofObjects(objects, nulls);
      }
      default:
        return unreachable(this.kind);
    }
  }

  /** Only the values at `kept`, which ascend, stay; they move to the front of memory for `capacity` values. */
  compact(kept: Int32Array, capacity: number): void {
    const count = kept.length;
    if (this.nulls !== null) this.nulls = movedBytes(this.nulls, kept, capacity);
    if (this.kind === F64) this.f64 = movedNumbers(this.f64, kept, capacity);
    else if (this.kind === BOOL) this.bytes = movedBytes(this.bytes, kept, capacity);
    else if (this.kind === OBJ) this.objects = Array.from({ length: count }, (_, j) => this.objects[kept[j] as number]);
    else {
      this.codes = movedCodes(this.codes, kept, capacity);
      if (this.dictionary.size > DICTIONARY_LIMIT && this.dictionary.size > 2 * count) this.#renewDictionary(count);
    }
  }

  #beginStrings(from: Dictionary, at: number): void {
    if (this.dictionary === from) return;
    if (at === 0 && this.dictionary.size === 0) {
      this.dictionary = from;
      this.#isShared = true;
    } else if (this.#isShared) {
      // A copy in which the texts so far have the same codes.
      const own = new Dictionary();
      for (const value of this.dictionary.values) own.encode(value);
      this.dictionary = own;
      this.#isShared = false;
    } else return;
    this.#remap = new DictionaryRemap(this.dictionary);
  }

  /** Batches that were emitted keep the old one. */
  #renewDictionary(count: number): void {
    const dictionary = new Dictionary();
    for (let i = 0; i < count; i++) {
      // The code of a null is unspecified.
      if (this.nulls !== null && this.nulls[i] === 1) continue;
      this.codes[i] = dictionary.encode(this.dictionary.decode(this.codes[i] as number));
    }
    this.dictionary = dictionary;
    this.#isShared = false;
    this.#remap = new DictionaryRemap(dictionary);
  }
}

function resized<T extends { readonly length: number; set(source: T): void; subarray(from: number, to: number): T }>(to: T, from: T): T {
  to.set(from.subarray(0, Math.min(to.length, from.length)));
  return to;
}

// One function per kind of array: V8 looks at the kind of each element where one function is given several.

function everySecondNumber(to: Float64Array, from: Float64Array, rows: Int32Array, offset: number, count: number): Float64Array {
  for (let j = 0, at = offset; j < count; j++, at += 2) to[j] = from[rows[at] as number] as number;
  return to;
}

function everySecondCode(to: Int32Array, from: Int32Array, rows: Int32Array, offset: number, count: number): Int32Array {
  for (let j = 0, at = offset; j < count; j++, at += 2) to[j] = from[rows[at] as number] as number;
  return to;
}

function everySecondByte(to: Uint8Array, from: Uint8Array, rows: Int32Array, offset: number, count: number): Uint8Array {
  for (let j = 0, at = offset; j < count; j++, at += 2) to[j] = from[rows[at] as number] as number;
  return to;
}

/** In place where the memory is as large as wanted. */
function movedNumbers(from: Float64Array, kept: Int32Array, capacity: number): Float64Array<ArrayBuffer> {
  const to = from.length === capacity ? (from as Float64Array<ArrayBuffer>) : new Float64Array(capacity);
  for (let j = 0; j < kept.length; j++) to[j] = from[kept[j] as number] as number;
  return to;
}

function movedCodes(from: Int32Array, kept: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const to = from.length === capacity ? (from as Int32Array<ArrayBuffer>) : new Int32Array(capacity);
  for (let j = 0; j < kept.length; j++) to[j] = from[kept[j] as number] as number;
  return to;
}

function movedBytes(from: Uint8Array, kept: Int32Array, capacity: number): Uint8Array<ArrayBuffer> {
  const to = from.length === capacity ? (from as Uint8Array<ArrayBuffer>) : new Uint8Array(capacity);
  for (let j = 0; j < kept.length; j++) to[j] = from[kept[j] as number] as number;
  return to;
}
