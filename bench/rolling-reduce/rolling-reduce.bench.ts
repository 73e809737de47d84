import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { generateRecords, temperature } from '../records/keyed-records.ts';
import { firstOf } from '../records/keyed-records.ts';
import { HighestLoop, SumLoop } from './limit-loops.ts';
import { HIGHEST, HIGHEST_TALLY, reduceJob, SUM, SUM_TALLY } from './reduce-job.ts';
import { reduceInMap, reduceInRxjs } from './reduce-objects.ts';

const LIMIT = 'limit loop, highest so far';
const MILLRACE = 'Millrace, reduce with a function';
const LIMIT_FEW = 'limit loop, few records';
const LIMIT_SUM = 'limit loop, sum so far';
const MILLRACE_SUM = 'Millrace, sum';

const REQUIREMENTS: readonly Requirement[] = [{ variant: MILLRACE, of: LIMIT, require: 0.25, goal: 0.32 }];

const FULL = { records: 8_000_000, keys: 10_000, fewRecords: 500_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, fewRecords: 100_000, repetitions: 2 };

export const suite: Suite = { name: 'reduce', title: 'rolling reduce by key: an update per record', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const readings = generateRecords({ count: sizes.records, keyCount: sizes.keys, alignMs: 1000, value: temperature });
  const highest = await BenchJob.deploy(reduceJob(readings, HIGHEST, HIGHEST_TALLY));
  const sum = await BenchJob.deploy(reduceJob(readings, SUM, SUM_TALLY));
  const highestLoop = new HighestLoop(readings);
  const sumLoop = new SumLoop(readings);
  const highests = { group: 'highest', records: readings.count };
  const few = firstOf(readings, sizes.fewRecords);
  const fewLoop = new HighestLoop(few);
  const ofFew = { group: 'few', records: few.count };
  const sums = { group: 'sum', records: readings.count };
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys (RxJS and objects: the first ${sizes.fewRecords})`,
    repetitions: sizes.repetitions,
    variants: [
      { ...highests, name: LIMIT, run: () => highestLoop.run() },
      { ...highests, name: MILLRACE, run: () => highest.run() },
      { ...sums, name: LIMIT_SUM, run: () => sumLoop.run() },
      { ...sums, name: MILLRACE_SUM, run: () => sum.run() },
      { ...ofFew, name: LIMIT_FEW, run: () => fewLoop.run() },
      { ...ofFew, name: 'RxJS, groupBy and scan', run: reduceInRxjs(few) },
      { ...ofFew, name: 'objects, a Map', run: reduceInMap(few) },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) readings.passes.advance();
    },
  };
}
