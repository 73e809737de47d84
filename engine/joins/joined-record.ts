import type { Field, Row, Schema } from '../batch/schema.ts';
import { EMPTY_SCHEMA, fieldOf } from '../batch/schema.ts';
import { kindOf } from '../batch/column.ts';
import { conformRecord, copyOfRecord } from '../functions/conform-record.ts';
import { problemsOfField } from '../functions/check-function.ts';
import { checkPairFunction, compilePairFunction, inferPairRecord } from '../functions/pair-function.ts';
import type { InferredRecord } from '../functions/record-result.ts';
import type { ConfigProblem } from '../operators/definition.ts';
import type { Fields } from '../operators/fields.ts';
import { MADE_RECORD_FIELDS } from '../operators/made-record-fields.ts';

/** How a pair of records becomes one: the settings that joins share. */
export const JOINED_FIELDS = {
  combine: {
    kind: 'function',
    label: 'Make from each pair',
    help: 'A function of the left and the right record that returns the joined one. Left empty: the fields of both; those that both have get "left_" and "right_" in front.',
    returns: 'joined',
    default: '',
  },
  schema: { ...MADE_RECORD_FIELDS, visibleWhen: (config) => typeof config['combine'] === 'string' && config['combine'].trim() !== '' },
} as const satisfies Fields;

export interface JoinedConfig {
  /** Source of `(left, right) => record`; empty: the fields of both. */
  readonly combine: string;
  /** Declared output fields; empty: read from the function. */
  readonly schema: readonly Field[];
}

export interface JoinedSchema {
  /** Empty while it cannot be known, so that what follows does not complain about fields as well. */
  readonly schema: Schema;
  readonly problems: readonly ConfigProblem[];
}

/** One field of the record that has the fields of both. */
export interface MergedField {
  readonly field: Field;
  /** 0: of the first record, 1: of the second. */
  readonly side: 0 | 1;
  /** Its name there. */
  readonly from: string;
}

const SIDES = ['left', 'right'] as const;

/** The fields of both records, those that both have with the name of their side in front. */
export function mergedFields(left: Schema, right: Schema): readonly MergedField[] {
  const ofSide = (schema: Schema, other: Schema, side: 0 | 1): MergedField[] =>
    schema.fields.map((field) => {
      const name = fieldOf(other, field.name) === undefined ? field.name : `${SIDES[side]}_${field.name}`;
      return { field: { ...field, name }, side, from: field.name };
    });
  return [...ofSide(left, right, 0), ...ofSide(right, left, 1)];
}

/**
 * Schema of the joined records, and what is wrong with the function or the declared fields.
 * @param merged What is joined without a function.
 */
export function joinedSchemaOf(
  { combine, schema: declared }: JoinedConfig,
  left: Schema,
  right: Schema,
  merged = mergedFields(left, right),
): JoinedSchema {
  const isKnown = left.fields.length > 0 && right.fields.length > 0;
  if (combine.trim() === '') return isKnown ? mergedSchema(merged) : { schema: EMPTY_SCHEMA, problems: [] };
  const { analysis, problems } = checkPairFunction(combine, left, right);
  const found = problemsOfField(problems, 'combine');
  if (analysis === null || found.some(({ severity }) => severity === 'error') || !isKnown) {
    return { schema: { fields: declared }, problems: found };
  }
  const inferred = inferPairRecord(analysis, left, right);
  if (declared.length > 0) return { schema: { fields: declared }, problems: [...found, ...contradictions(declared, inferred)] };
  if (inferred !== null && inferred.unknown.length === 0 && inferred.schema.fields.length > 0)
    return { schema: inferred.schema, problems: found };
  return { schema: EMPTY_SCHEMA, problems: [...found, undeclared(inferred)] };
}

/** Two fields of one name come about when a name with its side in front is taken already. */
function mergedSchema(merged: readonly MergedField[]): JoinedSchema {
  const names = merged.map(({ field }) => field.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return { schema: { fields: merged.map(({ field }) => field) }, problems: [] };
  const message = `The joined record would have two fields named "${twice}". Write a function that names its fields.`;
  return { schema: EMPTY_SCHEMA, problems: [{ severity: 'error', code: 'duplicate-name', message, field: 'combine' }] };
}

function undeclared(inferred: InferredRecord | null): ConfigProblem {
  const names = (inferred?.unknown ?? []).map((name) => `"${name}"`).join(', ');
  const message =
    names === ''
      ? 'The fields of the joined record cannot be read from the function. Declare them under "Output fields".'
      : `The type of ${names} cannot be read from the function. Declare all fields of the joined record under "Output fields".`;
  return { severity: 'error', code: 'output-unknown', message, field: 'schema' };
}

function contradictions(declared: readonly Field[], inferred: InferredRecord | null): ConfigProblem[] {
  if (inferred === null) return [];
  return declared.flatMap((field): ConfigProblem[] => {
    const returned = fieldOf(inferred.schema, field.name);
    if (returned === undefined) {
      if (inferred.unknown.includes(field.name) || field.nullable === true || field.type === 'any') return [];
      const message = `"${field.name}" is declared, but the function does not return it. Return it, make it nullable, or remove it here.`;
      return [{ severity: 'error', code: 'output-field-missing', message, field: 'schema' }];
    }
    if (field.type === 'any' || returned.type === 'any' || kindOf(returned.type) === kindOf(field.type)) return [];
    const message = `"${field.name}" is declared ${field.type}, but the function returns ${returned.type}. Change one of them.`;
    return [{ severity: 'error', code: 'output-field-type', message, field: 'schema' }];
  });
}

/** Makes the joined record of two records, neither of which it keeps or changes. May throw what the user's function throws. */
export type Joiner = (left: Row, right: Row | null) => Row;

export function joinerOf(
  { combine }: JoinedConfig,
  left: Schema,
  right: Schema,
  output: Schema,
  merged = mergedFields(left, right),
): Joiner {
  if (combine.trim() === '') {
    return (first, second) => {
      const record: Row = {};
      for (const { field, side, from } of merged) record[field.name] = (side === 0 ? first : second)?.[from] ?? null;
      return record;
    };
  }
  const fn = compilePairFunction(combine);
  return (first, second) => conformRecord(output, fn(copyOfRecord(left, first), second === null ? null : copyOfRecord(right, second)));
}
