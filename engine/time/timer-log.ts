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

  add(time: number, operation: number): void {
    if (this.count === this.times.length) this.#makeRoom();
    const at = this.count++;
    this.operations[at] = operation;
    this.times[at] = time;
    if (time < this.earliest) this.earliest = time;
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
  }

  /** Whatever was asked for last counts; a timer that is registered again keeps its place. */
  #existing(): Uint8Array {
    const { operations, times, count } = this;
    let capacity = 16;
    while (capacity < count * 2) capacity *= 2;
    // Entry + 1 by hash, and whether the timer of that entry exists now: as which entry + 1.
    const table = new Int32Array(capacity);
    const holder = new Int32Array(count);
    const kept = new Uint8Array(count);
    for (let at = 0; at < count; at++) {
      const operation = operations[at] as number;
      const slot = operation < 0 ? ~operation : operation;
      const time = times[at] as number;
      let place = hashOf(slot, time) & (capacity - 1);
      let first = (table[place] as number) - 1;
      while (
        first >= 0 &&
        !((times[first] as number) === time && ((operations[first] as number) === slot || operations[first] === ~slot))
      ) {
        place = (place + 1) & (capacity - 1);
        first = (table[place] as number) - 1;
      }
      if (first < 0) table[place] = (first = at) + 1;
      const held = holder[first] as number;
      if (operation >= 0 && held === 0) {
        holder[first] = at + 1;
        kept[at] = 1;
      } else if (operation < 0 && held !== 0) {
        holder[first] = 0;
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

function hashOf(slot: number, time: number): number {
  let h = Math.imul(slot, 0x9e3779b1) ^ Math.imul(time | 0, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
  return h ^ (h >>> 13);
}
