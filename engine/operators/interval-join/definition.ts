import { oneLine } from '../../functions/check-function.ts';
import { durationText } from '../../windows/config/window-shapes.ts';
import { joinKeyProblems } from '../../joins/join-keys.ts';
import { JOINED_FIELDS, joinedSchemaOf } from '../../joins/joined-record.ts';
import type { JoinedSchema } from '../../joins/joined-record.ts';
import { SIDE_OUTPUTS } from '../../process/process-fields.ts';
import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Field, Schema } from '../../batch/schema.ts';
import type { ConfigProblem, OutputPort, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';
import {
  FIRST_CODE,
  PROCESS_JOIN_FUNCTION,
  PROCESS_JOIN_TYPES,
  processJoinProblems,
  schemaOfTag,
  tagProblems,
  usableTags,
} from './process-join.ts';

const YEAR_MS = 365 * 86_400_000;

/** Side outputs of late records, by input. */
export const LATE_PORTS = ['late-left', 'late-right'] as const;

/** Outputs that are no side outputs of the user's. */
export const RESERVED_PORTS = ['out', ...LATE_PORTS] as const;

type Raw = Readonly<Record<string, unknown>>;
const isProcess = (config: Raw): boolean => config['result'] === 'process';
const hasFunction = (config: Raw): boolean =>
  !isProcess(config) && typeof config['combine'] === 'string' && config['combine'].trim() !== '';

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
  result: {
    kind: 'choice',
    label: 'A pair gives',
    help: 'What comes out for two records that meet.',
    options: [
      { value: 'record', label: 'One record', help: 'The fields of both, or what a function of the two returns.' },
      { value: 'process', label: 'What code makes of it', help: 'Any number of records, and side outputs: a ProcessJoinFunction.' },
    ],
    default: 'record',
  },
  combine: { ...JOINED_FIELDS.combine, visibleWhen: (config) => !isProcess(config) },
  code: {
    kind: 'function',
    label: PROCESS_JOIN_FUNCTION.name,
    help: 'An object or a class with a method processElement(left, right, ctx, out). Give results to out.collect(record) and ctx.output(tag, value).',
    returns: 'object',
    required: true,
    types: PROCESS_JOIN_TYPES,
    default: FIRST_CODE,
    visibleWhen: isProcess,
  },
  schema: { ...JOINED_FIELDS.schema, visibleWhen: (config) => isProcess(config) || hasFunction(config) },
  sideOutputs: { ...SIDE_OUTPUTS, visibleWhen: isProcess },
  onError: {
    kind: 'choice',
    label: 'When the function throws',
    help: 'What becomes of a pair for which the function throws, or returns something that does not fit the output fields.',
    options: [
      { value: 'fail', label: 'Fail the job' },
      { value: 'skip', label: 'Skip the pair' },
    ],
    default: 'fail',
    visibleWhen: hasFunction,
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
    { name: 'out', title: config.result === 'process' ? 'Results' : 'Pairs' },
    ...tagsOf(config).map(({ name }) => ({ name, title: name, side: true })),
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
    const { schema, problems } = config.result === 'process' ? processedSchemaOf(config, left, right) : joinedSchemaOf(config, left, right);
    const shape = (of: typeof left): StreamShape => ({ schema: of, key: null, eventTime: true });
    const ports: Record<string, StreamShape> = { out: shape(schema) };
    for (const tag of tagsOf(config)) ports[tag.name] = shape(schemaOfTag(tag, left));
    if (config.lateData === 'side-output') Object.assign(ports, { [LATE_PORTS[0]]: shape(left), [LATE_PORTS[1]]: shape(right) });
    return { ports, problems: [...boundProblems(config), ...joinKeyProblems(inputs), ...problems] };
  },
  face: (config) => {
    const interval = `${config.lowerInclusive ? '[' : '('}${durationText(config.lowerBound)}, ${durationText(config.upperBound)}${config.upperInclusive ? ']' : ')'}`;
    if (config.result === 'process') return `${interval} · ${PROCESS_JOIN_FUNCTION.name}`;
    return config.combine.trim() === '' ? interval : `${interval} · ${oneLine(config.combine)}`;
  },
  load: () => import('./operator.ts'),
});

function tagsOf({ result, sideOutputs }: IntervalJoinConfig): readonly Field[] {
  return result === 'process' ? usableTags(sideOutputs, RESERVED_PORTS) : [];
}

/** What code collects cannot be read from its text, so it is declared. */
function processedSchemaOf({ code, schema, sideOutputs }: IntervalJoinConfig, left: Schema, right: Schema): JoinedSchema {
  const undeclared: readonly ConfigProblem[] =
    schema.length > 0
      ? []
      : [{ severity: 'error', code: 'output-unknown', message: 'Declare the fields of what the code collects.', field: 'schema' }];
  const problems = [...undeclared, ...processJoinProblems(code, left, right, sideOutputs), ...tagProblems(sideOutputs, RESERVED_PORTS)];
  return { schema: { fields: schema }, problems };
}

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
