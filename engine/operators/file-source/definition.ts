import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { OutputPort } from '../definition.ts';
import type { BooleanField, ChoiceField, ConfigOf, DataField, SchemaField } from '../fields.ts';

const isCsv = (config: Readonly<Record<string, unknown>>): boolean => config['format'] === 'csv';
const hasFields = (config: Readonly<Record<string, unknown>>): boolean => config['format'] !== 'text';

const fields = {
  data: {
    kind: 'data',
    label: 'File',
    help: 'Sample data of the pipeline, or a file of yours. It stays on this computer.',
    formats: ['csv', 'ndjson', 'parquet'],
    default: '',
  } satisfies DataField,
  format: {
    kind: 'choice',
    label: 'Format',
    options: [
      { value: 'csv', label: 'CSV', help: 'Values separated by a delimiter, one record per line.' },
      { value: 'ndjson', label: 'NDJSON', help: 'One JSON object per line.' },
      { value: 'text', label: 'Text lines', help: 'Every line is a record with one field, "line".' },
      { value: 'parquet', label: 'Parquet', help: 'Columns in row groups, with their types.' },
    ],
    default: 'csv',
  } satisfies ChoiceField<'csv' | 'ndjson' | 'text' | 'parquet'>,
  delimiter: {
    kind: 'choice',
    label: 'Delimiter',
    help: 'What stands between two values.',
    options: [
      { value: ',', label: 'Comma ,' },
      { value: ';', label: 'Semicolon ;' },
      { value: '\t', label: 'Tab' },
      { value: '|', label: 'Bar |' },
    ],
    default: ',',
    visibleWhen: isCsv,
  } satisfies ChoiceField<',' | ';' | '\t' | '|'>,
  header: {
    kind: 'boolean',
    label: 'The first line names the fields',
    help: 'With a header, columns are found by name. Without, they are those of the schema, in its order.',
    default: true,
    visibleWhen: isCsv,
  } satisfies BooleanField,
  schema: {
    kind: 'schema',
    label: 'Fields',
    help: 'The fields of a record with their types. Columns of the file that are not listed are left out.',
    default: [],
    visibleWhen: hasFields,
  } satisfies SchemaField,
  onMalformed: {
    kind: 'choice',
    label: 'Malformed lines',
    help: 'What becomes of a line (of Parquet: a row) that does not fit the fields.',
    options: [
      { value: 'skip', label: 'Skip and count', help: 'Leaves the line out, counts it and lists it with the reason.' },
      { value: 'side-output', label: 'Side output', help: 'The same, and sends line number, reason and text to a second output.' },
      { value: 'fail', label: 'Fail the job', help: 'Stops at the first such line and shows it.' },
    ],
    default: 'skip',
    visibleWhen: hasFields,
  } satisfies ChoiceField<'skip' | 'side-output' | 'fail'>,
} as const;

const FORMAT_NAMES = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' } as const;

export type FileSourceConfig = ConfigOf<typeof fields>;

export const MALFORMED_PORT = 'malformed';

const MALFORMED_SCHEMA: Schema = {
  fields: [
    { name: 'line', type: 'long' },
    { name: 'reason', type: 'string' },
    { name: 'raw', type: 'string' },
  ],
};

const LINE_SCHEMA: Schema = { fields: [{ name: 'line', type: 'string' }] };

/** No line of text is malformed. */
function hasMalformed(config: FileSourceConfig): boolean {
  return config.format !== 'text' && config.onMalformed === 'side-output';
}

function outputsOf(config: FileSourceConfig): readonly OutputPort[] {
  const out = { name: 'out', title: 'Records' };
  return hasMalformed(config) ? [out, { name: MALFORMED_PORT, title: 'Malformed lines', side: true }] : [out];
}

export const fileSource = defineOperator({
  type: 'file-source',
  title: 'File source',
  category: 'source',
  summary: 'Reads the records of a CSV, NDJSON, Parquet or text file.',
  keywords: [
    'csv',
    'tsv',
    'ndjson',
    'json',
    'jsonl',
    'parquet',
    'columnar',
    'read',
    'import',
    'input',
    'drop',
    'filesource',
    'readtextfile',
    'fromsource',
    'text',
    'lines',
  ],
  fields,
  inputs: [],
  outputs: outputsOf,
  bounded: () => true,
  shapes: (config) => {
    const shape = (schema: Schema) => ({ schema, key: null, eventTime: false });
    const out = shape(config.format === 'text' ? LINE_SCHEMA : { fields: config.schema });
    return {
      ports: hasMalformed(config) ? { out, [MALFORMED_PORT]: shape(MALFORMED_SCHEMA) } : { out },
      problems: [],
    };
  },
  face: ({ format, schema }) => {
    if (format === 'text') return 'Text lines';
    return `${FORMAT_NAMES[format]} · ${schema.length === 1 ? '1 field' : `${schema.length} fields`}`;
  },
  load: () => import('./operator.ts'),
});
