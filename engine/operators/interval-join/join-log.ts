import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import type { Side } from './interval-bounds.ts';
import { LogColumn } from './log-column.ts';

/** End of a chain. */
export const NONE = -1;
const MIN_CAPACITY = 1024;
const MIN_COMPACTION = 8192;

/** The fields of the records of one side, in order of arrival, as columns. */
export class SideRecords {
  readonly columns: readonly LogColumn[];
  readonly #schema: Schema;
  count = 0;
  #capacity = 0;

  constructor(schema: Schema) {
    this.#schema = schema;
    this.columns = schema.fields.map((field) => new LogColumn(field));
  }

  /** @param rows The live rows of the batch. */
  append(batch: Batch, rows: Int32Array): void {
    const needed = this.count + rows.length;
    if (needed > this.#capacity) {
      this.#capacity = Math.max(MIN_CAPACITY, needed, this.#capacity * 2);
      for (const column of this.columns) column.grow(this.#capacity);
    }
    for (let c = 0; c < this.columns.length; c++) (this.columns[c] as LogColumn).append(batch, c, rows, this.count, this.#capacity);
    this.count = needed;
  }

  recordAt(row: number): Row {
    const record: Row = {};
    for (const [c, field] of this.#schema.fields.entries()) record[field.name] = (this.columns[c] as LogColumn).valueAt(row);
    return record;
  }

  compact(kept: Int32Array, capacity: number): void {
    this.#capacity = capacity;
    for (const column of this.columns) column.compact(kept, capacity);
    this.count = kept.length;
  }
}

/**
 * The records of both sides in order of arrival; those of one key and side are chained from the newest to the oldest. Records that are let go stay until
 * compaction, which comes when they outnumber the others, so that letting go costs nothing per record.
 */
export class JoinLog {
  /** Event times, by index. */
  timestamps = new Float64Array(0);
  /** Highest event time of the record and all older ones of its chain: tells when looking further is in vain. */
  highest = new Float64Array(0);
  /** The next older record of the same chain. */
  older = new Int32Array(0);
  /** Twice the slot of the key, plus the side: the chain. */
  chains = new Int32Array(0);
  /** Where the fields are, in the records of its side. */
  rows = new Int32Array(0);
  /** Newest record by chain. */
  newest = new Int32Array(0);
  /** Records at this index or above came after the last watermark. */
  arrivedSince = 0;
  count = 0;
  readonly sides: readonly [SideRecords, SideRecords];
  #compactAt = MIN_COMPACTION;

  constructor(schemas: readonly [Schema, Schema]) {
    this.sides = [new SideRecords(schemas[0]), new SideRecords(schemas[1])];
  }

  /** Makes room for key slots below `slotCount`, and for `added` records. */
  ensure(slotCount: number, added: number): void {
    if (this.newest.length < 2 * slotCount) {
      const newest = new Int32Array(Math.max(MIN_CAPACITY, slotCount * 4)).fill(NONE);
      newest.set(this.newest);
      this.newest = newest;
    }
    const needed = this.count + added;
    if (this.timestamps.length >= needed) return;
    const capacity = Math.max(MIN_CAPACITY, needed, this.timestamps.length * 2);
    this.timestamps = grown(new Float64Array(capacity), this.timestamps);
    this.highest = grown(new Float64Array(capacity), this.highest);
    this.older = grown(new Int32Array(capacity), this.older);
    this.chains = grown(new Int32Array(capacity), this.chains);
    this.rows = grown(new Int32Array(capacity), this.rows);
  }

  /** The record, whose fields were appended, becomes the newest of its chain. */
  add(chain: number, timestamp: number, row: number): void {
    const index = this.count++;
    this.timestamps[index] = timestamp;
    this.rows[index] = row;
    this.#link(index, chain);
  }

  sideOf(index: number): Side {
    return ((this.chains[index] as number) & 1) as Side;
  }

  slotOf(index: number): number {
    return (this.chains[index] as number) >> 1;
  }

  recordAt(index: number): Row {
    return this.sides[this.sideOf(index)].recordAt(this.rows[index] as number);
  }

  /**
   * Whether a record is still kept: it is not, once a watermark after its arrival has reached its time plus what it is kept for.
   * @param expiredUpTo By side.
   */
  isKept(index: number, expiredUpTo: readonly [number, number]): boolean {
    return (this.timestamps[index] as number) > expiredUpTo[this.sideOf(index)] || index >= this.arrivedSince;
  }

  /** Between batches: throws away what is let go when there is enough of it. */
  compactIfWorthwhile(expiredUpTo: readonly [number, number]): void {
    if (this.count >= this.#compactAt) this.compact(expiredUpTo);
  }

  compact(expiredUpTo: readonly [number, number]): void {
    const keptRows = [new Int32Array(this.sides[0].count), new Int32Array(this.sides[1].count)] as const;
    const keptCounts: [number, number] = [0, 0];
    let count = 0;
    let arrivedSince = 0;
    for (let i = 0; i < this.count; i++) {
      if (!this.isKept(i, expiredUpTo)) continue;
      if (i < this.arrivedSince) arrivedSince = count + 1;
      const side = this.sideOf(i);
      this.timestamps[count] = this.timestamps[i] as number;
      this.chains[count] = this.chains[i] as number;
      keptRows[side][keptCounts[side]] = this.rows[i] as number;
      this.rows[count++] = keptCounts[side]++;
    }
    this.count = count;
    this.arrivedSince = arrivedSince;
    this.#compactAt = Math.max(MIN_COMPACTION, 2 * count, this.newest.length);
    const capacity = capacityFor(this.#compactAt);
    for (const side of [0, 1] as const) this.sides[side].compact(keptRows[side].subarray(0, keptCounts[side]), capacity);
    this.#resize(capacity);
    this.#relink();
  }

  /** Key slots have other numbers from now on. All records are kept ones. */
  renumber(newSlotOf: Int32Array): void {
    let slotCount = 0;
    for (let i = 0; i < this.count; i++) {
      const slot = newSlotOf[this.slotOf(i)] as number;
      this.chains[i] = 2 * slot + this.sideOf(i);
      slotCount = Math.max(slotCount, slot + 1);
    }
    this.newest = new Int32Array(Math.max(MIN_CAPACITY, slotCount * 4)).fill(NONE);
    this.#relink();
  }

  #link(index: number, chain: number): void {
    const older = this.newest[chain] as number;
    const timestamp = this.timestamps[index] as number;
    const before = older === NONE ? timestamp : (this.highest[older] as number);
    this.older[index] = older;
    this.highest[index] = before > timestamp ? before : timestamp;
    this.chains[index] = chain;
    this.newest[chain] = index;
  }

  #relink(): void {
    this.newest.fill(NONE);
    for (let i = 0; i < this.count; i++) this.#link(i, this.chains[i] as number);
  }

  #resize(capacity: number): void {
    if (this.timestamps.length === capacity) return;
    this.timestamps = resized(new Float64Array(capacity), this.timestamps, this.count);
    this.chains = resized(new Int32Array(capacity), this.chains, this.count);
    this.rows = resized(new Int32Array(capacity), this.rows, this.count);
    this.highest = new Float64Array(capacity);
    this.older = new Int32Array(capacity);
  }
}

/** Of a few sizes only, so that memory is mostly used again; with room for what comes until the next compaction is looked for. */
function capacityFor(records: number): number {
  let capacity = MIN_COMPACTION;
  while (capacity < records + MIN_COMPACTION) capacity *= 2;
  return capacity;
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}

function resized<T extends Float64Array | Int32Array>(to: T, from: T, count: number): T {
  to.set(from.subarray(0, count));
  return to;
}
