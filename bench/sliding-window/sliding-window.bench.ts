import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { firstOf, generateRecords, temperature } from '../records/keyed-records.ts';
import { watermarksEvery } from '../records/watermark-schedule.ts';
import { runInRxjs, runObjects } from '../objects/object-operator.ts';
import { windowOutcome } from '../objects/window-outcome.ts';
import { runLimitLoop } from './limit-loop.ts';
import { PaneObjects } from './pane-objects.ts';
import { SIZE_MS, slidingJob } from './sliding-job.ts';
import { SlidingObjects } from './sliding-objects.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';
const LIMIT_FEW = 'limit loop, few records';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.4, goal: 0.55 }];

const FULL = { records: 1_000_000, keys: 10_000, fewRecords: 300_000, repetitions: 7, warmUps: 8 };
const QUICK = { records: 1_000_000, keys: 10_000, fewRecords: 30_000, repetitions: 3, warmUps: 2 };

export const suite: Suite = { name: 'sliding', title: 'sliding windows of 60 s every second: sum and count', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const readings = generateRecords({ count: sizes.records, keyCount: sizes.keys, alignMs: SIZE_MS, value: temperature });
  const job = await BenchJob.deploy(slidingJob(readings));
  // A pass is short, because longer ones have fewer results per record: compilers need several.
  for (let pass = 0; pass < sizes.warmUps; pass++) {
    job.run();
    readings.passes.advance();
  }
  const all = { group: 'all', records: readings.count };
  const few = firstOf(readings, sizes.fewRecords);
  const watermarks = watermarksEvery(200, few);
  const ofFew = { group: 'few', records: few.count };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, which are in every window, so that more than one result comes out per record (RxJS and objects: the first ${sizes.fewRecords}, of which still more comes out); a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...all, name: LIMIT, run: () => runLimitLoop(readings) },
      { ...all, name: MILLRACE, run: () => job.run() },
      { ...ofFew, name: LIMIT_FEW, run: () => runLimitLoop(few) },
      {
        ...ofFew,
        name: 'RxJS, window operator with panes by hand',
        repetitions: 3,
        run: () => windowOutcome(runInRxjs, few, watermarks, (emit) => new PaneObjects(emit)),
      },
      {
        ...ofFew,
        name: 'objects, panes',
        repetitions: 3,
        run: () => windowOutcome(runObjects, few, watermarks, (emit) => new PaneObjects(emit)),
      },
      {
        ...ofFew,
        name: 'objects, each record in all its windows',
        repetitions: 1,
        run: () => windowOutcome(runObjects, few, watermarks, (emit) => new SlidingObjects(emit)),
      },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) readings.passes.advance();
    },
  };
}
