import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { Side } from './interval-bounds.ts';
import { LogColumn } from './log-column.ts';

/** End of a chain. */
export const NONE = -1;
const MIN_CAPACITY = 1024;
const MIN_COMPACTION = 8192;
/** Records whose highest event time is known together. */
const STRETCH = 1024;
/** Memory for so many more is given for fewer compactions. */
const SPARE_RECORDS = 98_304;

/** Live rows of a batch that are to be logged. */
export interface ArrivedRows {
  /** There are `count` of them. */
  readonly rows: Int32Array;
  readonly count: number;
  /** From `at` on, those of these rows. */
  readonly timestamps: Float64Array;
  readonly slots: Int32Array;
  readonly at: number;
}

/** The fields of the records of one side, in order of arrival, as columns. */
export class SideRecords {
  readonly columns: readonly LogColumn[];
  readonly #schema: Schema;
  count = 0;
  /** Records from here on came after the last watermark. */
  arrivedSince = 0;
  /** Where stretches of records end, and the highest event time of each: what is let go as a whole is not looked at again. */
  readonly #ends: number[] = [];
  readonly #highest: number[] = [];

  constructor(schema: Schema) {
    this.#schema = schema;
    this.columns = schema.fields.map((field) => new LogColumn(field));
  }

  resize(capacity: number): void {
    for (const column of this.columns) column.resize(capacity);
  }

  append(batch: Batch, { rows, count, timestamps, at }: ArrivedRows, capacity: number): void {
    for (let c = 0; c < this.columns.length; c++) (this.columns[c] as LogColumn).append(batch, c, rows, count, this.count, capacity);
    this.count += count;
    this.#endStretch(highestOf(timestamps, at, at + count));
  }

