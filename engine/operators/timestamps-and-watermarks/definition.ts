import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { checkFunction, problemsOfField } from '../../functions/check-function.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem } from '../definition.ts';
import type { BooleanField, ChoiceField, ColumnField, ConfigOf, DurationField, FunctionField, TextField } from '../fields.ts';
import { onFailureField } from '../on-failure-field.ts';

type RawConfig = Readonly<Record<string, unknown>>;

const usesStrategy =
  (...strategies: readonly string[]) =>
  (config: RawConfig): boolean =>
    strategies.includes(config['strategy'] as string);

const makesWatermarks = (config: RawConfig): boolean => config['strategy'] !== 'none';
const isAligned = (config: RawConfig): boolean => makesWatermarks(config) && config['alignmentGroup'] !== '';

const fields = {
  timestampSource: {
    kind: 'choice',
    label: 'Timestamps',
    help: 'Which time is the time of a record.',
    options: [
      { value: 'field', label: 'From a field', help: 'Event time: when it happened, as the record says.' },
      { value: 'arrival', label: 'Of its arrival', help: 'Ingestion time: the processing time at which the source read it.' },
    ],
    default: 'field',
  } satisfies ChoiceField<'field' | 'arrival'>,
  timestampField: {
    kind: 'column',
    label: 'Timestamp field',
    help: 'Holds the time at which the event happened, in milliseconds since 1970.',
    accepts: ['timestamp', 'long', 'int', 'double'],
    required: true,
    default: '',
    visibleWhen: (config) => config['timestampSource'] === 'field',
  } satisfies ColumnField,
  strategy: {
    kind: 'choice',
    label: 'Watermark strategy',
    help: 'What may be assumed of the order in which records arrive.',
    options: [
      {
        value: 'bounded-out-of-orderness',
        label: 'Bounded out-of-orderness',
        help: 'Records may arrive out of order, up to a bound. Later ones are late.',
      },
      { value: 'ascending', label: 'Ascending timestamps', help: 'Timestamps never go back. A record that does is late.' },
      { value: 'periodic', label: 'Periodic, your own', help: 'Every watermark interval a function says how far event time has come.' },
      { value: 'punctuated', label: 'Punctuated, your own', help: 'A function looks at every record and says whether it is a watermark.' },
      { value: 'none', label: 'No watermarks', help: 'Only timestamps. Event time stands still until the stream ends.' },
    ],
    default: 'bounded-out-of-orderness',
  } satisfies ChoiceField<'bounded-out-of-orderness' | 'ascending' | 'periodic' | 'punctuated' | 'none'>,
  maxOutOfOrdernessMs: {
    kind: 'duration',
    label: 'Maximum out-of-orderness',
    help: 'How far behind the highest timestamp so far a record may be. Windows wait so long before they fire.',
    minMs: 0,
    default: 5000,
    visibleWhen: usesStrategy('bounded-out-of-orderness'),
  } satisfies DurationField,
  periodicWatermark: {
    kind: 'function',
    label: 'Watermark so far',
    help: 'Gets { maxTimestamp, lastTimestamp } of the records so far and returns the watermark, or null for none. It is only emitted when it is higher than the last one.',
    returns: 'periodic-watermark',
    required: true,
    default: '(w) => w.maxTimestamp - 60000',
    visibleWhen: usesStrategy('periodic'),
  } satisfies FunctionField,
  punctuatedWatermark: {
    kind: 'function',
    label: 'Watermark after a record',
    help: 'Gets the record and returns the watermark that follows it, or null for none. It is only emitted when it is higher than the last one.',
    returns: 'watermark',
    required: true,
    default: '(r) => null',
    visibleWhen: usesStrategy('punctuated'),
  } satisfies FunctionField,
  period: {
    kind: 'choice',
    label: 'Watermark period',
    help: "The clock on which the job's watermark interval passes.",
    options: [
      { value: 'replay', label: 'On event time', help: 'With the timestamps of the records: the same watermarks at every speed and rate.' },
      {
        value: 'processing-time',
        label: 'On processing time',
        help: 'As in Flink: with the arrival of the records, however far apart their timestamps are.',
      },
    ],
    default: 'replay',
    visibleWhen: usesStrategy('bounded-out-of-orderness', 'ascending', 'periodic'),
  } satisfies ChoiceField<'replay' | 'processing-time'>,
  idleAfterMs: {
    kind: 'duration',
    label: 'Idle after',
    help: 'When no record has come for longer than this (processing time), nobody waits for watermarks from here until the next one. 0: wait for ever.',
    minMs: 0,
    default: 0,
    visibleWhen: makesWatermarks,
  } satisfies DurationField,
  perSplit: {
    kind: 'boolean',
    label: 'A watermark per split',
    help: 'Directly behind a source with several splits: each has its own watermark, and the lowest counts. A split that is behind makes no records late.',
    default: true,
    visibleWhen: usesStrategy('bounded-out-of-orderness', 'ascending', 'periodic', 'punctuated'),
  } satisfies BooleanField,
  alignmentGroup: {
    kind: 'text',
    label: 'Alignment group',
    help: 'Sources of one group stay together in event time: whoever is too far ahead of the slowest one pauses. Empty: this source waits for nobody.',
    placeholder: 'None',
    default: '',
    visibleWhen: makesWatermarks,
  } satisfies TextField,
  alignmentMaxDriftMs: {
    kind: 'duration',
    label: 'Maximum drift',
    help: 'How far the watermark may be ahead of the lowest one of the group. The same for all members.',
    minMs: 0,
    default: 60_000,
    visibleWhen: isAligned,
  } satisfies DurationField,
  alignmentUpdateIntervalMs: {
    kind: 'duration',
    label: 'Update interval',
    help: 'Processing time after which the members learn how far the others are. The same for all members.',
    minMs: 1,
    default: 1000,
    visibleWhen: isAligned,
  } satisfies DurationField,
  onError: onFailureField(
    'What becomes of a record whose timestamp is null or not a number, or for which your function throws.',
    'When a record has no timestamp',
  ),
} as const;

