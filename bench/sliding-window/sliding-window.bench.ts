import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { generateRecords, temperature } from '../records/keyed-records.ts';
import { runLimitLoop } from './limit-loop.ts';
import { SIZE_MS, slidingJob } from './sliding-job.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.4, goal: 0.55 }];

const FULL = { records: 1_000_000, keys: 10_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, repetitions: 3 };

export const suite: Suite = { name: 'sliding', title: 'sliding windows of 60 s every second: sum and count', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const readings = generateRecords({ count: sizes.records, keyCount: sizes.keys, alignMs: SIZE_MS, value: temperature });
  const job = await BenchJob.deploy(slidingJob(readings));
  const all = { group: 'all', records: readings.count };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, which are in every window, so that more than one result comes out per record; a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...all, name: LIMIT, run: () => runLimitLoop(readings) },
      { ...all, name: MILLRACE, run: () => job.run() },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) readings.passes.advance();
    },
  };
}
