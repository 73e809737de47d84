import type { Outcome } from '../harness/suite.ts';
import { WINDOW_MS } from './window-result.ts';
import { ResultTally } from './result-tally.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';

const CHUNK = 4096;

/** Sums and counts of one window, by key. */
interface Accumulators {
  sums: Float64Array;
  counts: Int32Array;
}

/**
 * The whole pipeline as one hand-written loop over whole columns, with everything known in advance (the filter, the map, the window, that two
 * windows are open at most): what the machine could do if nobody needed an engine. The selection is free of branches, because half of
 * the records pass at random; the inner loop makes no call.
 */
export function runLimitLoop({ count, ids, keyCount, timestamps, values, passes }: KeyedRecords): Outcome {
  const tally = new ResultTally(passes.base);
  const selection = new Int32Array(CHUNK + 1);
  let open = newAccumulators(keyCount);
  let next = newAccumulators(keyCount);
  let end = passes.base + WINDOW_MS;
  for (let from = 0; from < count; from += CHUNK) {
    const selected = select(values, from, Math.min(count, from + CHUNK), selection);
    let j = 0;
    for (;;) {
      const fireAt = end + passes.disorderMs;
      j = addUp(selection, j, selected, timestamps, ids, values, open, next, end, fireAt);
      if (j >= selected) break;
      fire(open, end, tally, passes.base);
      [open, next] = [next, open];
      end += WINDOW_MS;
    }
  }
  fire(open, end, tally, passes.base);
  fire(next, end + WINDOW_MS, tally, passes.base);
  return tally.outcome;
}

function newAccumulators(keyCount: number): Accumulators {
  return { sums: new Float64Array(keyCount), counts: new Int32Array(keyCount) };
}

function select(values: Float64Array, from: number, to: number, selection: Int32Array): number {
  let selected = 0;
  for (let i = from; i < to; i++) {
    selection[selected] = i;
    // V8 compiles this without a branch; `if` and `? 1 : 0` it does not.
    selected += +((values[i] as number) > 32);
  }
  return selected;
}

/** Adds records up to the first that makes the open window fire; its index, or `selected`. */
function addUp(
  selection: Int32Array,
  from: number,
  selected: number,
  timestamps: Float64Array,
  ids: Int32Array,
  values: Float64Array,
  open: Accumulators,
  next: Accumulators,
  end: number,
  fireAt: number,
): number {
  const openSums = open.sums;
  const openCounts = open.counts;
  const nextSums = next.sums;
  const nextCounts = next.counts;
  let j = from;
  for (; j < selected; j++) {
    const i = selection[j] as number;
    const timestamp = timestamps[i] as number;
    if (timestamp >= fireAt) return j;
    const id = ids[i] as number;
    if (timestamp < end) {
      openSums[id] = (openSums[id] as number) + ((values[i] as number) * 1.8 + 32);
      openCounts[id] = (openCounts[id] as number) + 1;
    } else {
      nextSums[id] = (nextSums[id] as number) + ((values[i] as number) * 1.8 + 32);
      nextCounts[id] = (nextCounts[id] as number) + 1;
    }
  }
  return j;
}

function fire({ sums, counts }: Accumulators, end: number, tally: ResultTally, base: number): void {
  let rows = 0;
  let records = 0;
  let total = 0;
  let averages = 0;
  for (let id = 0; id < counts.length; id++) {
    const count = counts[id] as number;
    if (count === 0) continue;
    const sum = sums[id] as number;
    rows++;
    records += count;
    total += sum;
    averages += sum / count;
  }
  tally.rows += rows;
  tally.count += records;
  tally.sum += total;
  tally.avg += averages;
  tally.times += (end - 1 - base) * records;
  sums.fill(0);
  counts.fill(0);
}
