import type { Outcome } from '../harness/suite.ts';
import type { WindowResult } from './window-result.ts';

/**
 * What all results of a pass add up to: if two pipelines agree on these, they agree. `ends` weighs the end of each window, relative to
 * the base of the pass, with the window's count, so that no record can be in a wrong window.
 */
export class ResultTally {
  rows = 0;
  records = 0;
  sums = 0;
  averages = 0;
  ends = 0;
  readonly base: number;

  constructor(base: number) {
    this.base = base;
  }

  add(result: WindowResult): void {
    this.rows++;
    this.records += result.count;
    this.sums += result.sum;
    this.averages += result.avg;
    this.ends += (result.end - this.base) * result.count;
  }

  merge(other: ResultTally): void {
    this.rows += other.rows;
    this.records += other.records;
    this.sums += other.sums;
    this.averages += other.averages;
    this.ends += other.ends;
  }

  get outcome(): Outcome {
    const { rows, records, sums, averages, ends } = this;
    return { rows, records, sums, averages, ends };
  }
}
