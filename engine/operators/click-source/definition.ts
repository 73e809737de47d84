import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf } from '../fields.ts';
import { COUNT_FIELD, GENERATOR_FIELDS, startTimeField } from '../generator-fields.ts';

const fields = {
  count: COUNT_FIELD,
  startTime: startTimeField(
    'Event time of the first click, in milliseconds since 1970. Windows of 15 s hold the same number of clicks if it is a multiple of 15000.',
    1_735_689_600_000,
  ),
  ...GENERATOR_FIELDS,
} as const;

export type ClickSourceConfig = ConfigOf<typeof fields>;

const SCHEMA: Schema = {
  fields: [
    { name: 'timestamp', type: 'timestamp' },
    { name: 'page', type: 'string' },
  ],
};

export const clickSource = defineOperator({
  type: 'click-source',
  title: 'Clicks',
  category: 'source',
  summary: 'Generates clicks on six pages, exactly 1000 per page in 15 seconds.',
  keywords: ['page view', 'web', 'playground', 'click event', 'clickeventgenerator', 'generate', 'demo', 'count'],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Clicks' }],
  bounded: (config) => config.count > 0,
  // 6 × 1000 clicks in 15 s.
  arrivalIntervalMs: () => 2.5,
  shapes: (config) => ({ ports: { out: { schema: SCHEMA, key: null, eventTime: false, splits: config.splits } }, problems: [] }),
  face: ({ count }) => (count === 0 ? '6 pages · 400/s' : `6 pages · ${count} records`),
  load: () => import('./operator.ts'),
});
