import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { defineOperator } from '../definition.ts';
import type { StreamShape } from '../definition.ts';
import type { ConfigOf, FunctionField } from '../fields.ts';
import { onFailureField } from '../on-failure-field.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

const fields = {
  predicate: {
    kind: 'function',
    label: 'Keep a record when',
    help: 'A function of the record. Records for which it returns true go on; all others are dropped.',
    returns: 'boolean',
    required: true,
    default: '(r) => true',
  } satisfies FunctionField,
  onError: onFailureField('What becomes of a record the function cannot judge.'),
} as const;

export type FilterConfig = ConfigOf<typeof fields>;

export const filter = defineOperator({
  type: 'filter',
  title: 'Filter',
  category: 'transformation',
  summary: 'Keeps the records for which a function returns true.',
  keywords: ['where', 'predicate', 'condition', 'drop', 'select', 'filterfunction'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Kept records' }],
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    const isMissing = config.predicate.trim() === '';
    return {
      // As in Flink, what leaves a filter is no longer keyed.
      ports: { out: { schema, key: null, eventTime } },
      problems: isMissing ? [] : problemsOfField(checkFunction(config.predicate, schema).problems, 'predicate'),
    };
  },
  face: (config) => oneLine(config.predicate),
  load: () => import('./operator.ts'),
});
