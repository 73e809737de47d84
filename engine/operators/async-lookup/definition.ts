import type { Schema } from '../../batch/schema.ts';
import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
import { oneLine } from '../../functions/check-function.ts';
import { durationText } from '../../windows/config/window-shapes.ts';
import type { MergedField } from '../../joins/joined-record.ts';
import { joinedSchemaOf } from '../../joins/joined-record.ts';
import type { ConfigProblem } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';
import { comparable, keyColumnOf, rowSchema, tableShape } from './lookup-table.ts';

const HOUR_MS = 3_600_000;

type Config = Readonly<Record<string, unknown>>;
const hasFunction = (config: Config): boolean => typeof config['combine'] === 'string' && config['combine'].trim() !== '';
const retries = (config: Config): boolean => config['retry'] !== 'none';

const OUTCOMES = [
  { value: 'fail', label: 'Fail the job' },
  { value: 'unmatched', label: 'Go on as if the table had no row' },
  { value: 'drop', label: 'Drop the record' },
] as const;

const fields = {
  format: {
    kind: 'choice',
    label: 'Table format',
    options: [
      { value: 'csv', label: 'CSV', help: 'The first line names the columns.' },
      { value: 'json', label: 'JSON', help: 'One object per line, or one array of objects.' },
    ],
    default: 'csv',
  },
  table: {
    kind: 'text',
    label: 'Lookup table',
    help: 'The rows that are looked up, as you would get them from a database or a service.',
    multiline: true,
    required: true,
    default: 'id,name\n1,first\n2,second\n',
  },
  lookupField: {
    kind: 'column',
    label: 'Look up by',
    help: 'The field of the record whose value is looked up.',
    required: true,
    accepts: ['string', 'int', 'long', 'double', 'boolean', 'timestamp', 'any'],
    default: '',
  },
  tableKey: {
    kind: 'text',
    label: 'In the column',
    help: 'The column of the table that must be equal. Left empty: the first one.',
    default: '',
  },
  missing: {
    kind: 'choice',
    label: 'When there is no row',
    options: [
      { value: 'nulls', label: 'Keep the record, with nulls' },
      { value: 'drop', label: 'Drop the record' },
    ],
    default: 'nulls',
  },
  combine: {
    kind: 'function',
    label: 'Make from record and row',
    help: 'A function of the record and its row (null when there is none) that returns the new record. Left empty: the fields of both, the key of the table left out; columns whose name is taken get "table_" in front.',
    returns: 'looked-up',
    default: '',
  },
  schema: {
    kind: 'schema',
    label: 'Output fields',
    help: 'Leave this empty to read fields and types from the function. Declare them when the function is too free for that.',
    optional: true,
    default: [],
    visibleWhen: hasFunction,
  },
  onError: {
    kind: 'choice',
    label: 'When the function throws',
    help: 'What becomes of a record for which the function throws, or returns something that does not fit the output fields.',
    options: [
      { value: 'fail', label: 'Fail the job' },
      { value: 'skip', label: 'Skip the record' },
    ],
    default: 'fail',
    visibleWhen: hasFunction,
  },
  mode: {
    kind: 'choice',
    label: 'Order of results',
    options: [
      { value: 'ordered', label: 'As the records', help: 'A result waits for those of the records before it.' },
      { value: 'unordered', label: 'As they are ready', help: 'Results overtake one another, but never a watermark.' },
    ],
    default: 'ordered',
  },
  capacity: {
    kind: 'number',
    label: 'Capacity',
    help: 'Requests (and watermarks between them) in flight at the same time. When it is reached, the operator takes no further record until one is answered.',
    default: 100,
    integer: true,
    min: 1,
    max: 100_000,
  },
  latency: {
    kind: 'duration',
    label: 'Latency',
    help: 'How long an answer takes, in processing time.',
    default: 200,
    minMs: 0,
    maxMs: HOUR_MS,
  },
  jitter: {
    kind: 'duration',
    label: 'Extra latency, at most',
    help: 'Each answer takes up to so much longer, by chance that is the same in every run of the same seed.',
    default: 0,
    minMs: 0,
    maxMs: HOUR_MS,
  },
  failures: {
    kind: 'number',
    label: 'Calls that fail',
    help: 'The share of calls that bring an error instead of an answer.',
    default: 0,
    min: 0,
    max: 100,
    unit: '%',
  },
  onFailure: {
    kind: 'choice',
    label: 'When a call fails',
    help: 'After the last retry.',
    options: OUTCOMES,
    default: 'fail',
    visibleWhen: (config) => config['failures'] !== 0,
  },
  timeout: {
    kind: 'duration',
    label: 'Timeout',
    help: 'The longest time from the first call for a record to its answer, retries included. 0: no limit.',
    default: 5000,
    minMs: 0,
    maxMs: 24 * HOUR_MS,
  },
  onTimeout: {
    kind: 'choice',
    label: 'When time is up',
    options: OUTCOMES,
    default: 'fail',
    visibleWhen: (config) => config['timeout'] !== 0,
  },
  retry: {
    kind: 'choice',
    label: 'Retries',
    options: [
      { value: 'none', label: 'None' },
      { value: 'fixed', label: 'After a fixed delay' },
      { value: 'exponential', label: 'After a growing delay', help: 'Each delay is a multiple of the one before.' },
    ],
    default: 'none',
  },
  maxRetries: { kind: 'number', label: 'Retries at most', default: 3, integer: true, min: 1, max: 1000, visibleWhen: retries },
  retryDelay: { kind: 'duration', label: 'First delay', default: 500, minMs: 1, maxMs: HOUR_MS, visibleWhen: retries },
  multiplier: {
    kind: 'number',
    label: 'Times the delay before',
    default: 2,
    min: 1,
    max: 100,
    visibleWhen: (config) => config['retry'] === 'exponential',
  },
  maxRetryDelay: {
    kind: 'duration',
    label: 'Longest delay',
    default: 10_000,
    minMs: 1,
    maxMs: 24 * HOUR_MS,
    visibleWhen: (config) => config['retry'] === 'exponential',
  },
  retryOn: {
    kind: 'choice',
    label: 'Retry',
    options: [
      { value: 'failure', label: 'Calls that fail' },
      { value: 'failure-or-empty', label: 'Calls that fail, and answers without a row' },
    ],
    default: 'failure',
    visibleWhen: retries,
  },
} as const satisfies Fields;

