import { BOOL, Column, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { Field } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';
import { conformValue } from './conform-record.ts';

/** Above so many entries a dictionary is replaced as soon as a batch brings mostly new strings. */
const LARGE_DICTIONARY = 16_384;

/**
 * The column of one computed field, batch after batch. Generated loops write to its arrays themselves and come here with what they did not
 * expect: nulls, values of another type, new strings.
 */
export class OutputColumn {
  readonly field: Field;
  readonly kind: ColumnKind;
  f64: Float64Array = new Float64Array(0);
  codes: Int32Array = new Int32Array(0);
  bytes = new Uint8Array(0);
  objects: unknown[] = [];
  #nulls: Uint8Array | null = null;
  #dictionary = new Dictionary();
  #sizeBefore = 0;
  #translatedFrom: Dictionary | null = null;
  #translation = new Int32Array(0);
  #rowCount = 0;

  constructor(field: Field) {
    this.field = field;
    this.kind = kindOf(field.type);
  }

  /** Arrays of its own, since those of the last batch belong to whoever got it: fresh ones, or those of `returned`, which nobody needs any more. */
  begin(rowCount: number, returned: Column | null): void {
    this.#rowCount = rowCount;
    this.#nulls = null;
    this.#sizeBefore = this.#dictionary.size;
    if (this.kind === F64) this.f64 = returned?.f64.length === rowCount ? returned.f64 : new Float64Array(rowCount);
    else if (this.kind === STR) this.codes = returned?.codes.length === rowCount ? returned.codes : new Int32Array(rowCount);
    else if (this.kind === BOOL) this.bytes = new Uint8Array(rowCount);
    else this.objects = new Array<unknown>(rowCount).fill(null);
  }

  encode(value: string): number {
    return this.#dictionary.encode(value);
  }

  /**
   * Codes of this column by codes of `from`, −1 where not known yet: the loop fills them in. So a string that comes through a function
   * unchanged is looked up once per dictionary and not once per row.
   */
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
  put(i: number, value: unknown): void {
    const conformed = conformValue(this.field, value);
    if (conformed === null) {
      this.#nulls ??= new Uint8Array(this.#rowCount);
      this.#nulls[i] = 1;
      return;
    }
    switch (this.kind) {
      case F64:
        this.f64[i] = conformed as number;
        return;
      case STR:
        this.codes[i] = this.encode(conformed as string);
        return;
      case BOOL:
        this.bytes[i] = conformed === true ? 1 : 0;
        return;
      case OBJ:
        this.objects[i] = conformed;
        return;
      default:
        unreachable(this.kind);
    }
  }

  finish(): Column {
    switch (this.kind) {
      case F64:
        return Column.ofF64(this.f64, this.#nulls);
      case STR:
        return this.#finishStrings();
      case BOOL:
        return Column.ofBytes(this.bytes, this.#nulls);
      case OBJ:
        return Column.ofObjects(this.objects, this.#nulls);
      default:
        return unreachable(this.kind);
    }
  }

  #finishStrings(): Column {
    const column = Column.ofCodes(this.codes, this.#dictionary, this.#nulls);
    const added = this.#dictionary.size - this.#sizeBefore;
    // Mostly new strings (identifiers made up per record): history would only grow, and nobody looks it up again.
    if (this.#dictionary.size > LARGE_DICTIONARY && added * 2 > this.#rowCount) {
      this.#dictionary = new Dictionary();
      this.#translatedFrom = null;
    }
    return column;
  }
}
