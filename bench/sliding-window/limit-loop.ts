import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { SIZE_MS, SLIDE_MS } from './sliding-job.ts';

const PANES = SIZE_MS / SLIDE_MS;
/** A power of two above the panes of a window: those that records still come for are among them. */
const RING = 64;

interface Totals {
  rows: number;
  count: number;
  sum: number;
  times: number;
}

/** Sums and counts per slide, and running ones over the panes of a window: a pane is added when it is complete and taken away when it leaves. */
export function runLimitLoop({ count, ids, keyCount, timestamps, values, passes }: KeyedRecords): Outcome {
  const totals: Totals = { rows: 0, count: 0, sum: 0, times: 0 };
  const sums = Array.from({ length: RING }, () => new Float64Array(keyCount));
  const counts = Array.from({ length: RING }, () => new Int32Array(keyCount));
  const runningSums = new Float64Array(keyCount);
  const runningCounts = new Int32Array(keyCount);
  const lastEnd = Math.floor(((timestamps[count - 1] as number) - passes.base + passes.disorderMs) / SLIDE_MS) + PANES;
  let i = 0;
  for (let end = 1; end <= lastEnd; end++) {
    const fireAt = passes.base + end * SLIDE_MS + passes.disorderMs;
    i = addUp(count, i, ids, timestamps, values, sums, counts, passes.base, fireAt);
    const added = (end - 1) & (RING - 1);
    fire(runningSums, runningCounts, sums[added] as Float64Array, counts[added] as Int32Array, end * SLIDE_MS - 1, totals);
    if (end < PANES) continue;
    const gone = (end - PANES) & (RING - 1);
    takeAway(runningSums, runningCounts, sums[gone] as Float64Array, counts[gone] as Int32Array);
  }
  return { ...totals };
}

/** Adds records up to the first from which on the next pane is complete; its index. */
function addUp(
  count: number,
  from: number,
  ids: Int32Array,
  timestamps: Float64Array,
  values: Float64Array,
  sums: readonly Float64Array[],
  counts: readonly Int32Array[],
  base: number,
  fireAt: number,
): number {
  let start = 0;
  let end = 0;
  let paneSums = sums[0] as Float64Array;
  let paneCounts = counts[0] as Int32Array;
  for (let i = from; i < count; i++) {
    const timestamp = timestamps[i] as number;
    if (timestamp >= fireAt) return i;
    if (timestamp < start || timestamp >= end) {
      const pane = Math.floor((timestamp - base) / SLIDE_MS);
      start = base + pane * SLIDE_MS;
      end = start + SLIDE_MS;
      paneSums = sums[pane & (RING - 1)] as Float64Array;
      paneCounts = counts[pane & (RING - 1)] as Int32Array;
    }
    const id = ids[i] as number;
    paneSums[id] = (paneSums[id] as number) + (values[i] as number);
    paneCounts[id] = (paneCounts[id] as number) + 1;
  }
  return count;
}

function fire(
  runningSums: Float64Array,
  runningCounts: Int32Array,
  paneSums: Float64Array,
  paneCounts: Int32Array,
  time: number,
  totals: Totals,
): void {
  let rows = 0;
  let records = 0;
  let total = 0;
  for (let id = 0; id < runningCounts.length; id++) {
    const count = (runningCounts[id] as number) + (paneCounts[id] as number);
    const sum = (runningSums[id] as number) + (paneSums[id] as number);
    runningCounts[id] = count;
    runningSums[id] = sum;
    if (count === 0) continue;
    rows++;
    records += count;
    total += sum;
  }
  totals.rows += rows;
  totals.count += records;
  totals.sum += total;
  totals.times += time * records;
}

function takeAway(runningSums: Float64Array, runningCounts: Int32Array, paneSums: Float64Array, paneCounts: Int32Array): void {
  for (let id = 0; id < runningCounts.length; id++) {
    runningSums[id] = (runningSums[id] as number) - (paneSums[id] as number);
    runningCounts[id] = (runningCounts[id] as number) - (paneCounts[id] as number);
  }
  paneSums.fill(0);
  paneCounts.fill(0);
}
