import { EMPTY_SCHEMA, fieldAtPath } from '../../batch/schema.ts';
import type { FieldType, Schema } from '../../batch/schema.ts';
import { alternativesOf } from '../../functions/analyze-function.ts';
import type { FunctionAnalysis } from '../../functions/analyze-function.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { inferType, joinTypes } from '../../functions/infer-type.ts';
import type { InferredType } from '../../functions/infer-type.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, KeySelector, StreamShape } from '../definition.ts';
import type { ChoiceField, ColumnsField, ConfigOf, FunctionField } from '../fields.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };
const KEY_TYPES: readonly FieldType[] = ['string', 'int', 'long', 'double', 'boolean', 'timestamp'];

const fields = {
  mode: {
    kind: 'choice',
    label: 'Key',
    options: [
      { value: 'fields', label: 'Fields of the record', help: 'Records with equal values in these fields belong together.' },
      { value: 'function', label: 'A function', help: 'Records for which the function returns equal values belong together.' },
    ],
    default: 'fields',
  } satisfies ChoiceField<'fields' | 'function'>,
  columns: {
    kind: 'columns',
    label: 'Key fields',
    help: 'Their order does not change which records belong together. A field inside a row is named by its path, as in address.zip; a row stands for all of its fields.',
    accepts: [...KEY_TYPES, 'row'],
    paths: true,
    required: true,
    visibleWhen: (config) => config['mode'] !== 'function',
    default: [],
  } satisfies ColumnsField,
  selector: {
    kind: 'function',
    label: 'Key function',
    help: 'Returns the key: a string, a number, a boolean, or a list of these.',
    returns: 'key',
    required: true,
    visibleWhen: (config) => config['mode'] === 'function',
    default: '',
  } satisfies FunctionField,
} as const;

export type KeyByConfig = ConfigOf<typeof fields>;

export const keyBy = defineOperator({
  type: 'key-by',
  title: 'Key by',
  category: 'partitioning',
  summary: 'Brings records with the same key together, so that what follows can keep state per key.',
  keywords: ['group by', 'partition', 'hash', 'keyed stream', 'shuffle', 'keyselector', 'nested', 'path', 'field expression'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Keyed records' }],
  // The type of a function's key follows from the input, which is not known here: the keyed stream's shape has it.
  partitioner: ({ mode, columns, selector }) => ({
    kind: 'hash',
    key: mode === 'fields' ? byFields(columns) : byFunction(selector, 'any'),
  }),
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    const { key, problems } = config.mode === 'fields' ? checkFields(config, schema) : checkSelector(config, schema);
    return { ports: { out: { schema, key, eventTime } }, problems };
  },
  face: (config) => (config.mode === 'fields' ? config.columns.join(', ') : oneLine(config.selector)),
});

interface CheckedKey {
  readonly key: KeySelector;
  readonly problems: readonly ConfigProblem[];
}

function byFields(names: readonly string[]): KeySelector {
  return { kind: 'fields', fields: names };
}

function byFunction(source: string, type: FieldType): KeySelector {
  return { kind: 'function', source, type };
}

/** That the fields exist is a matter of the configuration field; here it is only whether they make a key for every record. */
function checkFields({ columns }: KeyByConfig, schema: Schema): CheckedKey {
  const names = [...new Set(columns.flatMap((name) => valuesOf(schema, name)))];
  const [name, second] = names;
  const problems = names.flatMap((path) => noValue(schema, path));
  const isNullable = name !== undefined && second === undefined && fieldAtPath(schema, name)?.nullable === true;
  return { key: byFields(names), problems: isNullable ? [...problems, nullableKey(`"${name}"`, 'columns')] : problems };
}

/** A row stands for the fields in it, however deep (Flink: the wildcard of field expressions). */
function valuesOf(schema: Schema, path: string): readonly string[] {
  const inside = fieldAtPath(schema, path)?.fields ?? [];
  return inside.length === 0 ? [path] : inside.flatMap(({ name }) => valuesOf(schema, `${path}.${name}`));
}

function noValue(schema: Schema, path: string): readonly ConfigProblem[] {
  const field = fieldAtPath(schema, path);
  if (field === undefined || KEY_TYPES.includes(field.type)) return [];
  const message =
    field.type === 'row'
      ? `Nothing is known of the fields of "${path}", so it cannot be a key. Declare them where the records come from, or use a function.`
      : `"${path}" is ${field.type}, which cannot be part of a key. Choose fields of the row one by one, or use a function.`;
  return [{ severity: 'error', code: 'key-type', message, field: 'columns' }];
}

function checkSelector({ selector }: KeyByConfig, schema: Schema): CheckedKey {
  if (selector.trim() === '') return { key: byFunction(selector, 'any'), problems: [] };
  const { analysis, problems } = checkFunction(selector, schema);
  const found: ConfigProblem[] = problemsOfField(problems, 'selector');
  const key = analysis === null ? null : keyTypeOf(analysis, schema);
  if (key === null) return { key: byFunction(selector, 'any'), problems: found };
  if (key.type === 'row' || key.type === 'null') {
    const what = key.type === 'row' ? 'an object' : 'always null';
    const message = `The key is ${what}. Return a string, a number, a boolean, or a list of these, for example "(r) => [r.city, r.year]".`;
    return { key: byFunction(selector, 'any'), problems: [...found, { severity: 'error', code: 'key-type', message, field: 'selector' }] };
  }
  return {
    key: byFunction(selector, key.type),
    problems: key.nullable && key.type !== 'any' ? [...found, nullableKey('The key', 'selector')] : found,
  };
}

function nullableKey(what: string, field: string): ConfigProblem {
  const message = `${what} can be null, and a record without a key stops the job. Filter such records out before, or use a function that gives them a key.`;
  return { severity: 'warning', code: 'key-nullable', message, field };
}

/** Null when it cannot be told; such keys are hashed by what they turn out to be. */
function keyTypeOf(analysis: FunctionAnalysis, schema: Schema): InferredType | null {
  const types = analysis.results.flatMap((result) =>
    result === null ? [] : alternativesOf(result).map((value) => inferType(value, { analysis, schema, nulls: 'declared' })),
  );
  const [first, ...rest] = types;
  return first === undefined ? null : rest.reduce(joinTypes, first);
}
