import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
import type { FieldType, Schema } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, KeySelector, StreamShape } from '../definition.ts';
import type { ChoiceField, ColumnField, ConfigOf, FunctionField } from '../fields.ts';
import { repartitioned } from '../repartitioning.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };
const KEY_TYPES: readonly FieldType[] = ['string', 'int', 'long', 'double', 'boolean', 'timestamp'];

const fields = {
  mode: {
    kind: 'choice',
    label: 'Key',
    options: [
      { value: 'field', label: 'A field of the record', help: 'The value of this field is what the function decides by.' },
      { value: 'function', label: 'A function', help: 'What this function returns is what the other function decides by.' },
    ],
    default: 'field',
  } satisfies ChoiceField<'field' | 'function'>,
  column: {
    kind: 'column',
    label: 'Key field',
    help: 'A record in which it is null stops the job.',
    accepts: KEY_TYPES,
    required: true,
    visibleWhen: (config) => config['mode'] !== 'function',
    default: '',
  } satisfies ColumnField,
  selector: {
    kind: 'function',
    label: 'Key function',
    help: 'Returns the key: a string, a number, a boolean, or a list of these.',
    returns: 'key',
    required: true,
    visibleWhen: (config) => config['mode'] === 'function',
    default: '',
  } satisfies FunctionField,
  partition: {
    kind: 'function',
    label: 'Channel for a key',
    help: 'Gets the key and the number of channels, and returns the number of one of them: 0 is the first.',
    returns: 'channel',
    required: true,
    default: '',
  } satisfies FunctionField,
} as const;

type CustomPartitionConfig = ConfigOf<typeof fields>;

export const customPartition = defineOperator({
  type: 'custom-partition',
  title: 'Custom partition',
  category: 'partitioning',
  summary: 'Sends each record to the subtask that your function chooses for its key.',
  keywords: ['partitioncustom', 'partitioner', 'route', 'distribute'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: (config) => ({ kind: 'custom', key: keyOf(config), partition: config.partition }),
  shapes: (config, inputs) => {
    const { schema } = inputs[0] ?? UNCONNECTED;
    return repartitioned('custom partition', inputs, [...keyProblems(config, schema), ...partitionProblems(config)]);
  },
  face: (config) => oneLine(config.partition),
});

function keyOf({ mode, column, selector }: CustomPartitionConfig): KeySelector {
  return mode === 'field' ? { kind: 'fields', fields: [column] } : { kind: 'function', source: selector, type: 'any' };
}

function keyProblems({ mode, column, selector }: CustomPartitionConfig, schema: Schema): readonly ConfigProblem[] {
  if (mode === 'function') return selector.trim() === '' ? [] : problemsOfField(checkFunction(selector, schema).problems, 'selector');
  if (fieldOf(schema, column)?.nullable !== true) return [];
  const message = `"${column}" can be null, and a record without a key stops the job. Filter such records out before, or use a function.`;
  return [{ severity: 'warning', code: 'key-nullable', message, field: 'column' }];
}

/** Its parameter is a key, of which no fields are known. */
function partitionProblems({ partition }: CustomPartitionConfig): readonly ConfigProblem[] {
  return partition.trim() === '' ? [] : problemsOfField(checkFunction(partition, EMPTY_SCHEMA).problems, 'partition');
}
