import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { FormatError } from '../../formats/format-error.ts';
import { firstMisfit, inlineRows } from '../../formats/inline-rows.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { ChoiceField, ConfigOf, SchemaField, TextField } from '../fields.ts';

const fields = {
  format: {
    kind: 'choice',
    label: 'Format',
    options: [
      {
        value: 'json',
        label: 'JSON',
        help: 'One JSON value per line, or one array of them. Values that are no objects become the field "value".',
      },
      { value: 'csv', label: 'CSV', help: 'Values separated by a delimiter, one record per line. The first line may name the fields.' },
    ],
    default: 'json',
  } satisfies ChoiceField<'json' | 'csv'>,
  rows: {
    kind: 'text',
    label: 'Rows',
    help: 'The records, in the order in which they are emitted.',
    multiline: true,
    required: true,
    default: '{"id": "a", "timestamp": 1735689600000, "value": 1}\n{"id": "b", "timestamp": 1735689601000, "value": 2}\n',
  } satisfies TextField,
  schema: {
    kind: 'schema',
    label: 'Fields',
    help: 'Leave this empty to read fields and types from the rows.',
    optional: true,
    default: [],
  } satisfies SchemaField,
} as const;

export type InlineSourceConfig = ConfigOf<typeof fields>;

export const inlineSource = defineOperator({
  type: 'inline-source',
  title: 'Inline rows',
  category: 'source',
  summary: 'Emits records that you type in.',
  keywords: ['fromelements', 'fromcollection', 'fromdata', 'values', 'literal', 'collection', 'typed', 'test data', 'json', 'csv'],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Records' }],
  bounded: () => true,
  shapes: (config) => {
    const { schema, problems } = outputOf(config);
    return { ports: { out: { schema, key: null, eventTime: false } }, problems };
  },
  face: (config) => {
    const lines = config.rows.split('\n').filter((line) => line.trim() !== '').length;
    return `${config.format === 'csv' ? 'CSV' : 'JSON'} · ${lines === 1 ? '1 line' : `${lines} lines`}`;
  },
  load: () => import('./operator.ts'),
});

function outputOf(config: InlineSourceConfig): { readonly schema: Schema; readonly problems: readonly ConfigProblem[] } {
  const declared: Schema = { fields: config.schema };
  if (config.rows.trim() === '') return { schema: declared, problems: [] };
  const problem = (code: string, message: string): ConfigProblem => ({ severity: 'error', code, message, field: 'rows' });
  try {
    const rows = inlineRows(config.rows, config.format);
    const schema = declared.fields.length > 0 ? declared : { fields: rows.fields };
    if (schema.fields.length === 0)
      return { schema, problems: [problem('no-fields', 'The rows have no fields. Write at least one value.')] };
    const misfit = firstMisfit(rows, schema);
    return { schema, problems: misfit === null ? [] : [problem('row-malformed', misfit)] };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { schema: declared.fields.length > 0 ? declared : EMPTY_SCHEMA, problems: [problem('rows-unreadable', error.message)] };
  }
}
