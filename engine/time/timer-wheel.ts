import { TimerBits } from './timer-bits.ts';
import { TimerLog } from './timer-log.ts';
import { TimerRing } from './timer-ring.ts';
import { Timers } from './timers.ts';

/** Timestamps of the wheel are whole and nearer to 0 than this (35,000 years); inside they are counted from its negative. */
const REACH = 2 ** 50;
/** Buckets of a level. Those of level *k* span 1,024 to the power of *k* milliseconds; the highest has room for both signs. */
const BUCKETS = 1024;
const LEVELS = 4;

/** Logs whose memory is kept for the next ones, and how large they may be: 3 MB in all. One that begins small grows and is compacted again and again. */
const MOST_SPARE = 8;
const MOST_KEPT = 32_768;

/** Logs of timers that share the digits above this level with the present position, by the digit of the level. */
interface Level {
  readonly span: number;
  readonly logs: (TimerLog | null)[];
  readonly used: TimerBits;
}

/**
 * Pending timers by key slot: at most one per key and timestamp, fired in timestamp order, equal timestamps in registration order; in short what `Timers`
 * does, in typed arrays. To register and to delete are appends, which are settled in bulk (a hierarchical timing wheel, with 1,024 buckets on each level).
 * The few timestamps that a wheel has no place for (gone by, fractions, infinite) are kept in `Timers`.
 */
