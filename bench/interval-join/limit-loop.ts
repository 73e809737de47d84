import type { Outcome } from '../harness/suite.ts';
import type { TwoStreams } from './join-job.ts';
import { BOUND_MS } from './join-job.ts';

/** Records of a key and side that can still find a partner. With as many keys as here there are never more. */
const RING = 16;

/**
 * A ring of records per key and side, next to each other in memory, looked through from the newest to the first that is too old. No
 * watermarks, no batches of pairs.
 */
export function runLimitLoop({ merged, sides }: TwoStreams): Outcome {
  const { count, ids, keyCount, timestamps, values, passes } = merged;
  const rings = 2 * keyCount;
  const times = new Float64Array(rings * RING).fill(Number.NEGATIVE_INFINITY);
  const kept = new Float64Array(rings * RING);
  const nexts = new Uint8Array(rings);
  const sums = new Float64Array(2);
  const rows = join(count, sides, ids, timestamps, values, keyCount, times, kept, nexts, passes.disorderMs, sums);
  return { rows, left_temperature: sums[0] as number, right_temperature: sums[1] as number };
}

function join(
  count: number,
  sides: Uint8Array,
  ids: Int32Array,
  timestamps: Float64Array,
  values: Float64Array,
  keyCount: number,
  times: Float64Array,
  kept: Float64Array,
  nexts: Uint8Array,
  disorderMs: number,
  sums: Float64Array,
): number {
  let rows = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const side = sides[i] as number;
    const id = ids[i] as number;
    const timestamp = timestamps[i] as number;
    const value = values[i] as number;
    const own = side * keyCount + id;
    const next = nexts[own] as number;
    times[own * RING + next] = timestamp;
    kept[own * RING + next] = value;
    nexts[own] = (next + 1) & (RING - 1);
    const other = (1 - side) * keyCount + id;
    const first = other * RING;
    let at = nexts[other] as number;
    for (let n = 0; n < RING; n++) {
      at = (at - 1) & (RING - 1);
      const time = times[first + at] as number;
      if (time < timestamp - BOUND_MS - disorderMs) break;
      if (time < timestamp - BOUND_MS || time > timestamp + BOUND_MS) continue;
      rows++;
      const partner = kept[first + at] as number;
      left += side === 0 ? value : partner;
      right += side === 0 ? partner : value;
    }
  }
  sums[0] = left;
  sums[1] = right;
  return rows;
}
