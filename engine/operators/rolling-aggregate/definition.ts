import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
import type { FieldType, Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import type { ChoiceField, ColumnField, ConfigOf } from '../fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };
const COMPARABLE: readonly FieldType[] = ['int', 'long', 'double', 'timestamp', 'string', 'boolean'];
const SUMMABLE: readonly FieldType[] = ['int', 'long', 'double'];

const fields = {
  fn: {
    kind: 'choice',
    label: 'Aggregate',
    options: [
      { value: 'sum', label: 'Sum', help: 'Adds up the field. All other fields stay those of the first record of the key.' },
      {
        value: 'min',
        label: 'Minimum',
        help: 'The smallest value of the field. All other fields stay those of the first record of the key.',
      },
      {
        value: 'max',
        label: 'Maximum',
        help: 'The largest value of the field. All other fields stay those of the first record of the key.',
      },
      { value: 'minBy', label: 'Record with the minimum', help: 'The whole record in which the field is smallest.' },
      { value: 'maxBy', label: 'Record with the maximum', help: 'The whole record in which the field is largest.' },
    ],
    default: 'sum',
  } satisfies ChoiceField<'sum' | 'min' | 'max' | 'minBy' | 'maxBy'>,
  column: {
    kind: 'column',
    label: 'Field',
    help: 'The field that is added up or compared. Sums need a number.',
    accepts: COMPARABLE,
    required: true,
    default: '',
  } satisfies ColumnField,
  ties: {
    kind: 'choice',
    label: 'Of equal values',
    options: [
      { value: 'first', label: 'Keep the first record' },
      { value: 'last', label: 'Take the last record' },
    ],
    visibleWhen: (config) => config['fn'] === 'minBy' || config['fn'] === 'maxBy',
    default: 'first',
  } satisfies ChoiceField<'first' | 'last'>,
} as const;

export type RollingAggregateConfig = ConfigOf<typeof fields>;

export const rollingAggregate = defineOperator({
  type: 'rolling-aggregate',
  title: 'Rolling aggregate',
  category: 'transformation',
  summary: 'Emits the sum, minimum or maximum so far of its key with every record.',
  keywords: ['sum', 'min', 'max', 'minby', 'maxby', 'running total', 'cumulative', 'aggregation'],
  fields,
  inputs: [{ name: 'in', title: 'Keyed records', keyed: true }],
  outputs: () => [{ name: 'out', title: 'Aggregates so far' }],
  stateful: true,
  emitsUpdates: true,
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    return { ports: { out: { schema, key: null, eventTime } }, problems: columnProblems(config, schema) };
  },
  face: ({ fn, column }) => (column === '' ? fn : `${fn}(${column})`),
  load: () => import('./operator.ts'),
});

function columnProblems({ fn, column }: RollingAggregateConfig, schema: Schema): readonly ConfigProblem[] {
  const field = fieldOf(schema, column);
  if (field === undefined) return [];
  if (fn === 'sum' && !SUMMABLE.includes(field.type)) {
    const message = `A sum needs a number; "${column}" is ${field.type}. Choose another field, or minimum or maximum.`;
    return [{ severity: 'error', code: 'sum-not-numeric', message, field: 'column' }];
  }
  if (field.nullable !== true) return [];
  const message = `"${column}" can be null, and combining a null stops the job. Filter such records out before, or replace the null with a map.`;
  return [{ severity: 'warning', code: 'column-nullable', message, field: 'column' }];
}
