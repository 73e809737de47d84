import type { Outcome, PreparedSuite, Requirement, Suite, SuiteOptions, Variant } from '../harness/suite.ts';
import { BenchJob } from '../job/bench-job.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { firstOf, generateRecords, temperature, withKeys } from '../records/keyed-records.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import { watermarksEvery } from '../records/watermark-schedule.ts';
import { runLimitLoop } from './limit-loop.ts';
import { runObjectsWithTimers, runPlainObjects } from './object-pipeline.ts';
import { runRxjsByExpert, runRxjsIdiomatic } from './rxjs-pipeline.ts';
import type { PipelineFunctions, WindowJobOptions } from './window-job.ts';
import { windowJob } from './window-job.ts';
import { WINDOW_MS } from './window-result.ts';

/** Closed expressions: their text goes into the loops. */
const EXPRESSIONS: PipelineFunctions = {
  isHot: '(r) => r.temperature > 32',
  toFahrenheit: '(r) => ({ id: r.id, timestamp: r.timestamp, f: r.temperature * 1.8 + 32 })',
};
/** Statements: they are called, with the fields they use. */
const PLAIN_FUNCTIONS: PipelineFunctions = {
  isHot: '(r) => { const limit = 32; return r.temperature > limit; }',
  toFahrenheit: '(r) => { const f = r.temperature * 1.8 + 32; return { id: r.id, timestamp: r.timestamp, f }; }',
};
/** The record leaves their hands: nothing is known of what they use. */
const OPAQUE_FUNCTIONS: PipelineFunctions = {
  isHot: '(r) => { const temperatureOf = (reading) => reading.temperature; return temperatureOf(r) > 32; }',
  toFahrenheit:
    '(r) => { const fahrenheitOf = (reading) => reading.temperature * 1.8 + 32; return { id: r.id, timestamp: r.timestamp, f: fahrenheitOf(r) }; }',
};

const LIMIT = 'limit loop';
const LIMIT_MANY_KEYS = 'limit loop, many keys';
const EXPRESSION = 'Millrace, expressions';
const PLAIN = 'Millrace, plain functions';
const OPAQUE = 'Millrace, opaque functions';
const PER_RECORD = 'Millrace, expressions, watermark per record';
const MANY_KEYS = 'Millrace, plain functions, many keys';
const EXCHANGE = 'Millrace, expressions, window parallelism 4';
const STEPPING = 'Millrace, expressions, one record per step';
const RXJS_EXPERT = 'RxJS, window operator by hand';

/** engine-measurements §10: what was measured in prototypes, less what metrics, lateness checks and generality may cost. */
const REQUIREMENTS: readonly Requirement[] = [
  { variant: EXPRESSION, of: LIMIT, require: 0.5, goal: 0.7 },
  { variant: PLAIN, of: LIMIT, require: 0.45, goal: 0.6 },
  { variant: PLAIN, of: RXJS_EXPERT, require: 10, goal: 15 },
  { variant: OPAQUE, of: LIMIT, require: 0.22, goal: 0.35 },
  { variant: PER_RECORD, of: EXPRESSION, require: 0.65, goal: 0.75 },
  { variant: MANY_KEYS, of: LIMIT_MANY_KEYS, require: 0.6, goal: 0.9 },
  { variant: EXCHANGE, of: EXPRESSION, require: 0.38, goal: 0.48 },
  { variant: STEPPING, of: null, require: 1, goal: 4 },
];

interface Sizes {
  readonly records: number;
  readonly keys: number;
  readonly manyKeys: number;
  /** For what takes microseconds per record. */
  readonly fewRecords: number;
  readonly repetitions: number;
}

const FULL: Sizes = { records: 10_000_000, keys: 10_000, manyKeys: 1_000_000, fewRecords: 500_000, repetitions: 7 };
const QUICK: Sizes = { records: 1_000_000, keys: 10_000, manyKeys: 1_000_000, fewRecords: 50_000, repetitions: 3 };

