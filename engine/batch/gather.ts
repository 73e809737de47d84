import { unreachable } from '../util/assert.ts';
import { BOOL, Column, F64, OBJ, STR } from './column.ts';
import type { Dictionary } from './dictionary.ts';

/** Arrays of `count` elements to write to. */
export interface GatherMemory {
  f64(count: number): Float64Array;
  codes(count: number): Int32Array;
  bytes(count: number): Uint8Array;
}

export const FRESH_MEMORY: GatherMemory = {
  f64: (count) => new Float64Array(count),
  codes: (count) => new Int32Array(count),
  bytes: (count) => new Uint8Array(count),
};

/** The rows `rows[0..count)` of a column as a dense column with the same dictionary, in new arrays or in those of `memory`. */
export function gatherColumn(column: Column, rows: Int32Array, count: number, memory = FRESH_MEMORY): Column {
  const nulls = column.nulls === null ? null : gatherBytes(column.nulls, rows, count, memory.bytes(count));
  switch (column.kind) {
    case F64:
      return Column.ofF64(gatherF64(column.f64, rows, count, memory.f64(count)), nulls);
    case STR: {
      const from = column.codes;
      const to = memory.codes(count);
      for (let j = 0; j < count; j++) to[j] = from[rows[j] as number] as number;
      return Column.ofCodes(to, column.dictionary, nulls);
    }
    case BOOL:
      return Column.ofBytes(gatherBytes(column.bytes, rows, count, memory.bytes(count)), nulls);
    case OBJ: {
      const from = column.objects;
      const to = new Array<unknown>(count);
      for (let j = 0; j < count; j++) to[j] = from[rows[j] as number];
      return Column.ofObjects(to, nulls);
    }
    default:
      return unreachable(column.kind);
  }
}

export function gatherF64(from: Float64Array, rows: Int32Array, count: number, to: Float64Array = new Float64Array(count)): Float64Array {
  for (let j = 0; j < count; j++) to[j] = from[rows[j] as number] as number;
  return to;
}

export function gatherBytes(from: Uint8Array, rows: Int32Array, count: number, to: Uint8Array = new Uint8Array(count)): Uint8Array {
  for (let j = 0; j < count; j++) to[j] = from[rows[j] as number] as number;
  return to;
}

/** Codes of one dictionary as codes of another, remembered per source dictionary; both only grow. */
export class DictionaryRemap {
  readonly #target: Dictionary;
  readonly #maps = new WeakMap<Dictionary, Int32Array>();

  constructor(target: Dictionary) {
    this.#target = target;
  }

  /** `map[sourceCode]` = target code + 1, 0 = not mapped yet. Grown to the source's present size. */
  #mapOf(source: Dictionary): Int32Array {
    const known = this.#maps.get(source);
    if (known !== undefined && known.length >= source.size) return known;
    const grown = new Int32Array(Math.max(16, source.size * 2));
    if (known !== undefined) grown.set(known);
    this.#maps.set(source, grown);
    return grown;
  }

  /** Writes the target codes of `rows[0..count)` of a string column to `to[at…]`. */
  copy(column: Column, rows: Int32Array, count: number, to: Int32Array, at: number): void {
    const from = column.codes;
    const nulls = column.nulls;
    if (column.dictionary === this.#target) {
      for (let j = 0; j < count; j++) to[at + j] = from[rows[j] as number] as number;
      return;
    }
    const map = this.#mapOf(column.dictionary);
    const values = column.dictionary.values;
    for (let j = 0; j < count; j++) {
      const row = rows[j] as number;
      // The code slot of a null is unspecified: it must not be looked up.
      if (nulls !== null && nulls[row] === 1) continue;
      const code = from[row] as number;
      let mapped = map[code] as number;
      if (mapped === 0) {
        mapped = this.#target.encode(values[code] as string) + 1;
        map[code] = mapped;
      }
      to[at + j] = mapped - 1;
    }
  }
}
