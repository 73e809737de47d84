import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { analyzeFunction } from '../../functions/analyze-function.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { emittedRecords } from '../../functions/emitted-records.ts';
import { inferRecord } from '../../functions/record-result.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import type { ChoiceField, ConfigOf, FunctionField } from '../fields.ts';
import { MADE_RECORD_FIELDS, undeclaredRecords } from '../made-record-fields.ts';
import type { MadeRecords } from '../made-record-fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

const fields = {
  mapper: {
    kind: 'function',
    label: 'Make from each record',
    help: 'A function that returns a list of new records, or calls "out" with each of them. An empty list drops the record.',
    returns: 'records',
    required: true,
    default: '(r) => [r]',
  } satisfies FunctionField,
  schema: MADE_RECORD_FIELDS,
  onError: {
    kind: 'choice',
    label: 'When the function throws',
    help: 'What becomes of a record for which the function throws, or makes something that does not fit the output fields.',
    options: [
      { value: 'fail', label: 'Fail the job', help: 'Stops at this record and shows it.' },
      {
        value: 'skip',
        label: 'Skip the record',
        help: 'Drops the record and all that was made from it, counts it and lists it with the reason.',
      },
    ],
    default: 'fail',
  } satisfies ChoiceField<'fail' | 'skip'>,
} as const;

export type FlatMapConfig = ConfigOf<typeof fields>;

export const flatMap = defineOperator({
  type: 'flat-map',
  title: 'Flat map',
  category: 'transformation',
  summary: 'Makes any number of new records from each record with a function.',
  keywords: ['split', 'explode', 'unnest', 'tokenize', 'several', 'flatmapfunction', 'collector'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'New records' }],
  shapes: (config, inputs) => {
    const input = inputs[0] ?? UNCONNECTED;
    const { schema, problems } = outputOf(config, input.schema);
    // As in Flink, what leaves a flat map is no longer keyed.
    return { ports: { out: { schema, key: null, eventTime: input.eventTime } }, problems };
  },
  face: (config) => oneLine(config.mapper),
  load: () => import('./operator.ts'),
});

function outputOf(config: FlatMapConfig, input: Schema): MadeRecords {
  const declared: Schema = { fields: config.schema };
  if (config.mapper.trim() === '') return { schema: declared, problems: [] };
  const { analysis, problems } = checkFunction(config.mapper, input);
  const emitted = analysis === null ? null : emittedRecords(analysis.fn);
  // A function that calls "out" need not return anything.
  const found = problemsOfField(
    problems.filter(({ code }) => code !== 'no-result' || emitted?.collects !== true),
    'mapper',
  );
  const isBroken = found.some(({ severity }) => severity === 'error');
  if (analysis === null || emitted === null || isBroken || input.fields.length === 0 || declared.fields.length > 0) {
    return { schema: declared, problems: found };
  }
  const inferred = inferRecord(analyzeFunction(analysis.fn, emitted.records), input);
  if (inferred === null) return undeclared('The fields of the new records cannot be read from the function.', found);
  if (inferred.unknown.length > 0) {
    const names = inferred.unknown.map((name) => `"${name}"`).join(', ');
    return undeclared(`The type of ${names} cannot be read from the function.`, found);
  }
  if (inferred.schema.fields.length === 0) return undeclared('The new records have no fields.', found);
  return { schema: inferred.schema, problems: found };
}

function undeclared(what: string, found: readonly ConfigProblem[]): MadeRecords {
  const message = `${what} Declare all fields of the new records under "Output fields".`;
  return undeclaredRecords(message, found);
}
