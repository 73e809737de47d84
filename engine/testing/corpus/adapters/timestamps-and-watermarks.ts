import type { Row, Schema } from '../../../batch/schema.ts';
import { defaultConfig } from '../../../operators/fields.ts';
import type { Operator, ProcessingTime } from '../../../operators/operator.ts';
import { timestampsAndWatermarks } from '../../../operators/timestamps-and-watermarks/definition.ts';
import { must } from '../../../util/assert.ts';
import type { Actual, HarnessDriver } from '../harness-script.ts';
import { playHarness } from '../harness-script.ts';
import { OperatorDriver } from '../operator-driver.ts';
import type { Adapters, Json, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';

/** What the corpus calls a generator, as the operator's configuration. */
function configOf(operator: Json): Json {
  const { type, when, at } = operator['generator'] as Json;
  const common = {
    ...defaultConfig(timestampsAndWatermarks.fields),
    timestampField: operator['timestampFrom'],
    // The corpus moves the clock, and periods pass on it.
    period: 'processing-time',
  };
  // Bounded execution: Flink then takes a generator that generates nothing.
  if (operator['emitProgressiveWatermarks'] === false) return { ...common, strategy: 'none' };
  switch (type) {
    case 'never':
      return { ...common, strategy: 'none' };
    case 'lastEventMinusOne':
      return { ...common, strategy: 'periodic', periodicWatermark: '(w) => w.lastTimestamp - 1' };
    case 'punctuated': {
      const [flag, time] = [JSON.stringify(when), JSON.stringify(at)];
      return { ...common, strategy: 'punctuated', punctuatedWatermark: `(r) => (r[${flag}] === true ? r[${time}] : null)` };
    }
    default:
      throw new Error(`there is no generator "${String(type)}"`);
  }
}

/** Fields of the records of a vector: only their names matter here. */
function schemaOf(vector: Vector): Schema {
  const names = new Set(
    (vector.steps ?? []).flatMap((step) => Object.keys(((step['element'] as Json | undefined)?.['value'] ?? {}) as Json)),
  );
  return { fields: [...names].map((name) => ({ name, type: 'any', nullable: true })) };
}

async function create(vector: Vector, processingTime: ProcessingTime): Promise<Operator> {
  const operator = must(vector.operator, 'an operator');
  const schema = schemaOf(vector);
  const module = await must(timestampsAndWatermarks.load, 'a runtime')();
  return module.create(configOf(operator) as never, {
    nodeId: 'under-test',
    name: 'under test',
    subtaskIndex: 0,
    parallelism: 1,
    maxParallelism: 128,
    inputs: [{ schema, key: null, eventTime: false }],
    outputSchema: () => schema,
    sourceIndex: 0,
    seed: 1,
    processingTime,
    autoWatermarkIntervalMs: Number(operator['autoWatermarkIntervalMs']),
    openInput: () => {
      throw new Error('an assigner reads no files');
    },
    fused: false,
  }) as Operator;
}

/** Timestamps are whole numbers of 64 bits in the corpus, and its extreme ones are the engine's infinities: no record's timestamp. */
const LONGS: Readonly<Record<string, number>> = { MIN: -(2 ** 63), MAX: 2 ** 63 };

class AssignerDriver implements HarnessDriver {
  readonly #inner: OperatorDriver;
  readonly #field: string;

  constructor(inner: OperatorDriver, field: string) {
    this.#inner = inner;
    this.#field = field;
  }

  element(value: Row, timestamp: number, input: number): void {
    const time = value[this.#field];
    const asNumber = typeof time === 'string' ? (LONGS[time] ?? Number(time)) : time;
    this.#inner.element({ ...value, [this.#field]: asNumber }, timestamp, input);
  }

  watermark(watermark: number, input: number): void {
    this.#inner.watermark(watermark, input);
  }

  processingTime(time: number): void {
    this.#inner.processingTime(time);
  }

  status(status: string, input: number): void {
    this.#inner.status(status, input);
  }

  snapshotAndRestore(): Promise<void> {
    return this.#inner.snapshotAndRestore();
  }

  endInput(): void {
    this.#inner.endInput();
  }

  drain(): readonly Actual[] {
    return this.#inner.drain().map((one) => {
      const extreme = one.kind === 'record' ? Object.keys(LONGS).find((name) => LONGS[name] === one.timestamp) : undefined;
      if (one.kind !== 'record' || extreme === undefined) return one;
      return { ...one, value: { ...one.value, [this.#field]: extreme }, timestamp: timeOf(extreme) };
    });
  }
}

async function play(vector: Vector): Promise<void> {
  const field = String(must(vector.operator, 'an operator')['timestampFrom']);
  const inner = await new OperatorDriver((processingTime) => create(vector, processingTime)).open();
  await playHarness(vector, new AssignerDriver(inner, field));
}

export const adapters: Adapters = { 'harness/timestampsAndWatermarks': play };
