import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ChoiceField, ColumnField, ConfigOf, DurationField } from '../fields.ts';

const fields = {
  timestampField: {
    kind: 'column',
    label: 'Timestamp field',
    help: 'Holds the time at which the event happened, in milliseconds since 1970.',
    accepts: ['timestamp', 'long', 'int', 'double'],
    required: true,
    default: '',
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
    ],
    default: 'bounded-out-of-orderness',
  } satisfies ChoiceField<'bounded-out-of-orderness' | 'ascending'>,
  maxOutOfOrdernessMs: {
    kind: 'duration',
    label: 'Maximum out-of-orderness',
    help: 'How far behind the highest timestamp so far a record may be. Windows wait so long before they fire.',
    minMs: 0,
    default: 5000,
    visibleWhen: (config) => config['strategy'] === 'bounded-out-of-orderness',
  } satisfies DurationField,
  onError: {
    kind: 'choice',
    label: 'When a record has no timestamp',
    help: 'What becomes of a record whose timestamp is null or not a number.',
    options: [
      { value: 'fail', label: 'Fail the job', help: 'Stops at this record and shows it.' },
      { value: 'skip', label: 'Skip the record', help: 'Drops the record, counts it and lists it with the reason.' },
    ],
    default: 'fail',
  } satisfies ChoiceField<'fail' | 'skip'>,
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
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records with event time' }],
  shapes: (_config, inputs) => ({
    // As in Flink, assigning timestamps ends a keyed stream.
    ports: { out: { schema: inputs[0]?.schema ?? EMPTY_SCHEMA, key: null, eventTime: true } },
    problems: [],
  }),
  face: (config) => {
    if (config.timestampField === '') return 'no field yet';
    return config.strategy === 'ascending'
      ? `${config.timestampField} · ascending`
      : `${config.timestampField} · ± ${durationText(config.maxOutOfOrdernessMs)}`;
  },
  load: () => import('./operator.ts'),
});

function durationText(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
