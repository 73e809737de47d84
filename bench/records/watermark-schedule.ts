import type { KeyedRecords } from './keyed-records.ts';

/**
 * Where watermarks stand among the records, for pipelines that are given theirs: `values[m]`, relative to the base of the pass, comes after
 * `positions[m]` records.
 */
export interface WatermarkSchedule {
  readonly positions: Int32Array;
  readonly values: Float64Array;
}

/** One watermark whenever event time has risen by `everyMs`. */
export function watermarksEvery(everyMs: number, { count, timestamps, passes }: KeyedRecords): WatermarkSchedule {
  const positions: number[] = [];
  const values: number[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    highest = Math.max(highest, timestamps[i] as number);
    if (highest - last < everyMs) continue;
    last = highest;
    positions.push(i + 1);
    values.push(highest - passes.base - passes.disorderMs - 1);
  }
  return { positions: Int32Array.from(positions), values: Float64Array.from(values) };
}
