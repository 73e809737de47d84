import type { Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { ChoiceField, ConfigOf, TextField } from '../fields.ts';
import { COUNT_FIELD, GENERATOR_FIELDS, recordsPerSecondField, startTimeField } from '../generator-fields.ts';
import { wordsOf } from './words-of.ts';

const fields = {
  text: {
    kind: 'text',
    label: 'Text',
    help: 'Its words, in lower case and without punctuation, are what is emitted.',
    required: true,
    default: 'To be, or not to be, that is the question',
  } satisfies TextField,
  order: {
    kind: 'choice',
    label: 'Order',
    help: 'In which order the words come.',
    options: [
      { value: 'text', label: 'As in the text', help: 'From the first word to the last, and again from the first.' },
      { value: 'random', label: 'Random', help: 'Any word of the text, frequent ones more often.' },
    ],
    default: 'text',
  } satisfies ChoiceField<'text' | 'random'>,
  count: COUNT_FIELD,
  recordsPerSecond: recordsPerSecondField('In event time as well as in processing time.'),
  startTime: startTimeField(
    'Event time of the first word, in milliseconds since 1970. 1735689600000 is 1 January 2025, 00:00 UTC.',
    1_735_689_600_000,
  ),
  ...GENERATOR_FIELDS,
} as const;

export type WordSourceConfig = ConfigOf<typeof fields>;

const SCHEMA: Schema = {
  fields: [
    { name: 'word', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
  ],
};

function problemsOf({ text }: WordSourceConfig): ConfigProblem[] {
  if (text.trim() === '' || wordsOf(text).length > 0) return [];
  return [{ severity: 'error', code: 'no-words', message: 'The text has no words. Write at least one.', field: 'text' }];
}

export const wordSource = defineOperator({
  type: 'word-source',
  title: 'Words',
  category: 'source',
  summary: 'Generates the words of a text, again and again.',
  keywords: ['wordcount', 'text', 'sentence', 'generate', 'demo', 'sample', 'count'],
  fields,
  inputs: [],
  outputs: () => [{ name: 'out', title: 'Words' }],
  bounded: (config) => config.count > 0,
  arrivalIntervalMs: (config) => 1000 / config.recordsPerSecond,
  shapes: (config) => ({
    ports: { out: { schema: SCHEMA, key: null, eventTime: false, splits: config.splits } },
    problems: problemsOf(config),
  }),
  face: ({ text, order }) => `${wordsOf(text).length} words${order === 'random' ? ' · random' : ''}`,
  load: () => import('./operator.ts'),
});
