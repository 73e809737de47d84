import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { ChoiceField, ConfigOf, TextField } from '../fields.ts';

const fields = {
  format: {
    kind: 'choice',
    label: 'Format',
    help: 'How records are written.',
    options: [
      { value: 'csv', label: 'CSV', help: 'A header line with the field names, then one line per record.' },
      { value: 'ndjson', label: 'NDJSON', help: 'One JSON object per line.' },
    ],
    default: 'csv',
  } satisfies ChoiceField<'csv' | 'ndjson'>,
  fileName: {
    kind: 'text',
    label: 'File name',
    help: 'The name under which the file is downloaded. The ending is added where it is missing.',
    required: true,
    placeholder: 'result.csv',
    default: 'result',
  } satisfies TextField,
} as const;

export type FileSinkConfig = ConfigOf<typeof fields>;

/** Some file system refuses these; all refuse the control characters. */
const FORBIDDEN = '\\/:*?"<>|';

function nameOf({ fileName, format }: FileSinkConfig): string {
  const name = fileName.trim();
  if (name === '' || name.toLowerCase().endsWith(`.${format}`)) return name;
  return format === 'ndjson' && /\.(?:jsonl|json)$/i.test(name) ? name : `${name}.${format}`;
}

function problemsOf({ fileName }: FileSinkConfig): ConfigProblem[] {
  const found = Array.from(fileName).find((character) => FORBIDDEN.includes(character) || character < ' ');
  if (found === undefined) return [];
  const message = `A file name cannot hold ${JSON.stringify(found)}. Remove it from "File name".`;
  return [{ severity: 'error', code: 'file-name', message, field: 'fileName' }];
}

export const fileSink = defineOperator({
  type: 'file-sink',
  title: 'File sink',
  category: 'sink',
  summary: 'Writes the records it receives to a CSV or NDJSON file to download.',
  keywords: ['download', 'export', 'save', 'write', 'output', 'csv', 'ndjson', 'json', 'filesink', 'writeascsv'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [],
  delivery: (config) => ({ kind: 'file', format: config.format, fileName: nameOf(config) }),
  shapes: (config) => ({ ports: {}, problems: problemsOf(config) }),
  face: (config) => nameOf(config),
  load: () => import('./operator.ts'),
});
