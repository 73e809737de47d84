import fc from 'fast-check';
import type { Field, FieldType, Row, Schema } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import type { StreamShape } from '../../operators/definition.ts';
import type { Element } from '../rows.ts';

/** Random values of every type: few enough that keys and windows meet, odd enough to find corners. */
const VALUES: Readonly<Record<FieldType, fc.Arbitrary<unknown>>> = {
  // No negative zero: it equals zero in Flink's sense, but not in a test's.
  double: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1000, max: 1000, noNaN: true })).map((value) => value + 0),
  int: fc.integer({ min: -20, max: 20 }),
  long: fc.integer({ min: 0, max: 40_000 }),
  timestamp: fc.integer({ min: 0, max: 40_000 }),
  boolean: fc.boolean(),
  string: fc.constantFrom('a', 'b', 'c', 'sensor_1', 'sensor_2', '', 'Ångström', '日本'),
  array: fc.array(fc.integer(), { maxLength: 3 }),
  row: fc.constant({}),
  any: fc.oneof(fc.integer(), fc.constantFrom('x', 'y'), fc.boolean()),
};

function valueOf(field: Field): fc.Arbitrary<unknown> {
  const value = field.type === 'row' && field.fields !== undefined ? recordOf({ fields: field.fields }) : VALUES[field.type];
  return field.nullable === true ? fc.option(value, { freq: 4 }) : value;
}

function recordOf(schema: Schema): fc.Arbitrary<Row> {
  return fc.record(Object.fromEntries(schema.fields.map((field) => [field.name, valueOf(field)])));
}

/** Time between two records of a stream, in ms. */
const PACE_MS = 500;

/**
 * A random stream for the inputs of an operator: records out of order by several seconds with rising (combined) watermarks in between, some
 * of them late; at the end the watermark that ends event time.
 */
export function streamOf(inputs: readonly StreamShape[]): fc.Arbitrary<readonly Element[]> {
  const step = fc.record({
    arriving: arrivingOf(inputs),
    jitterMs: fc.integer({ min: -8000, max: 2000 }),
    watermark: fc.boolean(),
    slackMs: fc.constantFrom(0, 1, 999, 3000),
  });
  return fc.array(step, { maxLength: 80, size: 'max' }).map((steps) => {
    const elements: Element[] = [];
    let watermark = Number.NEGATIVE_INFINITY;
    for (const [i, { arriving, jitterMs, watermark: isMarked, slackMs }] of steps.entries()) {
      const origin = originOf(i + 1, 0);
      const { eventTime, ...record } = arriving;
      elements.push(eventTime ? { ...record, timestamp: i * PACE_MS + jitterMs, origin } : { ...record, origin });
      const next = i * PACE_MS - slackMs;
      if (!isMarked || next <= watermark) continue;
      watermark = next;
      elements.push({ watermark, origin });
    }
    return [...elements, { watermark: Number.POSITIVE_INFINITY, origin: originOf(steps.length, 0) }];
  });
}

interface Arriving {
  readonly record: Row;
  readonly input: number;
  readonly eventTime: boolean;
}

function arrivingOf(inputs: readonly StreamShape[]): fc.Arbitrary<Arriving> {
  return fc.oneof(...inputs.map(({ schema, eventTime }, input) => recordOf(schema).map((record) => ({ record, input, eventTime }))));
}

/** What happens between the elements of a stream without being part of it; each number is an index before which it happens. */
export interface Disturbance {
  readonly cuts: readonly number[];
  readonly emptyBatches: readonly number[];
  readonly repeatedWatermarks: readonly number[];
  /** Empty for operators without snapshots. */
  readonly restarts: readonly { readonly at: number; readonly mode: 'row' | 'batch' }[];
}

export function disturbance(canRestart: boolean, canBatch: boolean): fc.Arbitrary<Disturbance> {
  const places = fc.array(fc.nat({ max: 120 }), { maxLength: 20, size: 'max' });
  const restart = fc.record({
    at: fc.nat({ max: 120 }),
    mode: fc.constantFrom<'row' | 'batch'>(...(canBatch ? (['row', 'batch'] as const) : (['row'] as const))),
  });
  return fc.record({
    cuts: places,
    emptyBatches: places,
    repeatedWatermarks: places,
    restarts: canRestart ? fc.array(restart, { maxLength: 3, size: 'max' }) : fc.constant([]),
  });
}
