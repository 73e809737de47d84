import type { BatchLease } from '../batch/batch.ts';

/** Beyond so many batches on their way, memory is left to the garbage collector. */
const MAX_LEASES = 16;

class Lease<T> implements BatchLease {
  readonly memory: T;
  readonly #inner: BatchLease | null;
  isReleased = false;

  constructor(memory: T, inner: BatchLease | null) {
    this.memory = memory;
    this.#inner = inner;
  }

  release(): void {
    this.isReleased = true;
    this.#inner?.release();
  }
}

/**
 * Memory of emitted batches that comes back. Without it every batch takes tens of kilobytes outside of V8's heap, and V8 collects garbage
 * for that every few milliseconds, however little garbage there is.
 */
export class Leases<T> {
  /** In order of emission. */
  readonly #leases: Lease<T>[] = [];

  /**
   * For a batch with live rows that is about to be emitted.
   * @param inner Lease of the batch that it was made of and shares columns with: given back together.
   */
  lend(memory: T, inner: BatchLease | null): BatchLease {
    const lease = new Lease(memory, inner);
    if (this.#leases.length === MAX_LEASES) this.#leases.shift();
    this.#leases.push(lease);
    return lease;
  }

  /**
   * Memory to use again, or null. Never that of the batch emitted last, although it may have been given back: the runtime keeps it for
   * looking at records.
   */
  takeReturned(): T | null {
    const oldest = this.#leases[0];
    if (oldest === undefined || !oldest.isReleased || this.#leases.length < 2) return null;
    this.#leases.shift();
    return oldest.memory;
  }
}
