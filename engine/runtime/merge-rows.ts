import type { InterleavedHead } from './interleaved-head.ts';

/** From so many rows on, two halves are worth the search for where the second begins. */
const MANY_ROWS = 64;

/**
 * Rows of two inputs up to where one of them has none before its next mark, in the order of origins, ties by input; returns how many entries of `inputs` there are
 * then. Both have a row.
 *
 * In a merge every step waits for the one before. So many rows are merged as two halves at the same time, each with its own pace.
 */
export function mergeRows(first: InterleavedHead, second: InterleavedHead, inputs: Uint8Array, from: number): number {
  const { rowOrigins: a, row: i } = first;
  const { rowOrigins: b, row: j } = second;
  let iEnd = first.rowEnd;
  let jEnd = second.rowEnd;
  const lastA = a[iEnd - 1] as number;
  const lastB = b[jEnd - 1] as number;
  // One input ends with the last row; of the other there is one more row that can be compared with.
  if (lastA <= lastB) jEnd = endOfRows(b, j, jEnd, lastA, false);
  else iEnd = endOfRows(a, i, iEnd, lastB, true);
  const count = iEnd - i + (jEnd - j);
  if (count < MANY_ROWS) mergeAll(a, b, i, j, inputs, from, count);
  else mergeHalves(a, b, [i, iEnd, j, jEnd], inputs, from, count);
  first.row = iEnd;
  second.row = jEnd;
  return from + count;
}

function mergeAll(a: Float64Array, b: Float64Array, iFrom: number, jFrom: number, inputs: Uint8Array, from: number, count: number): void {
  let i = iFrom;
  let j = jFrom;
  for (let at = from; at < from + count; at++) {
    // Without a branch: nobody could guess it.
    const isSecond = +((b[j] as number) < (a[i] as number));
    inputs[at] = isSecond;
    j += isSecond;
    i += 1 - isSecond;
  }
}

function mergeHalves(
  a: Float64Array,
  b: Float64Array,
  [iFrom, iEnd, jFrom, jEnd]: readonly [number, number, number, number],
  inputs: Uint8Array,
  from: number,
  count: number,
): void {
  const half = count >> 1;
  let i = iFrom;
  let j = jFrom;
  let k = iFrom + rowsOfFirst(a, b, iFrom, iEnd, jFrom, jEnd, half);
  let l = jFrom + half - (k - iFrom);
  const middle = from + half;
  for (let n = 0; n < half; n++) {
    const isSecond = +((b[j] as number) < (a[i] as number));
    inputs[from + n] = isSecond;
    j += isSecond;
    i += 1 - isSecond;
    const isSecondThen = +((b[l] as number) < (a[k] as number));
    inputs[middle + n] = isSecondThen;
    l += isSecondThen;
    k += 1 - isSecondThen;
  }
  if (count > 2 * half) inputs[middle + half] = +((b[l] as number) < (a[k] as number));
}

/** How many of the first `rows` rows of both are of the first input. */
function rowsOfFirst(a: Float64Array, b: Float64Array, i: number, iEnd: number, j: number, jEnd: number, rows: number): number {
  let low = Math.max(0, rows - (jEnd - j));
  let high = Math.min(rows, iEnd - i);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((a[i + middle] as number) <= (b[j + rows - middle - 1] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the rows of `[from, to)` end that have an earlier origin than `limit` or, when `isInclusive`, this one. */
function endOfRows(origins: Float64Array, from: number, to: number, limit: number, isInclusive: boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    const origin = origins[middle] as number;
    if (origin < limit || (isInclusive && origin === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}
