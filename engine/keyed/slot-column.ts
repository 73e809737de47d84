import { BOOL, Column, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { Field } from '../batch/schema.ts';
import { copyValue } from '../state/copy-value.ts';
import { unreachable } from '../util/assert.ts';
import { NO_SLOT } from '../windows/panes/pane-keys.ts';

/** A dictionary this large is looked through for strings that no slot holds any more. */
const LARGE_DICTIONARY = 16_384;

/** One field of one record per key slot. Typed like a column, so that a batch of results is copied as numbers. */
export class SlotColumn {
  readonly field: Field;
  readonly kind: ColumnKind;
  f64 = new Float64Array(0);
  codes = new Int32Array(0);
  bytes = new Uint8Array(0);
  objects: unknown[] = [];
  #nulls: Uint8Array | null = null;
  #capacity = 0;
  #dictionary = new Dictionary();
  #translatedFrom: Dictionary | null = null;
  #translation = new Int32Array(0);

  constructor(field: Field) {
    this.field = field;
    this.kind = kindOf(field.type);
  }

  get hasNulls(): boolean {
    return this.#nulls !== null;
  }

  /** Texts by code. Valid for one batch. */
  get values(): readonly string[] {
    return this.#dictionary.values;
  }

  encode(value: string): number {
    return this.#dictionary.encode(value);
  }

  /** Our code + 1 by code of `from`, 0 where it is not known yet: whoever encodes the text fills it in. Valid for one batch. */
  translationFrom(from: Dictionary): Int32Array {
    const isSame = this.#translatedFrom === from;
    if (isSame && this.#translation.length >= from.size) return this.#translation;
    const translation = new Int32Array(isSame ? from.size * 2 : from.size);
    if (isSame) translation.set(this.#translation);
    this.#translation = translation;
    this.#translatedFrom = from;
    return translation;
  }

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    if (slotCount <= this.#capacity) return;
    const capacity = Math.max(1024, slotCount, this.#capacity * 2);
    if (this.kind === F64) this.f64 = grown(new Float64Array(capacity), this.f64);
    else if (this.kind === STR) this.codes = grown(new Int32Array(capacity), this.codes);
    else if (this.kind === BOOL) this.bytes = grown(new Uint8Array(capacity), this.bytes);
    if (this.#nulls !== null) this.#nulls = grown(new Uint8Array(capacity), this.#nulls);
    this.#capacity = capacity;
  }

  valueAt(slot: number): unknown {
    if (this.#nulls !== null && this.#nulls[slot] === 1) return null;
    switch (this.kind) {
      case F64:
        return this.f64[slot];
      case STR:
        return this.#dictionary.values[this.codes[slot] as number];
      case BOOL:
        return this.bytes[slot] === 1;
      case OBJ:
        return this.objects[slot];
      default:
        return unreachable(this.kind);
    }
  }

  set(slot: number, value: unknown): void {
    const isNull = value === null || value === undefined;
    if (isNull) this.#nulls ??= new Uint8Array(this.#capacity);
    if (this.#nulls !== null) this.#nulls[slot] = isNull ? 1 : 0;
    if (this.kind === OBJ) this.objects[slot] = isNull ? null : value;
    if (isNull) return;
    if (this.kind === F64) this.f64[slot] = value as number;
    else if (this.kind === STR) this.codes[slot] = this.#dictionary.encode(value as string);
    else if (this.kind === BOOL) this.bytes[slot] = value === true ? 1 : 0;
  }

  /** Takes over row `i` of a batch. */
  store(slot: number, column: Column, i: number): void {
    if (this.kind === F64 && column.nulls === null && this.#nulls === null) this.f64[slot] = column.f64[i] as number;
    else this.set(slot, column.valueAt(i));
  }

  /** A column to write to with `copyTo`, in memory of its own or in that of `returned`, which nobody needs any more. */
  newOutput(rowCount: number, returned: Column | null): Column {
    const nulls = this.field.nullable === true || this.field.type === 'any' ? new Uint8Array(rowCount) : null;
    switch (this.kind) {
      case F64:
        return Column.ofF64(returned?.f64.length === rowCount ? returned.f64 : new Float64Array(rowCount), nulls);
      case STR:
        return Column.ofCodes(returned?.codes.length === rowCount ? returned.codes : new Int32Array(rowCount), this.#dictionary, nulls);
      case BOOL:
        return Column.ofBytes(returned?.bytes.length === rowCount ? returned.bytes : new Uint8Array(rowCount), nulls);
      case OBJ:
        return Column.ofObjects(new Array<unknown>(rowCount).fill(null), nulls);
      default:
        return unreachable(this.kind);
    }
  }

  /** Row `i` of an output is what the slot holds now. */
  copyTo(output: Column, i: number, slot: number): void {
    if (output.nulls !== null && this.#nulls !== null && this.#nulls[slot] === 1) {
      output.nulls[i] = 1;
      return;
    }
    if (this.kind === F64) output.f64[i] = this.f64[slot] as number;
    else if (this.kind === STR) output.codes[i] = this.codes[slot] as number;
    else if (this.kind === BOOL) output.bytes[i] = this.bytes[slot] as number;
    // What was emitted must not change with the state.
    else output.objects[i] = copyValue(this.objects[slot]);
  }

  /** Slot `s` is `newSlotOf[s]` from now on; `NO_SLOT` is forgotten. */
  renumber(newSlotOf: Int32Array): void {
    const values = Array.from(newSlotOf, (slot, old) => (slot === NO_SLOT ? null : this.valueAt(old)));
    this.#dictionary = new Dictionary();
    this.#translatedFrom = null;
    if (this.kind === OBJ) this.objects = [];
    for (let old = 0; old < newSlotOf.length; old++) if (newSlotOf[old] !== NO_SLOT) this.set(newSlotOf[old] as number, values[old]);
  }

  /** Forgets strings that no slot holds. Batches on their way keep the old dictionary. `hasRecord[slot] === 0`: it holds nothing. */
  compact(slotCount: number, hasRecord: Uint8Array): void {
    if (this.#dictionary.size < LARGE_DICTIONARY || this.#dictionary.size < 4 * slotCount) return;
    const old = this.#dictionary.values;
    this.#dictionary = new Dictionary();
    this.#translatedFrom = null;
    for (let slot = 0; slot < slotCount; slot++) {
      if (hasRecord[slot] === 0 || this.#nulls?.[slot] === 1) continue;
      this.codes[slot] = this.#dictionary.encode(old[this.codes[slot] as number] as string);
    }
  }
}

/** By contract a column has null marks only when it has nulls. */
export function withoutEmptyNulls(column: Column): Column {
  if (column.nulls !== null && !column.nulls.includes(1)) column.nulls = null;
  return column;
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