export const suite: Suite = {
  name: 'A',
  title: 'filter, map, key by, 10 s tumbling sum, average and count',
  prepare,
};

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const sizes = quick ? QUICK : FULL;
  const readings = generateRecords({ count: sizes.records, keyCount: sizes.keys, alignMs: WINDOW_MS, value: temperature });
  const few = firstOf(readings, sizes.fewRecords);
  const many = withKeys(readings, sizes.manyKeys);
  return {
    description: `${sizes.records / 1e6} M readings of ${sizes.keys} sensors (${sizes.manyKeys} where it says many keys; the first ${sizes.fewRecords} readings where it says few), half of them pass the filter, a watermark every 200 ms (2000 records) unless it says otherwise`,
    repetitions: sizes.repetitions,
    variants: [...(await variantsOfMain(readings)), ...(await variantsOfManyKeys(many)), ...(await variantsOfFew(few))],
    requirements: REQUIREMENTS,
    beforeRepetition: (repetition) => {
      if (repetition > 0) readings.passes.advance();
    },
  };
}

async function variantsOfMain(readings: KeyedRecords): Promise<Variant[]> {
  const variant = (name: string, run: () => Outcome): Variant => ({ name, group: 'all', records: readings.count, run });
  const job = async (name: string, options: WindowJobOptions): Promise<Variant> => {
    const deployed = await BenchJob.deploy(windowJob(readings, options));
    return variant(name, () => deployed.run());
  };
  return [
    variant(LIMIT, () => runLimitLoop(readings)),
    await job(EXPRESSION, { functions: EXPRESSIONS }),
    await job(PLAIN, { functions: PLAIN_FUNCTIONS }),
    await job(OPAQUE, { functions: OPAQUE_FUNCTIONS }),
    await job('Millrace, expressions, source copies', { functions: EXPRESSIONS, copyingSource: true }),
    await job('Millrace, expressions, watermark every ms', { functions: EXPRESSIONS, watermarkEveryMs: 1 }),
    await job(PER_RECORD, { functions: EXPRESSIONS, watermarkEveryMs: 0 }),
    await job(EXCHANGE, { functions: EXPRESSIONS, windowParallelism: 4 }),
  ];
}

async function variantsOfManyKeys(readings: KeyedRecords): Promise<Variant[]> {
  const plain = await BenchJob.deploy(windowJob(readings, { functions: PLAIN_FUNCTIONS }));
  const common = { group: 'many keys', records: readings.count };
  return [
    { ...common, name: LIMIT_MANY_KEYS, run: () => runLimitLoop(readings) },
    { ...common, name: MANY_KEYS, run: () => plain.run() },
  ];
}

async function variantsOfFew(readings: KeyedRecords): Promise<Variant[]> {
  const watermarks = watermarksEvery(200, readings);
  const stepped = await BenchJob.deploy(windowJob(readings, { functions: EXPRESSIONS }));
  const specification = await BenchJob.deploy(windowJob(readings, { functions: EXPRESSIONS, fused: false }));
  const variant = (name: string, run: () => Outcome): Variant => ({ name, group: 'few', records: readings.count, run });
  const peer = (name: string, run: (readings: KeyedRecords, watermarks: WatermarkSchedule) => Outcome): Variant =>
    variant(name, () => run(readings, watermarks));
  return [
    variant('limit loop, few records', () => runLimitLoop(readings)),
    variant(STEPPING, () => stepped.step()),
    { ...variant('Millrace, specification path', () => specification.run()), repetitions: 3 },
    peer(RXJS_EXPERT, runRxjsByExpert),
    { ...peer('RxJS, groupBy and reduce', runRxjsIdiomatic), repetitions: 3 },
    peer('objects, a Map per window', runPlainObjects),
    peer('objects, state and timers per key', runObjectsWithTimers),
  ];
}