export class TimerWheel {
  /** Nothing is due before this time; there may be nothing at this time either. */
  next = Number.POSITIVE_INFINITY;
  readonly #ring = new TimerRing();
  readonly #levels: readonly Level[] = Array.from({ length: LEVELS }, (_, k) => {
    const count = k === LEVELS - 1 ? 2 * BUCKETS : BUCKETS;
    return { span: BUCKETS ** (k + 1), logs: new Array<TimerLog | null>(count).fill(null), used: new TimerBits(count) };
  });
  /** The bucket of level 1, 2, 3 and 4 in which the ring lies. */
  readonly #position = new Float64Array(LEVELS);
  /** Start of the ring. */
  #base = 0;
  /** What fired last, or fires, or the start of the ring: the wheel takes nothing earlier. */
  #floor = 0;
  #isFiring = false;
  #others = newOthers();
  readonly #spare: TimerLog[] = [];

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    this.#ring.ensure(slotCount);
  }

  /** Does nothing when the timer exists. */
  register(time: number, slot: number): void {
    if (time < this.next) this.next = time;
    const place = time + REACH;
    if (!(place >= this.#floor && place < 2 * REACH) || time !== Math.floor(time)) this.#others.register(slot, time, '');
    else if (this.#isFiring && place === this.#floor) this.#ring.addToFiring(slot);
    else this.#put(place, slot);
  }

  /** Does nothing when there is no such timer. */
  delete(time: number, slot: number): void {
    const place = time + REACH;
    if (!(place >= this.#floor && place < 2 * REACH) || time !== Math.floor(time)) this.#others.delete(slot, time, '');
    else if (this.#isFiring && place === this.#floor) this.#ring.addToFiring(~slot);
    else this.#put(place, ~slot);
  }

  /** Fires every timer up to `limit`. `onTimer` may register and delete timers; new ones that are due fire in the same call. */
  advanceTo(limit: number, onTimer: (slot: number, time: number) => void): void {
    for (;;) {
      const offset = this.#seek(limit);
      const time = this.#base + offset - REACH;
      const other = this.#others.peek();
      if (other !== undefined && other.timestamp <= limit && (offset < 0 || other.timestamp < time)) {
        this.#others.takeFirst();
        onTimer(other.key, other.timestamp);
      } else if (offset >= 0) this.#fire(offset, time, onTimer);
      else break;
    }
    this.next = this.#lowerBound();
  }

  /** Timers that are pending. Counts them. */
  count(): number {
    let count = 0;
    this.forEach(() => count++);
    return count;
  }

  /** All timers; those of equal timestamps in the order in which they would fire. */
  forEach(visit: (slot: number, time: number) => void): void {
    for (const { key, timestamp } of this.#others.inFiringOrder()) visit(key, timestamp);
    this.#ring.compact();
    this.#ring.forEach((offset, slot) => visit(slot, this.#base + offset - REACH));
    this.#forEachLog((log) => {
      log.compact();
      for (let at = 0; at < log.count; at++) visit(log.operations[at] as number, (log.times[at] as number) - REACH);
    });
  }

  /** Slot `s` is `newSlotOf[s]` from now on; slots with timers have one. Right after `forEach`. */
  renumber(newSlotOf: Int32Array): void {
    this.#ring.renumber(newSlotOf);
    this.#forEachLog(({ operations, count }) => {
      for (let at = 0; at < count; at++) operations[at] = newSlotOf[operations[at] as number] as number;
    });
    const others = this.#others.inFiringOrder();
    this.#others = newOthers();
    for (const { key, timestamp } of others) this.#others.register(newSlotOf[key] as number, timestamp, '');
  }

  #put(place: number, operation: number): void {
    let bucket = Math.floor(place / BUCKETS);
    if (bucket === this.#position[0]) {
      this.#ring.add(place - bucket * BUCKETS, operation);
      return;
    }
    for (let k = 1; k < LEVELS; k++) {
      const above = Math.floor(bucket / BUCKETS);
      if (above === this.#position[k]) {
        this.#logOf(k - 1, bucket - above * BUCKETS).add(place, operation);
        return;
      }
      bucket = above;
    }
    this.#logOf(LEVELS - 1, bucket).add(place, operation);
  }

  #logOf(k: number, digit: number): TimerLog {
    const { logs, used } = this.#levels[k] as Level;
    let log = logs[digit] as TimerLog | null;
    if (log === null) {
      logs[digit] = log = this.#spare.pop() ?? new TimerLog();
      used.add(digit);
    }
    return log;
  }

  /** The place in the ring of the next entries; -1: they are later than `limit`. */
  #seek(limit: number): number {
    const place = Math.floor(limit) + REACH;
    for (;;) {
      const offset = this.#ring.nextUsed(0);
      if (offset >= 0) return this.#base + offset <= place ? offset : -1;
      if (!this.#turn(place)) return -1;
    }
  }

  /** The ring is empty: moves on to the next bucket that has entries, unless they are later. */
  #turn(limit: number): boolean {
    this.#ring.trim();
    for (let k = 0; k < LEVELS; k++) {
      const { span, logs, used } = this.#levels[k] as Level;
      const digit = used.next(0);
      if (digit < 0) continue;
      const log = logs[digit] as TimerLog;
      if (log.earliest > limit) return false;
      logs[digit] = null;
      used.remove(digit);
      this.#moveTo((Math.floor(this.#base / (span * BUCKETS)) * (k === LEVELS - 1 ? 0 : BUCKETS) + digit) * span);
      log.settle();
      if (k === 0) this.#fillRing(log);
      else for (let at = 0; at < log.count; at++) this.#put(log.times[at] as number, log.operations[at] as number);
      log.clear();
      if (this.#spare.length < MOST_SPARE && log.capacity <= MOST_KEPT) this.#spare.push(log);
      return true;
    }
    return false;
  }

  #fillRing({ times, operations, count }: TimerLog): void {
    for (let at = 0; at < count; at++) this.#ring.add((times[at] as number) - this.#base, operations[at] as number);
  }

  #moveTo(base: number): void {
    this.#base = base;
    if (base > this.#floor) this.#floor = base;
    for (let k = 0; k < LEVELS; k++) this.#position[k] = Math.floor(base / (this.#levels[k] as Level).span);
  }

  #fire(offset: number, time: number, onTimer: (slot: number, time: number) => void): void {
    this.#floor = this.#base + offset;
    this.#isFiring = true;
    this.#ring.fire(offset, (slot) => {
      onTimer(slot, time);
      // What was registered meanwhile for a time gone by comes before what is left of this one.
      for (let other = this.#others.peek(); other !== undefined && other.timestamp < time; other = this.#others.peek()) {
        this.#others.takeFirst();
        onTimer(other.key, other.timestamp);
      }
    });
    this.#isFiring = false;
  }

  #lowerBound(): number {
    const other = this.#others.peek()?.timestamp ?? Number.POSITIVE_INFINITY;
    return Math.min(other, this.#earliestPlace() - REACH);
  }

  #earliestPlace(): number {
    const offset = this.#ring.nextUsed(0);
    if (offset >= 0) return this.#base + offset;
    for (const { logs, used } of this.#levels) {
      const digit = used.next(0);
      if (digit >= 0) return (logs[digit] as TimerLog).earliest;
    }
    return Number.POSITIVE_INFINITY;
  }

  #forEachLog(visit: (log: TimerLog) => void): void {
    for (const { logs } of this.#levels) for (const log of logs) if (log !== null) visit(log);
  }
}

function newOthers(): Timers<number, string> {
  return new Timers({ ofKey: (slot) => slot, ofNamespace: (namespace) => namespace }, Number.NEGATIVE_INFINITY);
}
