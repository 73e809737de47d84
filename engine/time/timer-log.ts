/** Below so many entries it is not worth looking for those that cancel each other. */
const LEAST_COMPACTED = 1024;

/**
 * Registrations and deletions of timers that lie far ahead, in the order in which they were asked for. Whether a timer exists is found out when it has
 * to be known; until then asking costs two array writes.
 */
export class TimerLog {
  count = 0;
  /** Slot of the key: registered; its complement: deleted. */
  operations = new Int32Array(16);
  times = new Float64Array(16);
  /** No entry has a smaller time. */
  earliest = Number.POSITIVE_INFINITY;
  #deletions = 0;

  /** Entries it has room for. */
  get capacity(): number {
    return this.times.length;
  }

  /** Forgets everything, but keeps its memory. */
  clear(): void {
    this.count = 0;
    this.earliest = Number.POSITIVE_INFINITY;
    this.#deletions = 0;
  }

  add(time: number, operation: number): void {
    if (this.count === this.times.length) this.#makeRoom();
    const at = this.count++;
    this.operations[at] = operation;
    this.times[at] = time;
    if (operation < 0) this.#deletions++;
    if (time < this.earliest) this.earliest = time;
  }

  /** Before its entries are handed on one by one: leaves out what has been deleted, if that is much. */
  settle(): void {
    if (this.#deletions * 8 >= this.count) this.compact();
  }

  /** Leaves the timers that exist, in the order of registration. */
  compact(): void {
    const kept = this.#existing();
    const { operations, times } = this;
    let to = 0;
    for (let at = 0; at < this.count; at++) {
      if (kept[at] === 0) continue;
      operations[to] = operations[at] as number;
      times[to++] = times[at] as number;
    }
    this.count = to;
    this.#deletions = 0;
  }

  /** Whatever was asked for last counts; a timer that is registered again keeps its place. */
  #existing(): Uint8Array {
    const { operations, times, count } = this;
    const mask = prepareScratch(count) - 1;
    const { table, holders, kept } = scratch;
    for (let at = 0; at < count; at++) {
      const operation = operations[at] as number;
      const slot = operation < 0 ? ~operation : operation;
      const time = times[at] as number;
      let place = hashOf(slot, time) & mask;
      let first = (table[place] as number) - 1;
      while (first >= 0 && !(times[first] === time && (operations[first] === slot || operations[first] === ~slot))) {
        place = (place + 1) & mask;
        first = (table[place] as number) - 1;
      }
      if (first < 0) table[place] = (first = at) + 1;
      const held = holders[first] as number;
      if (operation >= 0 && held === 0) {
        holders[first] = at + 1;
        kept[at] = 1;
      } else if (operation < 0 && held !== 0) {
        holders[first] = 0;
        kept[held - 1] = 0;
      }
    }
    return kept;
  }

  #makeRoom(): void {
    const capacity = this.times.length;
    if (capacity >= LEAST_COMPACTED) this.compact();
    // With half of the room free after it, the next compaction is far enough away to cost little per entry.
    if (this.count * 2 <= capacity) return;
    const operations = new Int32Array(capacity * 2);
    operations.set(this.operations);
    this.operations = operations;
    const times = new Float64Array(capacity * 2);
    times.set(this.times);
    this.times = times;
  }
}

/**
 * For one call at a time. `table`: by hash, the first entry of a timer, plus 1. `holders`: by that entry, the one as which the timer exists, plus 1.
 * `kept`: 1 for those.
 */
const scratch = { table: new Int32Array(0), holders: new Int32Array(0), kept: new Uint8Array(0) };
/** Beyond so many entries the memory is not kept. */
const MOST_KEPT = 65_536;

/** Room for `count` entries, all 0; the size of the table. */
function prepareScratch(count: number): number {
  let capacity = 16;
  while (capacity < count * 2) capacity *= 2;
  const { length } = scratch.table;
  if (length < capacity || length > Math.max(capacity, MOST_KEPT)) {
    scratch.table = new Int32Array(capacity);
    scratch.holders = new Int32Array(capacity);
    scratch.kept = new Uint8Array(capacity);
    return capacity;
  }
  scratch.table.fill(0, 0, capacity);
  scratch.holders.fill(0, 0, count);
  scratch.kept.fill(0, 0, count);
  return capacity;
}

function hashOf(slot: number, time: number): number {
  let h = Math.imul(slot, 0x9e3779b1) ^ Math.imul(time | 0, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return h ^ (h >>> 13);
}
