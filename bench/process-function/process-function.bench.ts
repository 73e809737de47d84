import type { PreparedSuite, Requirement, Suite, SuiteOptions } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import { runFraudLimit } from './limit-loop.ts';
import { processJob } from './process-job.ts';
import { FRAUD_RULE, IDLE_RULE } from './rules.ts';
import { generateTransactions } from './transactions.ts';

const LIMIT = 'limit loop';
const MILLRACE = 'Millrace';
const EVERY_MS = 'Millrace, watermark every ms';
const TIMERS = 'Millrace, a timer moved per record';

const REQUIREMENTS: readonly Requirement[] = [
  { variant: MILLRACE, of: LIMIT, require: 0.22, goal: 0.35 },
  { variant: EVERY_MS, of: LIMIT, require: 0.12, goal: 0.2 },
];

const FULL = { records: 4_000_000, keys: 10_000, repetitions: 7 };
const QUICK = { records: 1_000_000, keys: 10_000, repetitions: 2 };

export const suite: Suite = { name: 'process', title: 'a keyed process function with state and timers', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const transactions = generateTransactions(sizes.records, sizes.keys);
  const job = await BenchJob.deploy(processJob(transactions, FRAUD_RULE));
  const everyMs = await BenchJob.deploy(processJob(transactions, FRAUD_RULE, { watermarkEveryMs: 1 }));
  const timers = await BenchJob.deploy(processJob(transactions, IDLE_RULE));
  const fraud = { group: 'fraud', records: transactions.count };
  const idle = { group: 'idle', records: transactions.count };
  return {
    description: `${sizes.records / 1e6} M transactions of ${sizes.keys} accounts, 2 % of them set a timer (all of them where a timer is moved), a watermark every 200 ms`,
    repetitions: sizes.repetitions,
    variants: [
      { ...fraud, name: LIMIT, run: () => runFraudLimit(transactions) },
      { ...fraud, name: MILLRACE, run: () => job.run() },
      { ...fraud, name: EVERY_MS, run: () => everyMs.run() },
      { ...idle, name: TIMERS, run: () => timers.run() },
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) transactions.passes.advance();
    },
  };
}
