import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf } from '../fields.ts';
import { COUNT_FIELD, GENERATOR_FIELDS, startTimeField } from '../generator-fields.ts';

const fields = {
  count: COUNT_FIELD,
  startTime: startTimeField(
    'Event time of the first transaction, in milliseconds since 1970. 1546300800000 is 1 January 2019, 00:00 UTC.',
    1_546_300_800_000,
  ),
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
