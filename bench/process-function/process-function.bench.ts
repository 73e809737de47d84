import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { runInRxjs, runObjects } from '../objects/object-operator.ts';
import { firstOf } from '../records/keyed-records.ts';
import { watermarksEvery } from '../records/watermark-schedule.ts';
import { runFraudLimit } from './limit-loop.ts';
import { processJob } from './process-job.ts';
import { ruleFrom, ruleOutcome } from './rule-outcome.ts';
import { FRAUD_RULE, IDLE_RULE } from './rules.ts';
import { generateTransactions } from './transactions.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';
const EVERY_MS = 'Millrace, watermark every ms';
const LIMIT_FEW = 'limit loop, few records';
const OBJECT_TIMERS = 'objects, a timer moved per record';
const TIMERS = 'Millrace, a timer moved per record';

const REQUIREMENTS: readonly Requirement[] = [
  { variant: MILLRACE, of: LIMIT, require: 0.22, goal: 0.35 },
  { variant: EVERY_MS, of: LIMIT, require: 0.12, goal: 0.2 },
  { variant: TIMERS, of: OBJECT_TIMERS, require: 4, goal: 7 },
];

const FULL = { records: 4_000_000, keys: 10_000, movedTimers: 1_000_000, fewRecords: 500_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, movedTimers: 300_000, fewRecords: 100_000, repetitions: 2 };

export const suite: Suite = { name: 'process', title: 'a keyed process function with state and timers', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const transactions = generateTransactions(sizes.records, sizes.keys);
  const moved = firstOf(transactions, sizes.movedTimers);
  const few = firstOf(transactions, sizes.fewRecords);
  const job = await BenchJob.deploy(processJob(transactions, FRAUD_RULE));
  const everyMs = await BenchJob.deploy(processJob(transactions, FRAUD_RULE, { watermarkEveryMs: 1 }));
  const timers = await BenchJob.deploy(processJob(moved, IDLE_RULE));
  const fraud = { group: 'fraud', records: transactions.count };
  const idle = { group: 'idle', records: moved.count };
  const ofFew = { group: 'few', records: few.count };
  const ofMoved = watermarksEvery(200, moved);
  const watermarks = watermarksEvery(200, few);
  const fraudDetector = ruleFrom(FRAUD_RULE);
  const idleAccounts = ruleFrom(IDLE_RULE);
  return {
    description: `${sizes.records / 1e6} M transactions of ${sizes.keys} accounts, 2 % of them set a timer (where a timer is moved: the first ${sizes.movedTimers}, all of which do; RxJS and objects: the first ${sizes.fewRecords}), a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...fraud, name: LIMIT, run: () => runFraudLimit(transactions) },
      { ...fraud, name: MILLRACE, run: () => job.run() },
      { ...fraud, name: EVERY_MS, run: () => everyMs.run() },
      { ...ofFew, name: LIMIT_FEW, run: () => runFraudLimit(few) },
      {
        ...ofFew,
        name: 'RxJS, process operator by hand',
        run: () => ruleOutcome(runInRxjs, few, watermarks, fraudDetector, 'amount'),
      },
      {
        ...ofFew,
        name: 'objects, Maps and a heap of timers',
        run: () => ruleOutcome(runObjects, few, watermarks, fraudDetector, 'amount'),
      },
      { ...idle, name: OBJECT_TIMERS, run: () => ruleOutcome(runObjects, moved, ofMoved, idleAccounts, 'count') },
      { ...idle, name: TIMERS, run: () => timers.run() },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) transactions.passes.advance();
    },
  };
}
