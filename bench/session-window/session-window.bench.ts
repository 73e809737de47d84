import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { runInRxjs, runObjects } from '../objects/object-operator.ts';
import { windowOutcome } from '../objects/window-outcome.ts';
import { firstOf } from '../records/keyed-records.ts';
import { watermarksEvery } from '../records/watermark-schedule.ts';
import { runLimitLoop } from './limit-loop.ts';
import { generateVisits, sessionJob } from './session-job.ts';
import { SessionObjects } from './session-objects.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';
const EVERY_MS = 'Millrace, watermark every ms';
const LIMIT_FEW = 'limit loop, few records';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.4, goal: 0.5 }];

const FULL = { records: 4_000_000, keys: 10_000, fewRecords: 500_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, fewRecords: 100_000, repetitions: 3 };

export const suite: Suite = { name: 'session', title: 'session windows with a gap of 30 s: sum and count', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const visits = generateVisits(sizes.records, sizes.keys);
  const job = await BenchJob.deploy(sessionJob(visits));
  const everyMs = await BenchJob.deploy(sessionJob(visits, { watermarkEveryMs: 1 }));
  const all = { group: 'all', records: visits.count };
  const few = firstOf(visits, sizes.fewRecords);
  const watermarks = watermarksEvery(200, few);
  const ofFew = { group: 'few', records: few.count };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, each active for 20 s and silent for 60 s (RxJS and objects: the first ${sizes.fewRecords}), a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...all, name: LIMIT, run: () => runLimitLoop(visits) },
      { ...all, name: MILLRACE, run: () => job.run() },
      { ...all, name: EVERY_MS, run: () => everyMs.run() },
      { ...ofFew, name: LIMIT_FEW, run: () => runLimitLoop(few) },
      {
        ...ofFew,
        name: 'RxJS, session operator by hand',
        run: () => windowOutcome(runInRxjs, few, watermarks, (emit) => new SessionObjects(emit)),
      },
      {
        ...ofFew,
        name: 'objects, state and timers per key',
        run: () => windowOutcome(runObjects, few, watermarks, (emit) => new SessionObjects(emit)),
      },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) visits.passes.advance();
    },
  };
}
