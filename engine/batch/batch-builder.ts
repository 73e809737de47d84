import { assert, unreachable } from '../util/assert.ts';
import type { MarkList } from './batch.ts';
import { Batch, BATCH_CAPACITY } from './batch.ts';
import { BatchPool } from './batch-pool.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from './column.ts';
import type { ColumnKind } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { FRESH_MEMORY } from './gather.ts';
import type { GatherMemory } from './gather.ts';
import type { Field, Row, Schema } from './schema.ts';

/** A value did not fit the declared type of its field. The message says field, expected type and value. */
export class FieldTypeError extends Error {
  readonly field: string;

  constructor(field: Field, value: unknown) {
    super(
      `Field "${field.name}" is declared ${field.type}${field.nullable === true ? ' (nullable)' : ''}, but the value is ${describe(value)}.`,
    );
    this.name = 'FieldTypeError';
    this.field = field.name;
  }
}

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'function') return 'a function';
  const text = jsonOf(value);
  return `${value === null ? '' : `${typeof value} `}${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Circular, holding a bigint, or with a hostile toJSON: its kind is all that can be said.
    return Array.isArray(value) ? 'an array' : 'an object';
  }
}

/** Where columns that grow have their arrays from. */
interface ColumnRoom {
  /** Rows to make room for where there was room for `former` and `needed` have to fit. */
  capacityFor(needed: number, former: number): number;
  memoryFor(capacity: number): GatherMemory;
}

const FRESH_ROOM: ColumnRoom = {
  capacityFor: (needed, former) => Math.max(needed, 16, former * 2),
  memoryFor: () => FRESH_MEMORY,
};

const NO_NUMBERS = new Float64Array(0);
/** From so many rows on there is room for a whole batch, in memory that comes back. */
const LARGE_BATCH = 512;

/** Grows one column value by value. Columns start small and double, so a batch of one row stays cheap. */
export class ColumnBuilder {
  readonly field: Field;
  readonly kind: ColumnKind;
  readonly #dictionary: Dictionary;
  #f64: Float64Array = NO_NUMBERS;
  #codes: Int32Array = new Int32Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  #objects: unknown[] = [];
  #nulls: Uint8Array | null = null;
  #capacity = 0;
  readonly #room: ColumnRoom;

  /** `dictionary` lives as long as the operator, so that codes stay stable over batches. */
  constructor(field: Field, dictionary: Dictionary = new Dictionary(), room: ColumnRoom = FRESH_ROOM) {
    this.field = field;
    this.#room = room;
    this.kind = kindOf(field.type);
    this.#dictionary = dictionary;
  }

  /** @throws FieldTypeError when the value does not fit the field's declared type. */
  set(i: number, value: unknown): void {
    if (i >= this.#capacity) this.#grow(i + 1);
    if (value === null || value === undefined) {
      if (this.field.nullable !== true && this.field.type !== 'any') throw new FieldTypeError(this.field, value);
      this.#nulls ??= new Uint8Array(this.#capacity);
      this.#nulls[i] = 1;
      if (this.kind === OBJ) this.#objects[i] = null;
      return;
    }
    // A refused record may have left a null mark at this row.
    if (this.#nulls !== null) this.#nulls[i] = 0;
    switch (this.kind) {
      case F64:
        if (typeof value !== 'number') throw new FieldTypeError(this.field, value);
        this.#f64[i] = value;
        return;
      case STR:
        if (typeof value !== 'string') throw new FieldTypeError(this.field, value);
        this.#codes[i] = this.#dictionary.encode(value);
        return;
      case BOOL:
        if (typeof value !== 'boolean') throw new FieldTypeError(this.field, value);
        this.#bytes[i] = value ? 1 : 0;
        return;
      case OBJ:
        this.#objects[i] = value;
        return;
      default:
        unreachable(this.kind);
    }
  }

  /** Hands the column out and starts a new one. */
  build(rowCount: number): Column {
    const nulls = this.#nulls === null ? null : this.#nulls.subarray(0, rowCount);
    const column = this.#column(rowCount, nulls);
    this.#f64 = new Float64Array(0);
    this.#codes = new Int32Array(0);
    this.#bytes = new Uint8Array(0);
    this.#objects = [];
    this.#nulls = null;
    this.#capacity = 0;
    return column;
  }

  #column(rowCount: number, nulls: Uint8Array | null): Column {
    switch (this.kind) {
      case F64:
        return Column.ofF64(this.#f64.subarray(0, rowCount), nulls);
      case STR:
        return Column.ofCodes(this.#codes.subarray(0, rowCount), this.#dictionary, nulls);
      case BOOL:
        return Column.ofBytes(this.#bytes.subarray(0, rowCount), nulls);
      case OBJ:
        return Column.ofObjects(this.#objects, nulls);
      default:
        return unreachable(this.kind);
    }
  }

  #grow(needed: number): void {
    const capacity = this.#room.capacityFor(needed, this.#capacity);
    const memory = this.#room.memoryFor(capacity);
    if (this.kind === F64) this.#f64 = grown(memory.f64(capacity), this.#f64);
    else if (this.kind === STR) this.#codes = grown(memory.codes(capacity), this.#codes);
    else if (this.kind === BOOL) this.#bytes = grown(memory.bytes(capacity), this.#bytes);
    if (this.#nulls !== null) this.#nulls = grown(new Uint8Array(capacity), this.#nulls);
    this.#capacity = capacity;
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}

/** What a builder needs of `elements/Marks`. */
export interface GrowingMarkList extends MarkList {
  push(position: number, kind: 0 | 1 | 2, value: number, origin: number): void;
}

/**
 * Collects plain records into batches of one schema. The caller flushes when `rowCount` reaches `BATCH_CAPACITY`.
 * A record that does not fit the schema is refused as a whole: nothing of it stays behind.
 */
export class BatchBuilder implements ColumnRoom {
  readonly schema: Schema;
  readonly #columns: ColumnBuilder[];
  readonly #newMarks: () => GrowingMarkList;
  #timestamps: Float64Array = NO_NUMBERS;
  #origins: Float64Array = NO_NUMBERS;
  /** Rows of the batch before. */
  #expectedRows = 0;
  #marks: GrowingMarkList;
  #rowCount = 0;
  readonly #pool = new BatchPool();
  /** Of a large batch: all its columns take their arrays from here. */
  #memory: GatherMemory | null = null;

  constructor(schema: Schema, newMarks: () => GrowingMarkList) {
    this.schema = schema;
    this.#columns = schema.fields.map((field) => new ColumnBuilder(field, new Dictionary(), this));
    this.#newMarks = newMarks;
    this.#marks = newMarks();
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get isFull(): boolean {
    return this.#rowCount >= BATCH_CAPACITY;
  }

  get isEmpty(): boolean {
    return this.#rowCount === 0 && this.#marks.count === 0;
  }

  /** @throws FieldTypeError; the builder is unchanged then. */
  append(record: Row, timestamp: number, origin: number): void {
    const at = this.#rowCount;
    for (const column of this.#columns) column.set(at, record[column.field.name]);
    if (at === this.#timestamps.length) {
      const capacity = this.capacityFor(at + 1, at);
      const memory = this.memoryFor(capacity);
      this.#timestamps = grown(memory.f64(capacity), this.#timestamps);
      this.#origins = grown(memory.f64(capacity), this.#origins);
    }
    this.#timestamps[at] = timestamp;
    this.#origins[at] = origin;
    this.#rowCount = at + 1;
  }

  mark(kind: 0 | 1 | 2, value: number, origin: number): void {
    this.#marks.push(this.#rowCount, kind, value, origin);
  }

  /** As many as the batch before had, in the beginning. */
  capacityFor(needed: number, former: number): number {
    const capacity = Math.max(FRESH_ROOM.capacityFor(needed, former), this.#expectedRows);
    return capacity < LARGE_BATCH ? capacity : Math.max(capacity, BATCH_CAPACITY);
  }

  memoryFor(capacity: number): GatherMemory {
    if (capacity < LARGE_BATCH) return FRESH_MEMORY;
    this.#memory ??= this.#pool.begin(capacity);
    return this.#memory;
  }

  /** The rows and marks so far as a batch; the builder starts over. */
  build(): Batch {
    const rowCount = this.#rowCount;
    assert(rowCount > 0 || this.#marks.count > 0, 'an empty batch is not built');
    const batch = new Batch(
      this.schema,
      rowCount,
      this.#columns.map((column) => column.build(rowCount)),
      this.#timestamps.subarray(0, rowCount),
      this.#origins.subarray(0, rowCount),
      this.#marks,
      null,
      rowCount,
      this.#memory === null ? null : this.#pool.lend(),
    );
    this.#memory = null;
    this.#expectedRows = rowCount;
    this.#timestamps = NO_NUMBERS;
    this.#origins = NO_NUMBERS;
    this.#marks = this.#newMarks();
    this.#rowCount = 0;
    return batch;
  }
}
