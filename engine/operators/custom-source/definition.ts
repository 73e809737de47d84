import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { inferRecord } from '../../functions/record-result.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { ChoiceField, ConfigOf, FunctionField } from '../fields.ts';
import { COUNT_FIELD, GENERATOR_FIELDS, recordsPerSecondField } from '../generator-fields.ts';
import { MADE_RECORD_FIELDS } from '../made-record-fields.ts';

const fields = {
  generator: {
    kind: 'function',
    label: 'Make record number n',
    help: 'A function that returns the record, or null for none. It gets { n, split, random(), gaussian() }: n counts from 0, and random numbers depend on n and the seed only.',
    returns: 'generated',
    required: true,
    default:
      '(ctx) => ({\n  id: `item_${(ctx.n % 3) + 1}`,\n  timestamp: 1735689600000 + ctx.n * 100,\n  value: Math.round(ctx.random() * 100),\n})',
  } satisfies FunctionField,
  eventTime: {
    kind: 'choice',
    label: 'Event time',
    help: 'Who gives records their timestamps, and says how far event time has come.',
    options: [
      { value: 'behind', label: 'Timestamps & watermarks behind it', help: 'The function only makes records.' },
      {
        value: 'own',
        label: 'The function itself',
        help: 'It also gets ctx.collectWithTimestamp(record, time), ctx.emitWatermark(time) and ctx.markAsTemporarilyIdle().',
      },
    ],
    default: 'behind',
  } satisfies ChoiceField<'behind' | 'own'>,
  schema: MADE_RECORD_FIELDS,
  count: COUNT_FIELD,
  recordsPerSecond: recordsPerSecondField('How fast records arrive in processing time. Event time is what your function makes of it.'),
  onError: {
    kind: 'choice',
    label: 'When the function throws',
    help: 'What happens when the function throws, or returns something that does not fit the output fields.',
    options: [
      { value: 'fail', label: 'Fail the job', help: 'Stops at this record and shows its number.' },
      { value: 'skip', label: 'Skip the record', help: 'Leaves the record out, counts it and lists it with the reason.' },
    ],
    default: 'fail',
  } satisfies ChoiceField<'fail' | 'skip'>,
  ...GENERATOR_FIELDS,
} as const;

export type CustomSourceConfig = ConfigOf<typeof fields>;

const members = (...names: readonly string[]): Schema => ({ fields: names.map((name) => ({ name, type: 'any' })) });

/** What the function can ask for. */
const MEMBERS = members('n', 'split', 'random', 'gaussian');
/** The same of one that makes its own event time. */
const TIMED_MEMBERS = members('n', 'split', 'random', 'gaussian', 'collectWithTimestamp', 'emitWatermark', 'markAsTemporarilyIdle');

/** What of it is a plain value. */
const VALUES: Schema = {
  fields: [
    { name: 'n', type: 'long' },
    { name: 'split', type: 'int' },
  ],
};

export const customSource = defineOperator({
  type: 'custom-source',
  title: 'Custom generator',
  category: 'source',
  summary: 'Generates whatever a function of yours makes of a number.',
  keywords: [
    'function',
    'sourcefunction',
    'collectwithtimestamp',
    'emitwatermark',
    'marktemporarilyidle',
    'idle',
    'datageneratorsource',
    'countsource',
    'random',
    'own',
    'generate',
    'script',
    'sequence',
  ],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Records' }],
  bounded: (config) => config.count > 0,
  arrivalIntervalMs: (config) => 1000 / config.recordsPerSecond,
  shapes: (config) => {
    const { schema, problems } = outputOf(config);
    return { ports: { out: { schema, key: null, eventTime: config.eventTime === 'own', splits: config.splits } }, problems };
  },
  face: (config) => oneLine(config.generator),
  load: () => import('./operator.ts'),
});

function outputOf(config: CustomSourceConfig): { readonly schema: Schema; readonly problems: readonly ConfigProblem[] } {
  const declared: Schema = { fields: config.schema };
  if (config.generator.trim() === '') return { schema: declared, problems: [] };
  const isTimed = config.eventTime === 'own';
  const { analysis, problems: found } = checkFunction(config.generator, isTimed ? TIMED_MEMBERS : MEMBERS);
  // A function that collects need not return anything.
  const problems = problemsOfField(isTimed ? found.filter(({ code }) => code !== 'no-result') : found, 'generator');
  if (analysis === null || declared.fields.length > 0 || problems.some(({ severity }) => severity === 'error')) {
    return { schema: declared, problems };
  }
  const inferred = inferRecord(analysis, VALUES);
  if (inferred !== null && inferred.unknown.length === 0 && inferred.schema.fields.length > 0) return { schema: inferred.schema, problems };
  const what =
    inferred === null || inferred.unknown.length === 0
      ? 'The fields of the record cannot be read from the function'
      : `The type of ${inferred.unknown.map((name) => `"${name}"`).join(', ')} cannot be read from the function`;
  const message = `${what}. Declare all fields of the record under "Output fields".`;
  return { schema: EMPTY_SCHEMA, problems: [...problems, { severity: 'error', code: 'output-unknown', message, field: 'schema' }] };
}
