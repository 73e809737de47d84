import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';

/** The highest temperature so far of each key, kept from pass to pass as the job does. */
export class HighestLoop {
  readonly #records: KeyedRecords;
  readonly #highest: Float64Array;

  constructor(records: KeyedRecords) {
    this.#records = records;
    this.#highest = new Float64Array(records.keyCount).fill(Number.NEGATIVE_INFINITY);
  }

  run(): Outcome {
    const { count, ids, timestamps, values, passes } = this.#records;
    const { base } = passes;
    const highest = this.#highest;
    let total = 0;
    let times = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const before = highest[id] as number;
      const value = values[i] as number;
      const result = before > value ? before : value;
      highest[id] = result;
      total += result;
      times += (timestamps[i] as number) - base;
    }
    return { rows: count, temperature: total, timestamp: times };
  }
}

/** The sum so far of each key, kept from pass to pass. */
export class SumLoop {
  readonly #records: KeyedRecords;
  readonly #sums: Float64Array;

  constructor(records: KeyedRecords) {
    this.#records = records;
    this.#sums = new Float64Array(records.keyCount);
  }

  run(): Outcome {
    const { count, ids, values } = this.#records;
    const sums = this.#sums;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const result = (sums[id] as number) + (values[i] as number);
      sums[id] = result;
      total += result;
    }
    return { rows: count, temperature: total };
  }
}
