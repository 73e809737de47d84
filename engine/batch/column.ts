import { unreachable } from '../util/assert.ts';
import { Dictionary } from './dictionary.ts';
import type { FieldType } from './schema.ts';

/** Physical kinds. Small integers: hot code switches on them. */
export const F64 = 0;
export const STR = 1;
export const BOOL = 2;
export const OBJ = 3;
export type ColumnKind = typeof F64 | typeof STR | typeof BOOL | typeof OBJ;

export function kindOf(type: FieldType): ColumnKind {
  switch (type) {
    case 'double':
    case 'int':
    case 'long':
    case 'timestamp':
      return F64;
    case 'string':
      return STR;
    case 'boolean':
      return BOOL;
    case 'array':
    case 'row':
    case 'any':
      return OBJ;
    default:
      return unreachable(type);
  }
}

const NO_F64 = new Float64Array(0);
const NO_CODES = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_OBJECTS: unknown[] = [];
const NO_DICTIONARY = new Dictionary();

/**
 * One field of a batch. A single class for all kinds keeps every reader monomorphic; only the array of its `kind` is
 * meaningful, the others are shared empties.
 *
 * - `F64`: `f64[i]` (double, int, long, timestamp in ms).
 * - `STR`: `dictionary.values[codes[i]]`.
 * - `BOOL`: `bytes[i] === 1`.
 * - `OBJ`: `objects[i]` (array, row, any; also bigint).
 *
 * `nulls` is absent (null) when no row of the batch is null; else `nulls[i] === 1` marks a null and the value slot is unspecified.
 * Columns are shared by reference between batches once filled, so nobody writes to a column it did not make.
 */
export class Column {
  // Only declared, as the fields of a batch.
  declare readonly kind: ColumnKind;
  declare f64: Float64Array;
  declare codes: Int32Array;
  declare bytes: Uint8Array;
  declare objects: unknown[];
  declare dictionary: Dictionary;
  declare nulls: Uint8Array | null;

  private constructor(
    kind: ColumnKind,
    f64: Float64Array,
    codes: Int32Array,
    bytes: Uint8Array,
    objects: unknown[],
    dictionary: Dictionary,
    nulls: Uint8Array | null,
  ) {
    this.kind = kind;
    this.f64 = f64;
    this.codes = codes;
    this.bytes = bytes;
    this.objects = objects;
    this.dictionary = dictionary;
    this.nulls = nulls;
  }

  static ofF64(values: Float64Array, nulls: Uint8Array | null = null): Column {
    return new Column(F64, values, NO_CODES, NO_BYTES, NO_OBJECTS, NO_DICTIONARY, nulls);
  }

  static ofCodes(codes: Int32Array, dictionary: Dictionary, nulls: Uint8Array | null = null): Column {
    return new Column(STR, NO_F64, codes, NO_BYTES, NO_OBJECTS, dictionary, nulls);
  }

  static ofBytes(bytes: Uint8Array, nulls: Uint8Array | null = null): Column {
    return new Column(BOOL, NO_F64, NO_CODES, bytes, NO_OBJECTS, NO_DICTIONARY, nulls);
  }

  static ofObjects(objects: unknown[], nulls: Uint8Array | null = null): Column {
    return new Column(OBJ, NO_F64, NO_CODES, NO_BYTES, objects, NO_DICTIONARY, nulls);
  }

  /** The value of row `i` as user code sees it. */
  valueAt(i: number): unknown {
    if (this.nulls !== null && this.nulls[i] === 1) return null;
    switch (this.kind) {
      case F64:
        return this.f64[i];
      case STR:
        return this.dictionary.values[this.codes[i] as number];
      case BOOL:
        return this.bytes[i] === 1;
      case OBJ:
        return this.objects[i];
      default:
        return unreachable(this.kind);
    }
  }
}
