import type { Outcome } from '../harness/suite.ts';
import type { ObjectOperator, ObjectPipeline } from '../objects/object-operator.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import type { TwoStreams } from './join-job.ts';
import type { Pair, Sided } from './join-objects.ts';

/** Runs a join over both streams in the order of their arrival and adds its pairs up as the sink of a job does. */
export function joinOutcome(
  run: (pipeline: ObjectPipeline<Sided, Pair>) => void,
  { merged, sides }: TwoStreams,
  watermarks: WatermarkSchedule,
  newOperator: (emit: (pair: Pair) => void) => ObjectOperator<Sided>,
): Outcome {
  let rows = 0;
  let left = 0;
  let right = 0;
  run({
    records: merged,
    watermarks,
    newOperator,
    newRecord: (id, timestamp, temperature, i) => ({ id, timestamp, temperature, side: sides[i] as number }),
    onResult: (pair) => {
      rows++;
      left += pair.left;
      right += pair.right;
    },
  });
  return { rows, left_temperature: left, right_temperature: right };
}
