import { kindOf } from '../../batch/column.ts';
import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
import type { Field, Schema } from '../../batch/schema.ts';
import type { FunctionAnalysis } from '../../functions/analyze-function.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { inferRecord } from '../../functions/record-result.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import type { ConfigOf, FunctionField } from '../fields.ts';
import { onFailureField } from '../on-failure-field.ts';
import { MADE_RECORD_FIELDS, undeclaredRecords } from '../made-record-fields.ts';
import type { MadeRecords } from '../made-record-fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

const fields = {
  mapper: {
    kind: 'function',
    label: 'Make from each record',
    help: 'A function that returns the new record. "...r" takes over all fields of the record.',
    returns: 'record',
    required: true,
    default: '(r) => ({ ...r })',
  } satisfies FunctionField,
  schema: MADE_RECORD_FIELDS,
  onError: onFailureField(
    'What becomes of a record for which the function throws, or returns something that does not fit the output fields.',
  ),
} as const;

export type MapConfig = ConfigOf<typeof fields>;

export const map = defineOperator({
  type: 'map',
  title: 'Map',
  category: 'transformation',
  summary: 'Makes one new record from each record with a function.',
  keywords: ['transform', 'project', 'convert', 'compute', 'rename', 'select', 'mapfunction'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'New records' }],
  shapes: (config, inputs) => {
    const input = inputs[0] ?? UNCONNECTED;
    const { schema, problems } = outputOf(config, input.schema);
    // As in Flink, what leaves a map is no longer keyed.
    return { ports: { out: { schema, key: null, eventTime: input.eventTime } }, problems };
  },
  face: (config) => oneLine(config.mapper),
  load: () => import('./operator.ts'),
});

function outputOf(config: MapConfig, input: Schema): MadeRecords {
  const declared: Schema = { fields: config.schema };
  if (config.mapper.trim() === '') return { schema: declared, problems: [] };
  const { analysis, problems } = checkFunction(config.mapper, input);
  const found = problemsOfField(problems, 'mapper');
  if (analysis === null || found.some(({ severity }) => severity === 'error') || input.fields.length === 0) {
    return { schema: declared, problems: found };
  }
  if (declared.fields.length > 0) return { schema: declared, problems: [...found, ...contradictions(declared, analysis, input)] };
  const inferred = inferOutput(analysis, input);
  return { schema: inferred.schema, problems: [...found, ...inferred.problems] };
}

function inferOutput(analysis: FunctionAnalysis, input: Schema): MadeRecords {
  const inferred = inferRecord(analysis, input);
  if (inferred === null) {
    const why = analysis.opaque === null ? 'not every return is an object written out with the same fields' : analysis.opaque;
    return undeclaredRecords(`The fields of the new record cannot be read from the function: ${why}. Declare them under "Output fields".`);
  }
  if (inferred.unknown.length > 0) {
    const names = inferred.unknown.map((name) => `"${name}"`).join(', ');
    return undeclaredRecords(
      `The type of ${names} cannot be read from the function. Declare all fields of the new record under "Output fields".`,
    );
  }
  if (inferred.schema.fields.length === 0) return undeclaredRecords('The new record has no fields. Return an object with at least one.');
  return { schema: inferred.schema, problems: [] };
}

/** Where what is declared cannot be what the function returns. */
function contradictions(declared: Schema, analysis: FunctionAnalysis, input: Schema): ConfigProblem[] {
  const inferred = inferRecord(analysis, input);
  if (inferred === null) return [];
  return declared.fields.flatMap((field): ConfigProblem[] => {
    const returned = fieldOf(inferred.schema, field.name);
    if (returned === undefined) return inferred.unknown.includes(field.name) ? [] : missingField(field);
    if (field.type === 'any' || returned.type === 'any' || kindOf(returned.type) === kindOf(field.type)) return [];
    const message = `"${field.name}" is declared ${field.type}, but the function returns ${returned.type}. Change one of them.`;
    return [{ severity: 'error', code: 'output-field-type', message, field: 'schema' }];
  });
}

function missingField(field: Field): ConfigProblem[] {
  if (field.nullable === true || field.type === 'any') return [];
  const message = `"${field.name}" is declared, but the function does not return it. Return it, make it nullable, or remove it here.`;
  return [{ severity: 'error', code: 'output-field-missing', message, field: 'schema' }];
}
