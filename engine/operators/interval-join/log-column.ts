import type { Batch } from '../../batch/batch.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { ColumnKind } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import { DictionaryRemap } from '../../batch/gather.ts';
import type { Field } from '../../batch/schema.ts';
import { unreachable } from '../../util/assert.ts';

/** A dictionary of mostly dead strings above this size is made anew when the log is compacted. */
const DICTIONARY_LIMIT = 65_536;

/** One field of a log of records: values are appended, read by index, and thrown away by compaction. */
export class LogColumn {
  readonly #kind: ColumnKind;
  #f64 = new Float64Array(0);
  #codes = new Int32Array(0);
  #bytes = new Uint8Array(0);
  #objects: unknown[] = [];
  /** Null while no value was null. */
  #nulls: Uint8Array | null = null;
  #dictionary = new Dictionary();
  #remap = new DictionaryRemap(this.#dictionary);

  constructor(field: Field) {
    this.#kind = kindOf(field.type);
  }

  /** Room for `capacity` values. */
  grow(capacity: number): void {
    if (this.#kind === F64) this.#f64 = grown(new Float64Array(capacity), this.#f64);
    else if (this.#kind === STR) this.#codes = grown(new Int32Array(capacity), this.#codes);
    else if (this.#kind === BOOL) this.#bytes = grown(new Uint8Array(capacity), this.#bytes);
    if (this.#nulls !== null) this.#nulls = grown(new Uint8Array(capacity), this.#nulls);
  }

  /** The live rows `rows[0…count)` of a batch's column at `at…`. There is room. */
  append(batch: Batch, columnIndex: number, rows: Int32Array, count: number, at: number, capacity: number): void {
    const column = batch.columns[columnIndex] as Column;
    if (column.nulls !== null) this.#nulls ??= new Uint8Array(capacity);
    if (this.#nulls !== null) {
      for (let j = 0; j < count; j++) this.#nulls[at + j] = column.nulls === null ? 0 : (column.nulls[rows[j] as number] as number);
    }
    switch (this.#kind) {
      case F64:
        for (let j = 0; j < count; j++) this.#f64[at + j] = column.f64[rows[j] as number] as number;
        return;
      case STR:
        this.#remap.copy(column, rows, count, this.#codes, at);
        return;
      case BOOL:
        for (let j = 0; j < count; j++) this.#bytes[at + j] = column.bytes[rows[j] as number] as number;
        return;
      case OBJ:
        for (let j = 0; j < count; j++) this.#objects[at + j] = column.objects[rows[j] as number];
        return;
      default:
        unreachable(this.#kind);
    }
  }

  valueAt(index: number): unknown {
    if (this.#nulls !== null && this.#nulls[index] === 1) return null;
    switch (this.#kind) {
      case F64:
        return this.#f64[index];
      case STR:
        return this.#dictionary.values[this.#codes[index] as number];
      case BOOL:
        return this.#bytes[index] === 1;
      case OBJ:
        return this.#objects[index];
      default:
        return unreachable(this.#kind);
    }
  }

  /** The values at `indexes[0…count)` as a column of a batch. */
  gather(indexes: Int32Array, count: number): Column {
    const nulls = this.#nulls === null ? null : gathered(new Uint8Array(count), this.#nulls, indexes);
    switch (this.#kind) {
      case F64:
        return Column.ofF64(gathered(new Float64Array(count), this.#f64, indexes), nulls);
      case STR:
        return Column.ofCodes(gathered(new Int32Array(count), this.#codes, indexes), this.#dictionary, nulls);
      case BOOL:
        return Column.ofBytes(gathered(new Uint8Array(count), this.#bytes, indexes), nulls);
      case OBJ:
        return Column.ofObjects(
          Array.from({ length: count }, (_, j) => this.#objects[indexes[j] as number]),
          nulls,
        );
      default:
        return unreachable(this.#kind);
    }
  }

  /** Only the values at `kept[0…count)`, which ascend, stay; they move to the front. */
  compact(kept: Int32Array, count: number, capacity: number): void {
    if (this.#nulls !== null) this.#nulls = gathered(new Uint8Array(capacity), this.#nulls, kept, count);
    if (this.#kind === F64) this.#f64 = gathered(new Float64Array(capacity), this.#f64, kept, count);
    else if (this.#kind === BOOL) this.#bytes = gathered(new Uint8Array(capacity), this.#bytes, kept, count);
    else if (this.#kind === OBJ) this.#objects = Array.from({ length: count }, (_, j) => this.#objects[kept[j] as number]);
    else {
      this.#codes = gathered(new Int32Array(capacity), this.#codes, kept, count);
      if (this.#dictionary.size > DICTIONARY_LIMIT && this.#dictionary.size > 2 * count) this.#renewDictionary(count);
    }
  }

  /** Batches that were emitted keep the old one. */
  #renewDictionary(count: number): void {
    const dictionary = new Dictionary();
    for (let i = 0; i < count; i++) {
      // The code of a null is unspecified.
      if (this.#nulls !== null && this.#nulls[i] === 1) continue;
      this.#codes[i] = dictionary.encode(this.#dictionary.decode(this.#codes[i] as number));
    }
    this.#dictionary = dictionary;
    this.#remap = new DictionaryRemap(dictionary);
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}

function gathered<T extends Float64Array | Int32Array | Uint8Array>(to: T, from: T, indexes: Int32Array, count = to.length): T {
  for (let j = 0; j < count; j++) to[j] = from[indexes[j] as number] as number;
  return to;
}