  recordAt(row: number): Row {
    const record: Row = {};
    for (const [c, field] of this.#schema.fields.entries()) record[field.name] = (this.columns[c] as LogColumn).valueAt(row);
    return record;
  }

  /** How many records, from the oldest on, are in stretches that are let go as a whole. */
  endOfExpired(expiredUpTo: number): number {
    let end = 0;
    for (const [s, next] of this.#ends.entries()) {
      if (next > this.arrivedSince || (this.#highest[s] as number) > expiredUpTo) break;
      end = next;
    }
    return end;
  }

  /** @param highest Of the event times of those that are kept. */
  compact(kept: Int32Array, capacity: number, highest: number): void {
    for (const column of this.columns) column.compact(kept, capacity);
    this.count = kept.length;
    this.#ends.length = 0;
    this.#highest.length = 0;
    this.#endStretch(highest);
  }

  #endStretch(highest: number): void {
    const last = this.#ends.length - 1;
    const before = last > 0 ? (this.#ends[last - 1] as number) : 0;
    if (last >= 0 && this.count - before <= STRETCH) {
      this.#ends[last] = this.count;
      if (highest > (this.#highest[last] as number)) this.#highest[last] = highest;
    } else {
      this.#ends.push(this.count);
      this.#highest.push(highest);
    }
  }
}

/**
 * The records of both sides in order of arrival; those of one key and side are chained from the newest to the oldest. Records that are let go stay until
 * compaction, which comes when they far outnumber the others, so that letting go costs nothing per record. What is looked at together lies together: a
 * walk along a chain is bound by the memory it touches.
 *
 * Record `row` of the right side has the number `capacity + row` here, one of the left side the number `row`.
 */
export class JoinLog {
  /** Event times. */
  times = new Float64Array(0);
  /** Slots of the keys; negative: the record does not count. */
  slots = new Int32Array(0);
  /** Of record `i`, at `2 * i`, the highest event time of its chain before it, which tells when looking further is in vain; and then the next older one. */
  links = new Float64Array(0);
  /** Of slot `s`, from `4 * s` on: the highest event time of either side's chain, −∞ when it is empty; and the newest record of either. */
  heads = new Float64Array(0);
  capacity = 0;
  readonly sides: readonly [SideRecords, SideRecords];
  #compactAt = MIN_COMPACTION;
  #keptRows = new Int32Array(0);

  constructor(schemas: readonly [Schema, Schema]) {
    this.sides = [new SideRecords(schemas[0]), new SideRecords(schemas[1])];
  }

  /** Records in memory, those included that are let go. */
  get count(): number {
    return this.sides[0].count + this.sides[1].count;
  }

  /** Adds records; they are to be linked. Numbers of those before stay what they are only if there was room for them. */
  append(batch: Batch, side: Side, arrived: ArrivedRows): void {
    const records = this.sides[side];
    const { count, timestamps, slots, at } = arrived;
    const to = this.numberOf(side, records.count);
    copyInto(this.times, timestamps, at, count, to);
    copyInto(this.slots, slots, at, count, to);
    records.append(batch, arrived, this.capacity);
  }

  /** Makes room for key slots below `slotCount`, and for so many more records of each side. */
  ensure(slotCount: number, lefts: number, rights: number): void {
    const isNarrow = this.heads.length < 4 * slotCount;
    if (isNarrow) this.heads = emptyHeads(Math.max(MIN_CAPACITY, slotCount * 2));
    const needed = Math.max(this.sides[0].count + lefts, this.sides[1].count + rights);
    const isShort = this.capacity < needed;
    if (isShort) this.#resize(Math.max(MIN_CAPACITY, needed, this.capacity * 2));
    if (isNarrow || isShort) this.relink();
  }

  numberOf(side: Side, row: number): number {
    return row + side * this.capacity;
  }

  timestampOf(side: Side, row: number): number {
    return this.times[this.numberOf(side, row)] as number;
  }

  slotOf(side: Side, row: number): number {
    return this.slots[this.numberOf(side, row)] as number;
  }

  /** The record was late, or has no timestamp. */
  discard(side: Side, row: number): void {
    this.slots[this.numberOf(side, row)] = NO_SLOT;
  }

  /** Rows of a side that are kept: not those any more whose time plus what it is kept for a watermark after their arrival has reached. */
  keptRows(side: Side, expiredUpTo: readonly [number, number]): number[] {
    const { count, arrivedSince } = this.sides[side];
    const rows: number[] = [];
    for (let row = 0; row < count; row++) {
      if (this.slotOf(side, row) >= 0 && (row >= arrivedSince || this.timestampOf(side, row) > expiredUpTo[side])) rows.push(row);
    }
    return rows;
  }

  /** Between batches: throws away what is let go when there is enough of it. */
  compactIfWorthwhile(expiredUpTo: readonly [number, number]): void {
    if (this.count >= this.#compactAt) this.compact(expiredUpTo);
  }

  compact(expiredUpTo: readonly [number, number]): void {
    const [left, right] = [this.#moveKept(0, expiredUpTo), this.#moveKept(1, expiredUpTo)];
    const kept = left + right;
    this.#compactAt = Math.max(MIN_COMPACTION, this.heads.length >> 2, 2 * kept + Math.min(6 * kept, SPARE_RECORDS));
    const capacity = capacityFor(this.#compactAt);
    if (this.capacity !== capacity) this.#resize(capacity);
    this.relink();
  }

  /** Key slots have other numbers from now on. All records are kept ones. */
  renumber(newSlotOf: Int32Array): void {
    let slotCount = 0;
    for (const side of [0, 1] as const) {
      for (let row = 0; row < this.sides[side].count; row++) {
        const slot = newSlotOf[this.slotOf(side, row)] as number;
        this.slots[this.numberOf(side, row)] = slot;
        slotCount = Math.max(slotCount, slot + 1);
      }
    }
    this.heads = emptyHeads(Math.max(MIN_CAPACITY, slotCount * 2));
    this.relink();
  }

  /** Moves what is kept of a side to the front; returns how many records that is. */
  #moveKept(side: Side, expiredUpTo: readonly [number, number]): number {
    const records = this.sides[side];
    const { count, arrivedSince } = records;
    const { times, slots } = this;
    if (this.#keptRows.length < count) this.#keptRows = new Int32Array(count * 2);
    const keptRows = this.#keptRows;
    const base = this.numberOf(side, 0);
    const expired = expiredUpTo[side];
    let kept = 0;
    let keptBefore = 0;
    let highest = Number.NEGATIVE_INFINITY;
    // Mostly the oldest are the ones to go.
    for (let row = records.endOfExpired(expired); row < count; row++) {
      const time = times[base + row] as number;
      const slot = slots[base + row] as number;
      if (slot < 0 || (row < arrivedSince && time <= expired)) continue;
      keptRows[kept] = row;
      times[base + kept] = time;
      slots[base + kept] = slot;
      kept++;
      if (time > highest) highest = time;
      if (row < arrivedSince) keptBefore = kept;
    }
    records.arrivedSince = keptBefore;
    records.compact(keptRows.subarray(0, kept), this.capacity, highest);
    return kept;
  }

  /** Chains all records anew. */
  relink(): void {
    const { times, slots, links, heads } = this;
    emptied(heads);
    for (const side of [0, 1] as const) {
      const from = this.numberOf(side, 0);
      const to = from + this.sides[side].count;
      for (let i = from; i < to; i++) {
        const slot = slots[i] as number;
        if (slot < 0) continue;
        const head = (slot << 2) | side;
        const time = times[i] as number;
        const highest = heads[head] as number;
        links[2 * i] = highest;
        links[2 * i + 1] = heads[head + 2] as number;
        heads[head + 2] = i;
        if (time > highest) heads[head] = time;
      }
    }
  }

  /** Numbers of right records change. */
  #resize(capacity: number): void {
    const [left, right] = this.sides;
    const before = this.capacity;
    const moved = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from.subarray(0, left.count));
      to.set(from.subarray(before, before + right.count), capacity);
      return to;
    };
    this.times = moved(new Float64Array(2 * capacity), this.times);
    this.slots = moved(new Int32Array(2 * capacity), this.slots);
    this.links = new Float64Array(4 * capacity);
    this.capacity = capacity;
    left.resize(capacity);
    right.resize(capacity);
  }
}

function highestOf(timestamps: Float64Array, from: number, to: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  // From the end: event time mostly rises, so that a higher one hardly ever follows.
  for (let k = to - 1; k >= from; k--) {
    const timestamp = timestamps[k] as number;
    if (timestamp > highest) highest = timestamp;
  }
  return highest;
}

/** Up to so many, copying one by one is faster than asking for a copy. */
const FEW_ROWS = 32;

function copyInto<T extends Float64Array | Int32Array>(to: T, from: T, at: number, count: number, start: number): void {
  if (count > FEW_ROWS) to.set(from.subarray(at, at + count), start);
  else for (let j = 0; j < count; j++) to[start + j] = from[at + j] as number;
}

function emptyHeads(slots: number): Float64Array<ArrayBuffer> {
  return emptied(new Float64Array(4 * slots));
}

function emptied<T extends Float64Array>(heads: T): T {
  for (let at = 0; at < heads.length; at += 4) {
    heads[at] = Number.NEGATIVE_INFINITY;
    heads[at + 1] = Number.NEGATIVE_INFINITY;
    heads[at + 2] = NONE;
    heads[at + 3] = NONE;
  }
  return heads;
}

/** Of a few sizes only, so that memory is mostly used again; with room for what comes until the next compaction is looked for. */
function capacityFor(records: number): number {
  let capacity = MIN_COMPACTION;
  while (capacity < records + MIN_COMPACTION) capacity *= 2;
  return capacity;
}
