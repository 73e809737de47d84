import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { runInRxjs, runObjects } from '../objects/object-operator.ts';
import { firstOf } from '../records/keyed-records.ts';
import { watermarksEvery } from '../records/watermark-schedule.ts';
import type { TwoStreams } from './join-job.ts';
import { generateStreams, joinJob } from './join-job.ts';
import { JoinObjectsWithTimers } from './join-objects-with-timers.ts';
import { JoinObjects } from './join-objects.ts';
import { joinOutcome } from './join-outcome.ts';
import { runLimitLoop } from './limit-loop.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';
const LIMIT_FEW = 'limit loop, few records';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.55, goal: 0.75 }];

const FULL = { records: 4_000_000, keys: 10_000, fewRecords: 500_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, fewRecords: 100_000, repetitions: 2 };

export const suite: Suite = { name: 'interval-join', title: 'interval join of two streams, from 1 s before to 1 s after', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const streams = generateStreams(sizes.records, sizes.keys);
  const job = await BenchJob.deploy(joinJob(streams));
  const few: TwoStreams = { ...streams, merged: firstOf(streams.merged, sizes.fewRecords) };
  const watermarks = watermarksEvery(200, few.merged);
  const ofFew = { group: 'few', records: sizes.fewRecords };
  const all = { group: 'all', records: sizes.records };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, each of one stream or the other in no pattern, about one pair per record (RxJS and objects: the first ${sizes.fewRecords}); a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...all, name: LIMIT, run: () => runLimitLoop(streams) },
      { ...all, name: MILLRACE, run: () => job.run() },
      { ...ofFew, name: LIMIT_FEW, run: () => runLimitLoop(few) },
      {
        ...ofFew,
        name: 'RxJS, join operator by hand',
        run: () => joinOutcome(runInRxjs, few, watermarks, (emit) => new JoinObjects(emit)),
      },
      {
        ...ofFew,
        name: 'objects, lists per key',
        run: () => joinOutcome(runObjects, few, watermarks, (emit) => new JoinObjects(emit)),
      },
      {
        ...ofFew,
        name: 'objects, state and timers per record',
        run: () => joinOutcome(runObjects, few, watermarks, (emit) => new JoinObjectsWithTimers(emit)),
      },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) streams.merged.passes.advance();
    },
  };
}