export type AsyncLookupConfig = ConfigOf<typeof fields>;

export const asyncLookup = defineOperator({
  type: 'async-lookup',
  title: 'Async lookup',
  category: 'transformation',
  summary: 'Enriches each record with rows of a table that answers after a while, many requests at a time.',
  keywords: [
    'async',
    'AsyncDataStream',
    'orderedWait',
    'unorderedWait',
    'AsyncFunction',
    'enrich',
    'lookup',
    'join',
    'database',
    'retry',
    'timeout',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Enriched records' }],
  stateful: true,
  shapes: (config, inputs) => {
    const input = inputs[0]?.schema ?? EMPTY_SCHEMA;
    const { schema, problems } = outputOf(config, input);
    return { ports: { out: { schema, key: null, eventTime: inputs[0]?.eventTime ?? false } }, problems };
  },
  face: (config) => {
    const what = config.combine.trim() === '' ? config.lookupField : oneLine(config.combine);
    return [durationText(config.latency), config.mode, what].filter((part) => part !== '').join(' · ');
  },
  load: () => import('./operator.ts'),
});

interface LookupOutput {
  readonly schema: Schema;
  readonly problems: readonly ConfigProblem[];
}

function outputOf(config: AsyncLookupConfig, input: Schema): LookupOutput {
  if (config.table.trim() === '') return { schema: EMPTY_SCHEMA, problems: [] };
  const { schema: table, problem } = tableShape(config.table, config.format);
  if (problem !== null) return { schema: EMPTY_SCHEMA, problems: [error('table-unreadable', problem, 'table')] };
  const keyColumn = keyColumnOf(table, config.tableKey);
  const key = fieldOf(table, keyColumn);
  if (key === undefined) {
    const names = table.fields.map(({ name }) => name).join(', ');
    return {
      schema: EMPTY_SCHEMA,
      problems: [error('column-missing', `The table has no column "${keyColumn}". Its columns are ${names}.`, 'tableKey')],
    };
  }
  const { schema, problems } = joinedSchemaOf(
    config,
    input,
    rowSchema(table, config.missing === 'nulls'),
    lookedUpFields(config, input, table),
  );
  const looked = fieldOf(input, config.lookupField);
  if (looked === undefined || comparable(looked.type, key.type)) return { schema, problems };
  const message = `"${looked.name}" is ${looked.type} and the column "${key.name}" of the table is ${key.type}: they are never equal. Choose another column, or convert the field with a map.`;
  return { schema, problems: [...problems, error('column-type', message, 'lookupField')] };
}

/** All fields of the record and the columns of the table but the key, whose value the record has already. */
export function lookedUpFields(config: AsyncLookupConfig, input: Schema, table: Schema): readonly MergedField[] {
  const keyColumn = keyColumnOf(table, config.tableKey);
  const columns = rowSchema(table, config.missing === 'nulls').fields.filter(({ name }) => name !== keyColumn);
  return [
    ...input.fields.map((field) => ({ field, side: 0, from: field.name }) as const),
    ...columns.map((field) => {
      const name = fieldOf(input, field.name) === undefined ? field.name : `table_${field.name}`;
      return { field: { ...field, name }, side: 1, from: field.name } as const;
    }),
  ];
}

function error(code: string, message: string, field: string): ConfigProblem {
  return { severity: 'error', code, message, field };
}
