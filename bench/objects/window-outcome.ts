import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import type { ObjectOperator, ObjectPipeline } from './object-operator.ts';

export interface Reading {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
}

/** Sum and count of a key and window. */
export interface WindowSum {
  readonly id: string;
  readonly end: number;
  readonly sum: number;
  readonly count: number;
}

export type NewWindowOperator = (emit: (result: WindowSum) => void) => ObjectOperator<Reading>;

/** Runs a window operator and adds its results up as the sink of a job does. */
export function windowOutcome(
  run: (pipeline: ObjectPipeline<Reading, WindowSum>) => void,
  records: KeyedRecords,
  watermarks: WatermarkSchedule,
  newOperator: NewWindowOperator,
): Outcome {
  const { base } = records.passes;
  const totals = { rows: 0, count: 0, sum: 0, times: 0 };
  run({
    records,
    watermarks,
    newOperator,
    newRecord: (id, timestamp, temperature) => ({ id, timestamp, temperature }),
    onResult: ({ end, sum, count }) => {
      totals.rows++;
      totals.count += count;
      totals.sum += sum;
      totals.times += (end - 1 - base) * count;
    },
  });
  return totals;
}
