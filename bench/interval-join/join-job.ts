import { SeededRandom } from '../../engine/util/random.ts';
import type { JobPlan } from '../job/bench-job.ts';
import { SINK } from '../job/bench-job.ts';
import { byId, eventTime } from '../job/nodes.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { generateRecords, schemaOf, temperature } from '../records/keyed-records.ts';

export const BOUND_MS = 1000;

/** Two streams, and what they are when they are put together in the order in which they arrive. */
export interface TwoStreams {
  readonly merged: KeyedRecords;
  /** 0: the record is of the left stream, 1: of the right one. */
  readonly sides: Uint8Array;
  readonly left: KeyedRecords;
  readonly right: KeyedRecords;
}

/** Each record is of one stream or the other, in no pattern. */
export function generateStreams(count: number, keyCount: number): TwoStreams {
  const merged = generateRecords({ count, keyCount, alignMs: 10 * BOUND_MS, value: temperature });
  const random = new SeededRandom(8);
  const sides = Uint8Array.from({ length: count }, () => random.nextInt(2));
  return { merged, sides, left: streamOf(merged, sides, 0), right: streamOf(merged, sides, 1) };
}

/** @param side It is the source's number as well. */
function streamOf(merged: KeyedRecords, sides: Uint8Array, side: number): KeyedRecords {
  const positions = Int32Array.from([...sides.keys()].filter((i) => sides[i] === side));
  const take = (column: Float64Array): Float64Array => Float64Array.from(positions, (i) => column[i] as number);
  const { passes, ids, timestamps, values } = merged;
  return {
    ...merged,
    count: positions.length,
    ids: Int32Array.from(positions, (i) => ids[i] as number),
    timestamps: passes.movedTimestamps(take(timestamps)),
    origins: passes.newOrigins(side, positions),
    values: take(values),
  };
}

export function joinJob({ left, right }: TwoStreams, options: Pick<JobPlan, 'watermarkEveryMs' | 'fused'> = {}): JobPlan {
  return {
    ...options,
    sources: { left, right },
    schema: schemaOf('temperature'),
    nodes: [
      eventTime('left-times', left),
      eventTime('right-times', right),
      byId('left-by-id'),
      byId('right-by-id'),
      { id: 'join', type: 'interval-join', config: { lowerBound: -BOUND_MS, upperBound: BOUND_MS } },
    ],
    edges: [
      { from: 'left', to: 'left-times' },
      { from: 'left-times', to: 'left-by-id' },
      { from: 'left-by-id', to: 'join', port: 'in1' },
      { from: 'right', to: 'right-times' },
      { from: 'right-times', to: 'right-by-id' },
      { from: 'right-by-id', to: 'join', port: 'in2' },
      { from: 'join', to: SINK },
    ],
    tally: { sums: ['left_temperature', 'right_temperature'] },
  };
}
