import type { BatchLease } from './batch.ts';
import { assert } from '../util/assert.ts';

/** More than so many are not needed at a time: the rest is left to the garbage collector. */
const MAX_RETURNED = 16;

/** Sees memory that came back before anybody can get it again. */
export type OnReturned = (memory: unknown) => void;

let onReturned: OnReturned | null = null;

/** For tests, which write nonsense into memory that came back, so that it shows when somebody still reads it. Null: nobody looks. */
export function watchReturnedMemory(watch: OnReturned | null): void {
  onReturned = watch;
}

class Lease<T> implements BatchLease {
  readonly #memory: T;
  readonly #returned: T[];
  readonly #inner: BatchLease | null;
  #holders = 1;

  constructor(memory: T, returned: T[], inner: BatchLease | null) {
    this.#memory = memory;
    this.#returned = returned;
    this.#inner = inner;
  }

  retain(): void {
    assert(this.#holders > 0, 'memory that was given back is not held again');
    this.#holders++;
  }

  release(): void {
    assert(this.#holders > 0, 'memory is given back once');
    if (--this.#holders > 0) return;
    if (onReturned !== null) onReturned(this.#memory);
    if (this.#returned.length < MAX_RETURNED) this.#returned.push(this.#memory);
    this.#inner?.release();
  }
}

class BothLeases implements BatchLease {
  readonly #first: BatchLease;
  readonly #second: BatchLease;

  constructor(first: BatchLease, second: BatchLease) {
    this.#first = first;
    this.#second = second;
  }

  retain(): void {
    this.#first.retain();
    this.#second.retain();
  }

  release(): void {
    this.#first.release();
    this.#second.release();
  }
}

/** For a batch whose memory is of two owners. */
export function together(first: BatchLease | null, second: BatchLease | null): BatchLease | null {
  if (first === null || second === null) return first ?? second;
  return new BothLeases(first, second);
}

/**
 * Memory of emitted batches that comes back. Without it every batch takes tens of kilobytes outside of V8's heap, and V8 collects garbage
 * for that every few milliseconds, however little garbage there is; in a browser the system also has to clear every page of it.
 */
export class Leases<T> {
  readonly #returned: T[] = [];

  /**
   * For a batch that is about to be emitted.
   * @param inner Lease of the batch that it was made of and shares memory with: held until this one is given back.
   */
  lend(memory: T, inner: BatchLease | null): BatchLease {
    return new Lease(memory, this.#returned, inner);
  }

  /** Memory to use again, or null. What came back last is most likely still in a cache. */
  takeReturned(): T | null {
    return this.#returned.pop() ?? null;
  }
}
