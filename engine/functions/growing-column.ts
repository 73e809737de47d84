import { BOOL, Column, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { Field } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';
import { conformValue } from './conform-record.ts';

/** Above so many entries a dictionary is replaced as soon as a batch brings mostly new strings. */
const LARGE_DICTIONARY = 16_384;

/**
 * The column of a field of which nobody knows how many rows it will have. Generated code writes to its arrays itself and comes here with what it did not
 * expect. A row may be written again, as long as its column has not been taken.
 */
export class GrowingColumn {
  readonly field: Field;
  readonly kind: ColumnKind;
  f64: Float64Array = new Float64Array(0);
  codes: Int32Array = new Int32Array(0);
  bytes: Uint8Array = new Uint8Array(0);
  objects: unknown[] = [];
  /** Only of fields that can be null; says so of every row. */
  nulls = new Uint8Array(0);
  readonly canBeNull: boolean;
  #dictionary = new Dictionary();
  #sizeBefore = 0;
  #translatedFrom: Dictionary | null = null;
  #translation = new Int32Array(0);

  constructor(field: Field) {
    this.field = field;
    this.kind = kindOf(field.type);
    this.canBeNull = field.nullable === true || field.type === 'any';
  }

  /** Room for `capacity` rows, in the arrays of `returned` where they are as long: nobody needs them any more. */
  begin(capacity: number, returned: Column | null): void {
    this.#sizeBefore = this.#dictionary.size;
    if (this.kind === F64) this.f64 = returned?.f64.length === capacity ? returned.f64 : new Float64Array(capacity);
    else if (this.kind === STR) this.codes = returned?.codes.length === capacity ? returned.codes : new Int32Array(capacity);
    else if (this.kind === BOOL) this.bytes = returned?.bytes.length === capacity ? returned.bytes : new Uint8Array(capacity);
    else this.objects = [];
    if (this.canBeNull) this.nulls = new Uint8Array(capacity);
  }

  grow(capacity: number): void {
    if (this.kind === F64) this.f64 = grown(new Float64Array(capacity), this.f64);
    else if (this.kind === STR) this.codes = grown(new Int32Array(capacity), this.codes);
    else if (this.kind === BOOL) this.bytes = grown(new Uint8Array(capacity), this.bytes);
    if (this.canBeNull) this.nulls = grown(new Uint8Array(capacity), this.nulls);
  }

  encode(value: string): number {
    return this.#dictionary.encode(value);
  }

  /** Codes of this column by codes of `from`, −1 where not known yet: whoever needs one fills it in. */
  translationFrom(from: Dictionary): Int32Array {
    const isSame = this.#translatedFrom === from;
    if (isSame && this.#translation.length >= from.size) return this.#translation;
    const translation = new Int32Array(isSame ? from.size * 2 : from.size).fill(-1);
    if (isSame) translation.set(this.#translation);
    this.#translatedFrom = from;
    this.#translation = translation;
    return translation;
  }

  /** Any value, checked. @throws FieldTypeError when it does not fit the field. */
  put(row: number, value: unknown): void {
    const conformed = conformValue(this.field, value);
    if (this.canBeNull) this.nulls[row] = conformed === null ? 1 : 0;
    if (this.kind === OBJ) this.objects[row] = conformed;
    if (conformed === null) return;
    if (this.kind === F64) this.f64[row] = conformed as number;
    else if (this.kind === STR) this.codes[row] = this.encode(conformed as string);
    else if (this.kind === BOOL) this.bytes[row] = conformed === true ? 1 : 0;
  }

  /** The column of the first `count` rows; its arrays are longer. */
  finish(count: number): Column {
    const nulls = this.canBeNull && this.nulls.subarray(0, count).includes(1) ? this.nulls : null;
    switch (this.kind) {
      case F64:
        return Column.ofF64(this.f64, nulls);
      case STR:
        return this.#finishStrings(count, nulls);
      case BOOL:
        return Column.ofBytes(this.bytes, nulls);
      case OBJ:
        return Column.ofObjects(this.objects, nulls);
      default:
        return unreachable(this.kind);
    }
  }

  #finishStrings(count: number, nulls: Uint8Array | null): Column {
    const column = Column.ofCodes(this.codes, this.#dictionary, nulls);
    const added = this.#dictionary.size - this.#sizeBefore;
    // Mostly new strings (identifiers made up per record): history would only grow, and nobody looks it up again.
    if (this.#dictionary.size > LARGE_DICTIONARY && added * 2 > count) {
      this.#dictionary = new Dictionary();
      this.#translatedFrom = null;
    }
    return column;
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
