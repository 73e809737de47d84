import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { recordResultOf } from '../../functions/record-result.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import type { ConfigOf, FunctionField } from '../fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

const fields = {
  reducer: {
    kind: 'function',
    label: 'Combine two records',
    help: 'Gets what was combined so far and the next record of the same key, and returns a record with the same fields.',
    returns: 'reduced',
    required: true,
    default: '',
  } satisfies FunctionField,
} as const;

export type ReduceConfig = ConfigOf<typeof fields>;

export const reduce = defineOperator({
  type: 'reduce',
  title: 'Reduce',
  category: 'transformation',
  summary: 'Combines the records of each key with a function, and emits the combination so far with every record.',
  keywords: ['fold', 'accumulate', 'combine', 'rolling', 'running', 'reducefunction'],
  fields,
  inputs: [{ name: 'in', title: 'Keyed records', keyed: true }],
  outputs: () => [{ name: 'out', title: 'Combinations so far' }],
  stateful: true,
  emitsUpdates: true,
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    return { ports: { out: { schema, key: null, eventTime } }, problems: reducerProblems(config.reducer, schema) };
  },
  face: (config) => oneLine(config.reducer),
  load: () => import('./operator.ts'),
});

function reducerProblems(reducer: string, schema: Schema): readonly ConfigProblem[] {
  if (reducer.trim() === '') return [];
  const { analysis, problems } = checkFunction(reducer, schema);
  const found: ConfigProblem[] = problemsOfField(problems, 'reducer');
  const result = analysis === null || schema.fields.length === 0 ? null : recordResultOf(analysis, schema);
  if (result === null || found.some(({ severity }) => severity === 'error')) return found;
  const returned = new Set(result.fields.map(({ name }) => name));
  const missing = schema.fields.filter(({ name, nullable, type }) => !returned.has(name) && nullable !== true && type !== 'any');
  if (missing.length === 0) return found;
  const names = missing.map(({ name }) => `"${name}"`).join(', ');
  const message = `The combined record has no ${names}. It must have all fields of the records: write "(a, b) => ({ ...b, … })", for example.`;
  return [...found, { severity: 'error', code: 'output-field-missing', message, field: 'reducer' }];
}
