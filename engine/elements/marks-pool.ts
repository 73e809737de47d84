import type { BatchLease } from '../batch/batch.ts';
import { Leases } from '../batch/leases.ts';
import { Marks } from './marks.ts';

/** Lists of marks that come back: with a watermark per record they are as long as a batch, and dear to make and to grow. */
export class MarksPool {
  readonly #leases = new Leases<Marks>();
  /** Of the list lent last: the next will be about as long. */
  #usualCount = 0;

  /** An empty list, to be lent or to be kept. */
  take(): Marks {
    const returned = this.#leases.takeReturned();
    if (returned === null) return new Marks(this.#usualCount);
    returned.count = 0;
    return returned;
  }

  /**
   * For the batch that the marks go into.
   * @param inner Lease of what else is in it: held until this one is given back.
   */
  lend(marks: Marks, inner: BatchLease | null): BatchLease {
    this.#usualCount = marks.count;
    marks.lease = this.#leases.lend(marks, inner);
    return marks.lease;
  }
}
