import type { Outcome } from '../harness/suite.ts';

export interface TallyPlan {
  /** Columns of results that are added up. */
  readonly sums: readonly string[];
  /** Columns of times that are added up, counted from the start of the pass. */
  readonly sumsOfTimes?: readonly string[];
  /**
   * The time of each result, counted from the start of the pass, is added up as often as this column says, so that none can be at a wrong
   * time. Absent: times are not looked at.
   */
  readonly timesBy?: string;
}

export function columnsOf({ sums, sumsOfTimes }: TallyPlan): readonly string[] {
  return [...sums, ...(sumsOfTimes ?? [])];
}

/** What all results of a pass add up to: if two pipelines agree on these, they agree. */
export class Tally {
  rows = 0;
  readonly sums: Float64Array;
  times = 0;
  readonly #plan: TallyPlan;

  constructor(plan: TallyPlan) {
    this.#plan = plan;
    this.sums = new Float64Array(columnsOf(plan).length);
  }

  merge(other: Tally): void {
    this.rows += other.rows;
    for (let c = 0; c < this.sums.length; c++) this.sums[c] = (this.sums[c] as number) + (other.sums[c] as number);
    this.times += other.times;
  }

  get outcome(): Outcome {
    const { timesBy } = this.#plan;
    const named = columnsOf(this.#plan).map((name, c): [string, number] => [name, this.sums[c] as number]);
    return { rows: this.rows, ...Object.fromEntries(named), ...(timesBy === undefined ? {} : { times: this.times }) };
  }
}
