import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, NumberField } from '../fields.ts';
import { GENERATOR_FIELDS } from '../generator-fields.ts';

const fields = {
  count: {
    kind: 'number',
    label: 'Number of records',
    help: 'The stream ends after so many records. 0: it never ends.',
    integer: true,
    min: 0,
    max: 1_000_000_000_000,
    default: 0,
  } satisfies NumberField,
  startTime: {
    kind: 'number',
    label: 'Start time',
    help: 'Event time of the first transaction, in milliseconds since 1970. 1546300800000 is 1 January 2019, 00:00 UTC.',
    integer: true,
    min: -62_135_596_800_000,
    max: 253_402_300_799_999,
    unit: 'ms',
    default: 1_546_300_800_000,
  } satisfies NumberField,
  ...GENERATOR_FIELDS,
} as const;

export type TransactionSourceConfig = ConfigOf<typeof fields>;

const SCHEMA: Schema = {
  fields: [
    { name: 'accountId', type: 'long' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'amount', type: 'double' },
  ],
};

export const transactionSource = defineOperator({
  type: 'transaction-source',
  title: 'Transactions',
  category: 'source',
  summary: 'Generates card transactions of five accounts, one of which is defrauded again and again.',
  keywords: ['fraud', 'credit card', 'payment', 'bank', 'account', 'walkthrough', 'transactionsource', 'generate', 'demo'],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Transactions' }],
  bounded: (config) => config.count > 0,
  arrivalIntervalMs: () => 100,
  shapes: (config) => ({ ports: { out: { schema: SCHEMA, key: null, eventTime: false, splits: config.splits } }, problems: [] }),
  face: ({ count }) => (count === 0 ? '5 accounts · endless' : `5 accounts · ${count} records`),
  load: () => import('./operator.ts'),
});
