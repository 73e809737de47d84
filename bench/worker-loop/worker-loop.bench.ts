import type { PreparedSuite, Requirement, Suite, SuiteOptions, Variant } from '../harness/suite.ts';
import type { JobPlan, WorkerDuties } from '../job/bench-job.ts';
import { BenchJob } from '../job/bench-job.ts';
import { byId, eventTime } from '../job/nodes.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { generateRecords, schemaOf, temperature } from '../records/keyed-records.ts';

const WINDOW_MS = 10_000;
const LONGER_THAN_ANY_PASS_MS = 1e9;

const WHOLE = 'in one piece';
const SLICED = 'slices of 5 ms';
const METRICS = 'slices, metrics every 100 ms';
const SNAPSHOTS = 'slices, metrics and a snapshot every 100 ms';

const REQUIREMENTS: readonly Requirement[] = [
  { variant: SLICED, of: WHOLE, require: 0.95, goal: 0.97 },
  { variant: METRICS, of: SLICED, require: 0.98, goal: 0.99 },
];

const FULL = { records: 20_000_000, keys: 10_000, repetitions: 7 };
const QUICK = { records: 2_000_000, keys: 10_000, repetitions: 3 };

export const suite: Suite = { name: 'worker', title: 'what the duties of a task worker cost a job', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const readings = generateRecords({ count: sizes.records, keyCount: sizes.keys, alignMs: WINDOW_MS, value: temperature });
  const variant = async (name: string, run: (job: BenchJob) => ReturnType<Variant['run']>): Promise<Variant> => {
    const job = await BenchJob.deploy(sumJob(readings));
    return { name, group: 'all', records: readings.count, run: () => run(job) };
  };
  const working = (name: string, duties: Partial<WorkerDuties>): Promise<Variant> =>
    variant(name, (job) =>
      job.runAsWorker({ metricsEveryMs: Number.POSITIVE_INFINITY, snapshotEveryMs: Number.POSITIVE_INFINITY, ...duties }),
    );
  return {
    description: `${sizes.records / 1e6} M records of ${sizes.keys} keys, tumbling windows of 10 s, sum and count, a watermark every 200 ms; ratios are to the job in one piece`,
    repetitions: sizes.repetitions,
    variants: [
      await variant(WHOLE, (job) => job.run(LONGER_THAN_ANY_PASS_MS)),
      await working(SLICED, {}),
      await working(METRICS, { metricsEveryMs: 100 }),
      await working(SNAPSHOTS, { metricsEveryMs: 100, snapshotEveryMs: 100 }),
    ],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) readings.passes.advance();
    },
  };
}

function sumJob(readings: KeyedRecords): JobPlan {
  return {
    sources: { readings },
    schema: schemaOf('temperature'),
    nodes: [
      eventTime('times', readings),
      byId('by-id'),
      {
        id: 'window',
        type: 'tumbling-window',
        config: {
          size: WINDOW_MS,
          aggregates: [
            { fn: 'sum', column: 'temperature', as: 'sum' },
            { fn: 'count', column: '', as: 'count' },
          ],
        },
      },
    ],
    tally: { sums: ['count', 'sum'], timesBy: 'count' },
  };
}