export type TimestampsAndWatermarksConfig = ConfigOf<typeof fields>;

export const timestampsAndWatermarks = defineOperator({
  type: 'timestamps-and-watermarks',
  title: 'Timestamps & watermarks',
  category: 'transformation',
  summary: 'Gives records their event time and says, by watermarks, how far event time has come.',
  keywords: [
    'assigntimestampsandwatermarks',
    'event time',
    'watermark',
    'watermarkstrategy',
    'out of order',
    'late',
    'forboundedoutoforderness',
    'formonotonoustimestamps',
    'forgenerator',
    'nowatermarks',
    'withidleness',
    'withwatermarkalignment',
    'alignment',
    'drift',
    'periodic',
    'punctuated',
    'idle',
    'ingestion time',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records with event time' }],
  shapes: (config, inputs) => {
    const schema = inputs[0]?.schema ?? EMPTY_SCHEMA;
    // As in Flink, assigning timestamps ends a keyed stream.
    const problems = [...functionProblems(config, schema), ...(inputs[0]?.key == null ? [] : [BEHIND_A_KEY])];
    return { ports: { out: { schema, key: null, eventTime: true } }, problems };
  },
  // All input is there before event time ends: nothing has to be guessed on the way.
  inBatch: (config) => ({ ...config, strategy: 'none' }),
  alignment: (config) => {
    const group = config.alignmentGroup.trim();
    if (group === '' || config.strategy === 'none') return null;
    return {
      group,
      maxDriftMs: config.alignmentMaxDriftMs,
      updateIntervalMs: config.alignmentUpdateIntervalMs,
      field: 'alignmentGroup',
    };
  },
  face: (config) => {
    const source = config.timestampSource === 'arrival' ? 'arrival' : config.timestampField;
    if (source === '') return 'no field yet';
    const strategy = config.strategy === 'bounded-out-of-orderness' ? `± ${durationText(config.maxOutOfOrdernessMs)}` : config.strategy;
    return `${source} · ${strategy}`;
  },
  load: () => import('./operator.ts'),
});

const BEHIND_A_KEY: ConfigProblem = {
  severity: 'warning',
  code: 'key-lost',
  message:
    'Timestamps end a keyed stream: what follows has no key. And where records come from several senders they are more out of order than at their source. Put this before the key by, as near to the source as possible.',
  port: 'in',
};

/** What a periodic function gets: the progress of its stream or split. */
const PROGRESS: Schema = {
  fields: [
    { name: 'maxTimestamp', type: 'timestamp' },
    { name: 'lastTimestamp', type: 'timestamp' },
  ],
};

function functionProblems(config: TimestampsAndWatermarksConfig, schema: Schema): readonly ConfigProblem[] {
  const check = (field: 'periodicWatermark' | 'punctuatedWatermark', parameter: Schema): readonly ConfigProblem[] =>
    config[field].trim() === '' ? [] : problemsOfField(checkFunction(config[field], parameter).problems, field);
  if (config.strategy === 'periodic') return check('periodicWatermark', PROGRESS);
  return config.strategy === 'punctuated' ? check('punctuatedWatermark', schema) : [];
}

function durationText(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
