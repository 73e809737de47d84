import type { BatchLease } from './batch.ts';
import { BatchMemory } from './batch-memory.ts';
import { FRESH_MEMORY } from './gather.ts';
import type { GatherMemory } from './gather.ts';
import { Leases } from './leases.ts';

/** Below so many rows, arrays of a batch's own cost less than views of kept ones. A single row, as in steps, needs no views. */
let fewRows = 256;

/** For tests, whose batches are small: those from so many rows on have memory that comes back. */
export function poolFromRows(rows: number): void {
  fewRows = rows;
}

const NO_TIMESTAMP = new Float64Array(1).fill(Number.NaN);

/**
 * The memory of the batches of one source, or of one receiver: it comes back when they have been worked off. A batch is begun, its arrays are asked
 * for, and it goes out with what `lend` returns.
 */
export class BatchPool {
  readonly #leases = new Leases<BatchMemory>();
  readonly #leasesOfOne = new Leases<BatchMemory>();
  #current: BatchMemory | null = null;
  /** The current one is of a single row. */
  #isOfOne = false;
  #noTimestamps = new Float64Array(0);

  /** Arrays for a batch of so many rows. They hold anything. */
  begin(rowCount: number): GatherMemory {
    this.#current = null;
    this.#isOfOne = rowCount === 1;
    if (rowCount < fewRows && !this.#isOfOne) return FRESH_MEMORY;
    const leases = this.#isOfOne ? this.#leasesOfOne : this.#leases;
    const memory = (leases.takeReturned() ?? new BatchMemory()).begin();
    this.#current = memory;
    return memory;
  }

  /**
   * For the batch that was begun last.
   * @param inner Lease of what else is in it: held until this one is given back.
   */
  lend(inner: BatchLease | null = null): BatchLease | null {
    const memory = this.#current;
    this.#current = null;
    if (memory === null) return inner;
    return this.#isOfOne ? this.#leasesOfOne.lend(memory, inner) : this.#leases.lend(memory, inner);
  }

  /** Of records without a timestamp, as those of sources are: batches share it. */
  noTimestamps(rowCount: number): Float64Array {
    if (rowCount === 1) return NO_TIMESTAMP;
    if (rowCount < fewRows) return new Float64Array(rowCount).fill(Number.NaN);
    if (this.#noTimestamps.length < rowCount) this.#noTimestamps = new Float64Array(rowCount).fill(Number.NaN);
    return this.#noTimestamps.length === rowCount ? this.#noTimestamps : this.#noTimestamps.subarray(0, rowCount);
  }
}
