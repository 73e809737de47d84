import { oneLine } from '../../functions/check-function.ts';
import { durationText } from '../../windows/config/window-shapes.ts';
import { joinKeyProblems } from '../../joins/join-keys.ts';
import { JOINED_FIELDS, joinedSchemaOf } from '../../joins/joined-record.ts';
import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { ConfigProblem, OutputPort, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;

/** Side outputs of late records, by input. */
export const LATE_PORTS = ['late-left', 'late-right'] as const;

const fields = {
  lowerBound: {
    kind: 'duration',
    label: 'From',
    help: 'The earliest a right record may be, counted from the left one. Negative: before it.',
    default: 0,
    minMs: -YEAR_MS,
    maxMs: YEAR_MS,
  },
  lowerInclusive: { kind: 'boolean', label: 'Including that moment', default: true },
  upperBound: {
    kind: 'duration',
    label: 'To',
    help: 'The latest a right record may be, counted from the left one. Negative: before it.',
    default: 10_000,
    minMs: -YEAR_MS,
    maxMs: YEAR_MS,
  },
  upperInclusive: { kind: 'boolean', label: 'Including that moment', default: true },
  ...JOINED_FIELDS,
  onError: {
    kind: 'choice',
    label: 'When the function throws',
    help: 'What becomes of a pair for which the function throws, or returns something that does not fit the output fields.',
    options: [
      { value: 'fail', label: 'Fail the job' },
      { value: 'skip', label: 'Skip the pair' },
    ],
    default: 'fail',
    visibleWhen: (config) => typeof config['combine'] === 'string' && config['combine'].trim() !== '',
  },
  lateData: {
    kind: 'choice',
    label: 'Late records',
    help: 'What happens to a record whose timestamp is before the watermark: partners of it may be gone.',
    options: [
      { value: 'drop', label: 'Drop and count' },
      { value: 'side-output', label: 'Send to the late output of its side' },
      { value: 'fail', label: 'Fail the job' },
    ],
    default: 'drop',
  },
} as const satisfies Fields;

export type IntervalJoinConfig = ConfigOf<typeof fields>;

export const intervalJoin = defineOperator({
  type: 'interval-join',
  title: 'Interval join',
  category: 'transformation',
  summary: 'Joins each record with those of another stream that have the same key and lie in an interval of event time around it.',
  keywords: ['join', 'intervalJoin', 'between', 'ProcessJoinFunction', 'two streams', 'correlate', 'match', 'inner join'],
  fields,
  inputs: [
    { name: 'in1', title: 'Left', keyed: true, eventTime: true },
    { name: 'in2', title: 'Right', keyed: true, eventTime: true },
  ],
  outputs: (config): readonly OutputPort[] => [
    { name: 'out', title: 'Pairs' },
    ...(config.lateData === 'side-output'
      ? [
          { name: LATE_PORTS[0], title: 'Late left records', side: true },
          { name: LATE_PORTS[1], title: 'Late right records', side: true },
        ]
      : []),
  ],
  stateful: true,
  shapes: (config, inputs) => {
    const [left = EMPTY_SCHEMA, right = EMPTY_SCHEMA] = inputs.map(({ schema }) => schema);
    const { schema, problems } = joinedSchemaOf(config, left, right);
    const late = (of: typeof left): StreamShape => ({ schema: of, key: null, eventTime: true });
    const out: StreamShape = { schema, key: null, eventTime: true };
    return {
      ports: config.lateData === 'side-output' ? { out, [LATE_PORTS[0]]: late(left), [LATE_PORTS[1]]: late(right) } : { out },
      problems: [...boundProblems(config), ...joinKeyProblems(inputs), ...problems],
    };
  },
  face: (config) => {
    const interval = `${config.lowerInclusive ? '[' : '('}${durationText(config.lowerBound)}, ${durationText(config.upperBound)}${config.upperInclusive ? ']' : ')'}`;
    return config.combine.trim() === '' ? interval : `${interval} · ${oneLine(config.combine)}`;
  },
  load: () => import('./operator.ts'),
});

function boundProblems({ lowerBound, upperBound, lowerInclusive, upperInclusive }: IntervalJoinConfig): readonly ConfigProblem[] {
  const problem = (severity: ConfigProblem['severity'], message: string): ConfigProblem[] => [
    { severity, code: 'out-of-range', message, field: 'upperBound' },
  ];
  const bounds = `${durationText(lowerBound)} to ${durationText(upperBound)}`;
  if (lowerBound > upperBound)
    return problem('error', `The interval ends before it begins: ${bounds}. Swap the two, or check their signs.`);
  const first = lowerInclusive ? lowerBound : lowerBound + 1;
  const last = upperInclusive ? upperBound : upperBound - 1;
  return first > last ? problem('warning', `No moment lies in the interval ${bounds} without its ends, so nothing is joined.`) : [];
}
