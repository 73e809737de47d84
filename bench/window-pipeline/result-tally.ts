import type { Outcome } from '../harness/suite.ts';
import type { WindowResult } from './window-result.ts';

/** What the results of a pass add up to. Times are those of the results: the last millisecond of their windows. */
export class ResultTally {
  rows = 0;
  count = 0;
  sum = 0;
  avg = 0;
  times = 0;
  readonly base: number;

  constructor(base: number) {
    this.base = base;
  }

  add(result: WindowResult): void {
    this.rows++;
    this.count += result.count;
    this.sum += result.sum;
    this.avg += result.avg;
    this.times += (result.end - 1 - this.base) * result.count;
  }

  get outcome(): Outcome {
    const { rows, count, sum, avg, times } = this;
    return { rows, count, sum, avg, times };
  }
}
