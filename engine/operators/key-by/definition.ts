import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
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
    help: 'Their order does not change which records belong together.',
    accepts: KEY_TYPES,
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
  keywords: ['group by', 'partition', 'hash', 'keyed stream', 'shuffle', 'keyselector'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Keyed records' }],
  // The type of a function's key follows from the input, which is not known here: the keyed stream's shape has it.
  partitioner: (config) => ({ kind: 'hash', key: selectorOf(config, 'any') }),
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    const { type, problems } = config.mode === 'fields' ? checkFields(config, schema) : checkSelector(config, schema);
    return { ports: { out: { schema, key: selectorOf(config, type), eventTime } }, problems };
  },
  face: (config) => (config.mode === 'fields' ? config.columns.join(', ') : oneLine(config.selector)),
});

interface CheckedKey {
  readonly type: FieldType;
  readonly problems: readonly ConfigProblem[];
}

function selectorOf(config: KeyByConfig, type: FieldType): KeySelector {
  return config.mode === 'fields' ? { kind: 'fields', fields: config.columns } : { kind: 'function', source: config.selector, type };
}

/** That the fields exist is a matter of the configuration field; here it is only whether they make a key for every record. */
function checkFields({ columns }: KeyByConfig, schema: Schema): CheckedKey {
  const [name, second] = columns;
  const isNullable = name !== undefined && second === undefined && fieldOf(schema, name)?.nullable === true;
  return { type: 'any', problems: isNullable ? [nullableKey(`"${name}"`, 'columns')] : [] };
}

function checkSelector({ selector }: KeyByConfig, schema: Schema): CheckedKey {
  if (selector.trim() === '') return { type: 'any', problems: [] };
  const { analysis, problems } = checkFunction(selector, schema);
  const found: ConfigProblem[] = problemsOfField(problems, 'selector');
  const key = analysis === null ? null : keyTypeOf(analysis, schema);
  if (key === null) return { type: 'any', problems: found };
  if (key.type === 'row' || key.type === 'null') {
    const what = key.type === 'row' ? 'an object' : 'always null';
    const message = `The key is ${what}. Return a string, a number, a boolean, or a list of these, for example "(r) => [r.city, r.year]".`;
    return { type: 'any', problems: [...found, { severity: 'error', code: 'key-type', message, field: 'selector' }] };
  }
  return { type: key.type, problems: key.nullable && key.type !== 'any' ? [...found, nullableKey('The key', 'selector')] : found };
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
