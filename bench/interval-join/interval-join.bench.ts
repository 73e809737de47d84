import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { generateStreams, joinJob } from './join-job.ts';
import { runLimitLoop } from './limit-loop.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.55, goal: 0.75 }];

const FULL = { records: 4_000_000, keys: 10_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, repetitions: 2 };

export const suite: Suite = { name: 'interval-join', title: 'interval join of two streams, from 1 s before to 1 s after', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const streams = generateStreams(sizes.records, sizes.keys);
  const job = await BenchJob.deploy(joinJob(streams));
  const all = { group: 'all', records: sizes.records };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, each of one stream or the other in no pattern, about one pair per record; a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...all, name: LIMIT, run: () => runLimitLoop(streams) },
      { ...all, name: MILLRACE, run: () => job.run() },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) streams.merged.passes.advance();
    },
  };
}
