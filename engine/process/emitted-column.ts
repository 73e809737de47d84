import { FieldTypeError } from '../batch/batch-builder.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { Field } from '../batch/schema.ts';
import { conformValue } from '../functions/conform-record.ts';
import { compileKernel } from '../functions/kernel-code.ts';
import { copyValue } from '../state/copy-value.ts';
import type { ColumnMemory } from './result-memory.ts';

const NO_NUMBERS = new Float64Array(0);
const NO_CODES = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
/** Above so many entries a dictionary is replaced as soon as a batch brings mostly new strings. */
const LARGE_DICTIONARY = 16_384;

/** One field of what user code emits. Generated text writes what it expects into the arrays; everything else goes through `put`. */
export class EmittedColumn {
  readonly field: Field;
  readonly kind: ColumnKind;
  f64: Float64Array = NO_NUMBERS;
  codes: Int32Array = NO_CODES;
  bytes: Uint8Array = NO_BYTES;
  objects: unknown[] = [];
  /** 1: null. Missing as long as none was emitted. */
  nulls: Uint8Array | null = null;
  /** The last string and its code. */
  last: string | null = null;
  lastCode = 0;
  #capacity = 0;
  #dictionary = new Dictionary();
  #sizeBefore = 0;

  constructor(field: Field) {
    this.field = field;
    this.kind = kindOf(field.type);
  }

  /** From here on it writes to `memory`, which has room for `capacity` rows, those so far among them. */
  use(memory: ColumnMemory, capacity: number): void {
    if (memory instanceof Float64Array) this.f64 = memory;
    else if (memory instanceof Int32Array) this.codes = memory;
    else if (memory !== null) this.bytes = memory;
    if (this.nulls !== null) this.nulls = grown(new Uint8Array(capacity), this.nulls);
    this.#capacity = capacity;
  }

  encode(value: string): number {
    if (value === this.last) return this.lastCode;
    this.last = value;
    this.lastCode = this.#dictionary.encode(value);
    return this.lastCode;
  }

  /** Any value, checked. What user code could still change is copied. @throws FieldTypeError when it does not fit the field. */
  put(at: number, value: unknown): void {
    const conform = conformValue(this.field, value);
    if (conform === null) {
      this.nulls ??= new Uint8Array(this.#capacity);
      this.nulls[at] = 1;
      if (this.kind === OBJ) this.objects[at] = null;
      return;
    }
    // What a call emitted that failed may have left a null here.
    if (this.nulls !== null) this.nulls[at] = 0;
    if (this.kind === F64) this.f64[at] = conform as number;
    else if (this.kind === STR) this.codes[at] = this.encode(conform as string);
    else if (this.kind === BOOL) this.bytes[at] = conform === true ? 1 : 0;
    else if (typeof conform === 'function' || typeof conform === 'symbol') throw new FieldTypeError(this.field, conform);
    else this.objects[at] = copyValue(conform);
  }

  /** Hands out what there is, in the first rows of its memory, and starts a new column, without room. */
  build(rowCount: number, rows: ColumnMemory): Column {
    const nulls = this.nulls === null ? null : this.nulls.subarray(0, rowCount);
    const column = this.#column(rowCount, rows, nulls?.includes(1) === true ? nulls : null);
    this.objects = [];
    this.nulls = null;
    this.#capacity = 0;
    return column;
  }

  #column(rowCount: number, rows: ColumnMemory, nulls: Uint8Array | null): Column {
    if (rows instanceof Float64Array) return Column.ofF64(rows, nulls);
    if (rows instanceof Int32Array) return this.#strings(rows, nulls);
    return rows === null ? Column.ofObjects(this.objects.slice(0, rowCount), nulls) : Column.ofBytes(rows, nulls);
  }

  #strings(codes: Int32Array, nulls: Uint8Array | null): Column {
    const column = Column.ofCodes(codes, this.#dictionary, nulls);
    const added = this.#dictionary.size - this.#sizeBefore;
    if (this.#dictionary.size > LARGE_DICTIONARY && added * 2 > codes.length) {
      this.#dictionary = new Dictionary();
      this.last = null;
    }
    this.#sizeBefore = this.#dictionary.size;
    return column;
  }
}

/** Writes the fields of a record into row `at` of the columns. @throws FieldTypeError; parts of the row may be written then. */
export type AppendRecord = (record: Readonly<Record<string, unknown>>, at: number) => void;

export function compileAppend(columns: readonly EmittedColumn[]): AppendRecord {
  const names = columns.map((_, c) => `w${c}`);
  const text = `return (o, at) => {\n${columns.map(storeText).join('\n')}\n};`;
  return compileKernel<AppendRecord>(names, text, columns);
}

function storeText({ field, kind }: EmittedColumn, c: number): string {
  const value = `const v${c} = o[${JSON.stringify(field.name)}];`;
  const put = `w${c}.put(at, v${c});`;
  switch (kind) {
    case F64:
      return `${value} if (typeof v${c} === "number" && w${c}.nulls === null) w${c}.f64[at] = v${c}; else ${put}`;
    case STR:
      return `${value} if (typeof v${c} === "string" && w${c}.nulls === null) w${c}.codes[at] = w${c}.encode(v${c}); else ${put}`;
    default:
      return `${value} ${put}`;
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
