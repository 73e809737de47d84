import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { GAP_MS } from './session-job.ts';

interface Totals {
  rows: number;
  count: number;
  sum: number;
  times: number;
}

/** One open session per key, and no timers: a session ends when the next record of its key is too late for it, or with the pass. */
export function runLimitLoop({ count, ids, keyCount, timestamps, values, passes }: KeyedRecords): Outcome {
  const lasts = new Float64Array(keyCount).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(keyCount);
  const counts = new Int32Array(keyCount);
  const totals: Totals = { rows: 0, count: 0, sum: 0, times: 0 };
  addUp(count, ids, timestamps, values, lasts, sums, counts, passes.base, totals);
  for (let id = 0; id < keyCount; id++) {
    if ((counts[id] as number) === 0) continue;
    totals.rows++;
    totals.count += counts[id] as number;
    totals.sum += sums[id] as number;
    totals.times += ((lasts[id] as number) + GAP_MS - 1 - passes.base) * (counts[id] as number);
  }
  return { ...totals };
}

function addUp(
  count: number,
  ids: Int32Array,
  timestamps: Float64Array,
  values: Float64Array,
  lasts: Float64Array,
  sums: Float64Array,
  counts: Int32Array,
  base: number,
  totals: Totals,
): void {
  for (let i = 0; i < count; i++) {
    const id = ids[i] as number;
    const timestamp = timestamps[i] as number;
    const last = lasts[id] as number;
    if (timestamp <= last + GAP_MS) {
      sums[id] = (sums[id] as number) + (values[i] as number);
      counts[id] = (counts[id] as number) + 1;
      lasts[id] = timestamp > last ? timestamp : last;
      continue;
    }
    const ended = counts[id] as number;
    if (ended > 0) {
      totals.rows++;
      totals.count += ended;
      totals.sum += sums[id] as number;
      totals.times += (last + GAP_MS - 1 - base) * ended;
    }
    lasts[id] = timestamp;
    sums[id] = values[i] as number;
    counts[id] = 1;
  }
}
