import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { LogColumn } from './log-column.ts';

/** End of a chain; also: the row belongs to no key. */
export const NONE = -1;
const MIN_CAPACITY = 1024;

/**
 * The records of one side in order of arrival, as columns; those of one key are chained from the newest to the oldest. Records that are let go stay
 * until compaction, which comes when they outnumber the others, so that letting go costs nothing per record.
 */
export class JoinLog {
  /** Event times, by index. */
  timestamps = new Float64Array(0);
  /** The next older record of the same key. */
  older = new Int32Array(0);
  /** Highest event time of the record and all older ones of its key: tells when looking further is in vain. */
  highest = new Float64Array(0);
  /** Newest record by key slot. */
  newest = new Int32Array(0);
  /** Key slot by index; `NONE` while (or because) it was not added to a chain. */
  slots = new Int32Array(0);
  /** Records at this index or above came after the last watermark. */
  arrivedSince = 0;
  count = 0;
  readonly #schema: Schema;
  readonly #columns: readonly LogColumn[];
  #compactAt = 8192;
  #rows = new Int32Array(0);

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#columns = schema.fields.map((field) => new LogColumn(field));
  }

  /** Copies the live rows of a batch to the end of the log; they count once they are linked. Returns the index of the first. */
  append(batch: Batch): number {
    const first = this.count;
    const added = batch.selectedCount;
    this.#ensureCapacity(first + added);
    if (this.#rows.length < added) this.#rows = new Int32Array(added);
    const rows = this.#rows;
    for (let j = 0; j < added; j++) rows[j] = batch.rowAt(j);
    for (let j = 0; j < added; j++) this.timestamps[first + j] = batch.timestamps[rows[j] as number] as number;
    this.slots.fill(NONE, first, first + added);
    const capacity = this.timestamps.length;
    for (const [c, column] of this.#columns.entries()) column.append(batch, c, rows, added, first, capacity);
    this.count = first + added;
    return first;
  }

  /** Makes room for key slots below `slotCount`. */
  ensureSlots(slotCount: number): void {
    if (this.newest.length >= slotCount) return;
    const newest = new Int32Array(Math.max(MIN_CAPACITY, slotCount * 2)).fill(NONE);
    newest.set(this.newest);
    this.newest = newest;
  }

  link(index: number, slot: number): void {
    const older = this.newest[slot] as number;
    const timestamp = this.timestamps[index] as number;
    this.older[index] = older;
    const before = older === NONE ? timestamp : (this.highest[older] as number);
    this.highest[index] = before > timestamp ? before : timestamp;
    this.newest[slot] = index;
    this.slots[index] = slot;
  }

  recordAt(index: number): Row {
    const record: Row = {};
    for (const [c, field] of this.#schema.fields.entries()) record[field.name] = (this.#columns[c] as LogColumn).valueAt(index);
    return record;
  }

  gather(columnIndex: number, indexes: Int32Array, count: number): Column {
    return (this.#columns[columnIndex] as LogColumn).gather(indexes, count);
  }

  /** Whether a record is still kept: it is not, once a watermark after its arrival has reached its time plus what it is kept for. */
  isKept(index: number, expiredUpTo: number): boolean {
    return this.slots[index] !== NONE && ((this.timestamps[index] as number) > expiredUpTo || index >= this.arrivedSince);
  }

  /** Between batches: throws away what is let go when there is enough of it. */
  compactIfWorthwhile(expiredUpTo: number): void {
    if (this.count >= this.#compactAt) this.compact(expiredUpTo);
  }

  compact(expiredUpTo: number): void {
    const kept = new Int32Array(this.count);
    let count = 0;
    let arrivedSince = 0;
    for (let i = 0; i < this.count; i++) {
      if (!this.isKept(i, expiredUpTo)) continue;
      if (i < this.arrivedSince) arrivedSince = count + 1;
      kept[count++] = i;
    }
    const capacity = Math.max(MIN_CAPACITY, count * 2);
    const { timestamps, slots } = this;
    this.timestamps = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
    this.older = new Int32Array(capacity);
    this.highest = new Float64Array(capacity);
    for (let j = 0; j < count; j++) {
      this.timestamps[j] = timestamps[kept[j] as number] as number;
      this.slots[j] = slots[kept[j] as number] as number;
    }
    for (const column of this.#columns) column.compact(kept, count, capacity);
    this.count = count;
    this.arrivedSince = arrivedSince;
    this.#relink();
    this.#compactAt = Math.max(8192, 2 * count, this.newest.length);
  }

  /** Key slots have other numbers from now on. All records are kept ones. */
  renumber(newSlotOf: Int32Array): void {
    let slotCount = 0;
    for (let i = 0; i < this.count; i++) {
      const slot = newSlotOf[this.slots[i] as number] as number;
      this.slots[i] = slot;
      slotCount = Math.max(slotCount, slot + 1);
    }
    this.newest = new Int32Array(Math.max(MIN_CAPACITY, slotCount * 2)).fill(NONE);
    this.#relink();
  }

  #relink(): void {
    this.newest.fill(NONE);
    for (let i = 0; i < this.count; i++) this.link(i, this.slots[i] as number);
  }

  #ensureCapacity(needed: number): void {
    if (this.timestamps.length >= needed) return;
    const capacity = Math.max(MIN_CAPACITY, needed, this.timestamps.length * 2);
    this.timestamps = grown(new Float64Array(capacity), this.timestamps);
    this.highest = grown(new Float64Array(capacity), this.highest);
    this.older = grown(new Int32Array(capacity), this.older);
    this.slots = grown(new Int32Array(capacity), this.slots);
    for (const column of this.#columns) column.grow(capacity);
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
