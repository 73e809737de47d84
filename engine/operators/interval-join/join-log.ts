import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import type { Side } from './interval-bounds.ts';
import { LogColumn } from './log-column.ts';

/** End of a chain. */
export const NONE = -1;
const MIN_CAPACITY = 1024;
const MIN_COMPACTION = 8192;
/** Memory for so many more is given for fewer compactions. */
const SPARE_RECORDS = 98_304;

/** The fields of the records of one side, in order of arrival, as columns. */
export class SideRecords {
  readonly columns: readonly LogColumn[];
  readonly #schema: Schema;
  count = 0;
  #capacity = 0;

  /** Event times, if somebody wants to know those of both records of a pair; else null. */
  #timestamps: Float64Array | null;

  constructor(schema: Schema, keepsTimestamps: boolean) {
    this.#schema = schema;
    this.#timestamps = keepsTimestamps ? new Float64Array(0) : null;
    this.columns = schema.fields.map((field) => new LogColumn(field));
  }

  /** @param rows The live rows of the batch; there are `added` of them. */
  append(batch: Batch, rows: Int32Array, added: number): void {
    const needed = this.count + added;
    if (needed > this.#capacity) {
      this.#capacity = Math.max(MIN_CAPACITY, needed, this.#capacity * 2);
      for (const column of this.columns) column.grow(this.#capacity);
      if (this.#timestamps !== null) this.#timestamps = resized(new Float64Array(this.#capacity), this.#timestamps, this.count);
    }
    const timestamps = this.#timestamps;
    if (timestamps !== null) for (let j = 0; j < added; j++) timestamps[this.count + j] = batch.timestamps[rows[j] as number] as number;
    for (let c = 0; c < this.columns.length; c++) (this.columns[c] as LogColumn).append(batch, c, rows, added, this.count, this.#capacity);
    this.count = needed;
  }

  timestampOf(row: number): number {
    return this.#timestamps?.[row] ?? Number.NaN;
  }

  recordAt(row: number): Row {
    const record: Row = {};
    for (const [c, field] of this.#schema.fields.entries()) record[field.name] = (this.columns[c] as LogColumn).valueAt(row);
    return record;
  }

  compact(kept: Int32Array, capacity: number): void {
    this.#capacity = capacity;
    for (const column of this.columns) column.compact(kept, capacity);
    const timestamps = this.#timestamps;
    if (timestamps !== null) this.#timestamps = Float64Array.from({ length: capacity }, (_, j) => timestamps[kept[j] ?? 0] ?? 0);
    this.count = kept.length;
  }
}

/**
 * The records of both sides in order of arrival; those of one key and side are chained from the newest to the oldest. Records that are let go stay until
 * compaction, which comes when they far outnumber the others, so that letting go costs nothing per record. What is looked at together lies together: a
 * walk along a chain is bound by the memory it touches.
 */
export class JoinLog {
  /** Of record `i` the event time at `2 * i`, and behind it what `chainHighest` was before it: tells when looking further is in vain. */
  times = new Float64Array(0);
  /** Of record `i` the next older one of its chain at `2 * i`, and behind it where its fields are among those of its side. */
  links = new Int32Array(0);
  /** By record: twice the slot of the key, plus the side. */
  chains = new Int32Array(0);
  /** By chain: the newest record, and the highest event time of all its records; −∞ when there are none. */
  newest = new Int32Array(0);
  chainHighest = new Float64Array(0);
  /** Records at this index or above came after the last watermark. */
  arrivedSince = 0;
  count = 0;
  readonly sides: readonly [SideRecords, SideRecords];
  #compactAt = MIN_COMPACTION;
  #keptRows = new Int32Array(0);

  constructor(schemas: readonly [Schema, Schema], keepsTimestamps: boolean) {
    this.sides = [new SideRecords(schemas[0], keepsTimestamps), new SideRecords(schemas[1], keepsTimestamps)];
  }

  /** Makes room for key slots below `slotCount`, and for `added` records. */
  ensure(slotCount: number, added: number): void {
    if (this.newest.length < 2 * slotCount) {
      const capacity = Math.max(MIN_CAPACITY, slotCount * 4);
      this.newest = grown(new Int32Array(capacity).fill(NONE), this.newest);
      this.chainHighest = grown(new Float64Array(capacity).fill(Number.NEGATIVE_INFINITY), this.chainHighest);
    }
    const needed = this.count + added;
    if (this.chains.length < needed) this.#resize(Math.max(MIN_CAPACITY, needed, this.chains.length * 2));
  }

  /** The record, whose fields were appended, becomes the newest of its chain. */
  add(chain: number, timestamp: number, row: number): void {
    const index = this.count++;
    this.times[2 * index] = timestamp;
    this.links[2 * index + 1] = row;
    this.chains[index] = chain;
    this.#link(index);
  }

  timestampOf(index: number): number {
    return this.times[2 * index] as number;
  }

  sideOf(index: number): Side {
    return ((this.chains[index] as number) & 1) as Side;
  }

  slotOf(index: number): number {
    return (this.chains[index] as number) >> 1;
  }

  recordAt(index: number): Row {
    return this.sides[this.sideOf(index)].recordAt(this.links[2 * index + 1] as number);
  }

  /**
   * Whether a record is still kept: it is not, once a watermark after its arrival has reached its time plus what it is kept for.
   * @param expiredUpTo By side.
   */
  isKept(index: number, expiredUpTo: readonly [number, number]): boolean {
    return this.timestampOf(index) > expiredUpTo[this.sideOf(index)] || index >= this.arrivedSince;
  }

  /** Between batches: throws away what is let go when there is enough of it. */
  compactIfWorthwhile(expiredUpTo: readonly [number, number]): void {
    if (this.count >= this.#compactAt) this.compact(expiredUpTo);
  }

  compact(expiredUpTo: readonly [number, number]): void {
    const counts = this.#dropRecords(expiredUpTo);
    this.#compactAt = Math.max(MIN_COMPACTION, this.newest.length >> 1, 2 * this.count + Math.min(6 * this.count, SPARE_RECORDS));
    const capacity = capacityFor(this.#compactAt);
    let from = 0;
    for (const side of [0, 1] as const) {
      const records = this.sides[side];
      const to = from + records.count;
      records.compact(this.#keptRows.subarray(from, from + counts[side]), capacity);
      from = to;
    }
    if (this.chains.length !== capacity) this.#resize(capacity);
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
    const capacity = Math.max(MIN_CAPACITY, slotCount * 4);
    this.newest = new Int32Array(capacity);
    this.chainHighest = new Float64Array(capacity);
    this.#relink();
  }

  /** Moves what is kept to the front. Returns how many of each side there are; `#keptRows` says where their fields are, those of the right side behind. */
  #dropRecords(expiredUpTo: readonly [number, number]): readonly [number, number] {
    const { times, links, chains, arrivedSince, count } = this;
    const rightsAt = this.sides[0].count;
    const rows = rightsAt + this.sides[1].count;
    if (this.#keptRows.length < rows) this.#keptRows = new Int32Array(rows * 2);
    const keptRows = this.#keptRows;
    // Looked up by side, and below computed with it: a branch on it is one that nobody can guess.
    const expired = Float64Array.from(expiredUpTo);
    const surelyExpired = Math.min(...expiredUpTo);
    let i = 0;
    // Mostly the oldest are the ones to go.
    while (i < arrivedSince && (times[i << 1] as number) <= surelyExpired) i++;
    let kept = 0;
    let lefts = 0;
    let keptBefore = 0;
    for (; i < count; i++) {
      const chain = chains[i] as number;
      const time = times[i << 1] as number;
      const side = chain & 1;
      if (i < arrivedSince && time <= (expired[side] as number)) continue;
      // How many of its side there are already.
      const before = lefts + side * (kept - 2 * lefts);
      keptRows[before + side * rightsAt] = links[(i << 1) | 1] as number;
      times[kept << 1] = time;
      chains[kept] = chain;
      links[(kept << 1) | 1] = before;
      lefts += 1 - side;
      kept++;
      if (i < arrivedSince) keptBefore = kept;
    }
    this.count = kept;
    this.arrivedSince = keptBefore;
    return [lefts, kept - lefts];
  }

  #link(index: number): void {
    const chain = this.chains[index] as number;
    const timestamp = this.times[2 * index] as number;
    const highest = this.chainHighest[chain] as number;
    this.links[2 * index] = this.newest[chain] as number;
    this.times[2 * index + 1] = highest;
    this.newest[chain] = index;
    if (timestamp > highest) this.chainHighest[chain] = timestamp;
  }

  #relink(): void {
    this.newest.fill(NONE);
    this.chainHighest.fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < this.count; i++) this.#link(i);
  }

  #resize(capacity: number): void {
    this.times = resized(new Float64Array(2 * capacity), this.times, 2 * this.count);
    this.links = resized(new Int32Array(2 * capacity), this.links, 2 * this.count);
    this.chains = resized(new Int32Array(capacity), this.chains, this.count);
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
