import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { ConfigOf, DurationField, NumberField } from '../fields.ts';
import { COUNT_FIELD, GENERATOR_FIELDS, recordsPerSecondField, startTimeField } from '../generator-fields.ts';

const fields = {
  sensors: {
    kind: 'number',
    label: 'Sensors',
    help: 'How many sensors there are: sensor_1, sensor_2, … They report in turn.',
    integer: true,
    min: 1,
    max: 1_000_000,
    default: 10,
  } satisfies NumberField,
  recordsPerSecond: recordsPerSecondField(
    'Of all sensors together, in event time. How fast they are replayed is set where the job is run.',
  ),
  count: COUNT_FIELD,
  startTime: startTimeField(
    'Event time of the first record, in milliseconds since 1970. 1735689600000 is 1 January 2025, 00:00 UTC.',
    1_735_689_600_000,
  ),
  disorderMs: {
    kind: 'duration',
    label: 'Disorder',
    help: 'Records arrive out of order by up to this much event time.',
    minMs: 0,
    maxMs: 86_400_000,
    default: 2000,
  } satisfies DurationField,
  latePercent: {
    kind: 'number',
    label: 'Late records',
    help: 'Share of records that arrive later than the disorder allows.',
    min: 0,
    max: 100,
    unit: '%',
    default: 1,
  } satisfies NumberField,
  lateByMs: {
    kind: 'duration',
    label: 'Late by up to',
    help: 'How much later than the disorder allows these records arrive at most.',
    minMs: 1,
    maxMs: 86_400_000,
    default: 20_000,
    visibleWhen: (config) => config['latePercent'] !== 0,
  } satisfies DurationField,
  ...GENERATOR_FIELDS,
} as const;

export type SensorSourceConfig = ConfigOf<typeof fields>;

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ],
};

function problemsOf({ count, recordsPerSecond, startTime }: SensorSourceConfig): ConfigProblem[] {
  const end = startTime + (count * 1000) / recordsPerSecond;
  if (end <= 8.64e15) return [];
  const message =
    'With so many records at this rate the stream runs beyond the last date there is. Raise "Records per second" or lower "Number of records".';
  return [{ severity: 'error', code: 'beyond-time', message, field: 'recordsPerSecond' }];
}

export const sensorSource = defineOperator({
  type: 'sensor-source',
  title: 'Sensor generator',
  category: 'source',
  summary: 'Generates temperature readings of many sensors, out of order and late as you like.',
  keywords: ['random', 'datagen', 'datageneratorsource', 'sample', 'demo', 'temperature', 'iot', 'generate', 'fake', 'test data'],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Readings' }],
  bounded: (config) => config.count > 0,
  arrivalIntervalMs: (config) => 1000 / config.recordsPerSecond,
  shapes: (config) => ({
    ports: { out: { schema: SCHEMA, key: null, eventTime: false, splits: config.splits } },
    problems: problemsOf(config),
  }),
  face: ({ sensors, recordsPerSecond }) => `${sensors === 1 ? '1 sensor' : `${sensors} sensors`} · ${recordsPerSecond}/s`,
  load: () => import('./operator.ts'),
});
