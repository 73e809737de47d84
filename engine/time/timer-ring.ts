import { TimerBits } from './timer-bits.ts';

const SIZE = 1024;
const FIRST_CAPACITY = 256;
/** Below so many entries it is not worth looking for those that cancel each other. */
const LEAST_COMPACTED = 4096;
/** A pool this large is given back when the ring is empty. */
const LARGE_CAPACITY = 65_536;
const NONE = -1;

/**
 * The timers of the next 1,024 ms, a list of registrations and deletions per millisecond. What they come to is found out when the millisecond fires;
 * while it fires, they take effect at once.
 */
export class TimerRing {
  readonly #heads = new Int32Array(SIZE).fill(NONE);
  readonly #tails = new Int32Array(SIZE).fill(NONE);
  readonly #used = new TimerBits(SIZE);
  /** Entries of all lists: slot or complement, and the next of the list (or of those that are free). */
  #operations = new Int32Array(FIRST_CAPACITY);
  #next = new Int32Array(FIRST_CAPACITY);
  #free = NONE;
  #top = 0;
  #count = 0;
  /** By slot: the entry as which its timer of the millisecond in hand exists. */
  #existing = new Int32Array(0);
  #isFiring = false;
  #firingTail = NONE;

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    if (slotCount <= this.#existing.length) return;
    const existing = new Int32Array(Math.max(1024, slotCount, this.#existing.length * 2)).fill(NONE);
    existing.set(this.#existing);
    this.#existing = existing;
  }

  /** The first millisecond from `from` on that has entries; -1: none has. */
  nextUsed(from: number): number {
    return this.#used.next(from);
  }

  add(offset: number, operation: number): void {
    const entry = this.#newEntry(operation);
    const tail = this.#tails[offset] as number;
    if (tail === NONE) {
      this.#heads[offset] = entry;
      this.#used.add(offset);
    } else this.#next[tail] = entry;
    this.#tails[offset] = entry;
  }

  /** As `add`, for the millisecond that fires. */
  addToFiring(operation: number): void {
    const slot = operation < 0 ? ~operation : operation;
    if (operation < 0) this.#existing[slot] = NONE;
    else if (this.#existing[slot] === NONE) {
      const entry = this.#newEntry(operation);
      this.#next[this.#firingTail] = entry;
      this.#firingTail = entry;
      this.#existing[slot] = entry;
    }
  }

  /** Fires the timers of a millisecond, those too that are registered for it meanwhile. */
  fire(offset: number, onTimer: (slot: number) => void): void {
    const head = this.#heads[offset] as number;
    this.#firingTail = this.#tails[offset] as number;
    this.#heads[offset] = NONE;
    this.#tails[offset] = NONE;
    this.#used.remove(offset);
    this.#resolve(head);
    this.#isFiring = true;
    for (let entry = head; entry !== NONE; ) {
      const slot = this.#operations[entry] as number;
      if (slot >= 0 && this.#existing[slot] === entry) {
        this.#existing[slot] = NONE;
        onTimer(slot);
      }
      // Only now: the timer may have appended to the list.
      const following = this.#next[entry] as number;
      this.#release(entry);
      entry = following;
    }
    this.#isFiring = false;
  }

  /** Memory of a burst that is over. */
  trim(): void {
    if (this.#count > 0 || this.#next.length < LARGE_CAPACITY) return;
    this.#operations = new Int32Array(FIRST_CAPACITY);
    this.#next = new Int32Array(FIRST_CAPACITY);
    this.#free = NONE;
    this.#top = 0;
  }

  /** Leaves the entries of timers that exist. */
  compact(): void {
    for (let offset = this.#used.next(0); offset !== NONE; offset = this.#used.next(offset + 1)) this.#compactList(offset);
  }

  /** Timers that exist, by millisecond and in the order of registration, after `compact`. */
  forEach(visit: (offset: number, slot: number) => void): void {
    for (let offset = this.#used.next(0); offset !== NONE; offset = this.#used.next(offset + 1)) {
      for (let entry = this.#heads[offset] as number; entry !== NONE; entry = this.#next[entry] as number) {
        visit(offset, this.#operations[entry] as number);
      }
    }
  }

  /** Slot `s` is `newSlotOf[s]` from now on. After `compact`. */
  renumber(newSlotOf: Int32Array): void {
    for (let offset = this.#used.next(0); offset !== NONE; offset = this.#used.next(offset + 1)) {
      for (let entry = this.#heads[offset] as number; entry !== NONE; entry = this.#next[entry] as number) {
        this.#operations[entry] = newSlotOf[this.#operations[entry] as number] as number;
      }
    }
  }

  /** Whatever was asked for last counts; a timer that is registered again keeps its place. */
  #resolve(head: number): void {
    const existing = this.#existing;
    const operations = this.#operations;
    const next = this.#next;
    for (let entry = head; entry !== NONE; entry = next[entry] as number) {
      const operation = operations[entry] as number;
      if (operation < 0) existing[~operation] = NONE;
      else if (existing[operation] === NONE) existing[operation] = entry;
    }
  }

  #compactList(offset: number): void {
    const head = this.#heads[offset] as number;
    this.#resolve(head);
    let last = NONE;
    for (let entry = head; entry !== NONE; ) {
      const following = this.#next[entry] as number;
      const slot = this.#operations[entry] as number;
      if (slot >= 0 && this.#existing[slot] === entry) {
        this.#existing[slot] = NONE;
        if (last === NONE) this.#heads[offset] = entry;
        else this.#next[last] = entry;
        last = entry;
      } else this.#release(entry);
      entry = following;
    }
    this.#tails[offset] = last;
    if (last === NONE) {
      this.#heads[offset] = NONE;
      this.#used.remove(offset);
    } else this.#next[last] = NONE;
  }

  #newEntry(operation: number): number {
    if (this.#free === NONE && this.#top === this.#next.length) this.#makeRoom();
    let entry = this.#free;
    if (entry === NONE) entry = this.#top++;
    else this.#free = this.#next[entry] as number;
    this.#operations[entry] = operation;
    this.#next[entry] = NONE;
    this.#count++;
    return entry;
  }

  #release(entry: number): void {
    this.#next[entry] = this.#free;
    this.#free = entry;
    this.#count--;
  }

  #makeRoom(): void {
    const capacity = this.#next.length;
    // While a millisecond fires, `#existing` is its.
    if (capacity >= LEAST_COMPACTED && !this.#isFiring) this.compact();
    if (this.#count * 2 <= capacity) return;
    const operations = new Int32Array(capacity * 2);
    operations.set(this.#operations);
    this.#operations = operations;
    const next = new Int32Array(capacity * 2);
    next.set(this.#next);
    this.#next = next;
  }
}
