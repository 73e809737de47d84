import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { ConfigProblem, OutputPort, StreamShape } from '../operators/definition.ts';
import type { ConfigOf, Fields } from '../operators/fields.ts';
import { isValidSliding } from '../windows/assigners/sliding-windows.ts';
import { isValidTumbling } from '../windows/assigners/tumbling-windows.ts';
import { BUILT_IN_EVICTOR_FIELDS, BUILT_IN_TRIGGER_FIELDS, LATENESS_FIELDS, TIME_FIELDS } from '../windows/config/window-fields.ts';
import { partProblems } from '../windows/config/part-problems.ts';
import { durationText, outOfRange } from '../windows/config/window-shapes.ts';

/** Side outputs of late records, by input. */
export const LATE_PORTS = ['late-left', 'late-right'] as const;

type Raw = Readonly<Record<string, unknown>>;
const isKind =
  (...kinds: readonly string[]) =>
  (config: Raw): boolean =>
    kinds.includes((config['windows'] as string | undefined) ?? 'tumbling');

const YEAR_MS = 365 * 86_400_000;

/** Which windows two streams meet in: the settings that window join and co-group share. */
export const JOIN_WINDOW_FIELDS = {
  windows: {
    kind: 'choice',
    label: 'Windows',
    help: 'Records of the two streams meet when they have the same key and are in the same window.',
    default: 'tumbling',
    options: [
      { value: 'tumbling', label: 'Tumbling', help: 'End to end: every record is in one.' },
      { value: 'sliding', label: 'Sliding', help: 'Overlapping: a record is in several, and pairs can repeat.' },
      { value: 'session', label: 'Session', help: 'They end when neither stream brought a record of the key for as long as the gap.' },
    ],
  },
  size: {
    kind: 'duration',
    label: 'Size',
    help: 'Length of every window.',
    default: 10_000,
    minMs: 1,
    visibleWhen: isKind('tumbling', 'sliding'),
  },
  slide: {
    kind: 'duration',
    label: 'Slide',
    help: 'A window begins this long after the one before.',
    default: 5000,
    minMs: 1,
    visibleWhen: isKind('sliding'),
  },
  gap: {
    kind: 'duration',
    label: 'Gap',
    help: 'How long without records, of either stream, ends a session.',
    default: 30_000,
    minMs: 1,
    visibleWhen: isKind('session'),
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where windows begin. Without it they are aligned to midnight UTC, 1 January 1970.',
    default: 0,
    minMs: -YEAR_MS,
    visibleWhen: isKind('tumbling', 'sliding'),
  },
  ...TIME_FIELDS,
  ...BUILT_IN_TRIGGER_FIELDS,
  ...BUILT_IN_EVICTOR_FIELDS,
  ...LATENESS_FIELDS,
} as const satisfies Fields;

export type JoinWindowConfig = ConfigOf<typeof JOIN_WINDOW_FIELDS>;

/** Both streams as one, of which triggers and evictors know event time only. */
function bothStreams(inputs: readonly StreamShape[]): StreamShape {
  return { schema: inputs[0]?.schema ?? EMPTY_SCHEMA, key: null, eventTime: inputs.every(({ eventTime }) => eventTime) };
}

export function joinWindowProblems(config: JoinWindowConfig, inputs: readonly StreamShape[]): readonly ConfigProblem[] {
  const { windows, size, slide, offset, time } = config;
  const problems: ConfigProblem[] = [];
  if (windows === 'tumbling' && !isValidTumbling(size, offset)) {
    problems.push(outOfRange('offset', `The offset must be smaller than the size (${durationText(size)}); it is ${durationText(offset)}.`));
  }
  if (windows === 'sliding' && !isValidSliding(size, slide, offset)) {
    problems.push(
      outOfRange('offset', `The offset must be smaller than the slide (${durationText(slide)}); it is ${durationText(offset)}.`),
    );
  }
  const traits = { hasBounds: true, isEventTime: time === 'event', isMerging: windows === 'session' };
  problems.push(...partProblems(config, bothStreams(inputs), traits));
  if (time === 'event') {
    for (const [i, input] of inputs.entries()) {
      if (input.eventTime || input.schema.fields.length === 0) continue;
      const message = `The ${i === 0 ? 'left' : 'right'} records have no event time. Add timestamps and watermarks upstream, or choose processing time.`;
      problems.push({ severity: 'error', code: 'no-event-time', message, port: i === 0 ? 'in1' : 'in2' });
    }
  }
  return problems;
}

export function hasLatePorts({ time, lateData }: JoinWindowConfig): boolean {
  return time === 'event' && lateData === 'side-output';
}

export function joinWindowPorts(config: JoinWindowConfig, title: string): readonly OutputPort[] {
  const late: readonly OutputPort[] = [
    { name: LATE_PORTS[0], title: 'Late left records', side: true },
    { name: LATE_PORTS[1], title: 'Late right records', side: true },
  ];
  return [{ name: 'out', title }, ...(hasLatePorts(config) ? late : [])];
}

/** Shapes of all ports, given that of the results. */
export function joinWindowShapes(
  config: JoinWindowConfig,
  inputs: readonly StreamShape[],
  schema: StreamShape['schema'],
): Readonly<Record<string, StreamShape>> {
  const eventTime = config.time === 'event' || inputs.every((input) => input.eventTime);
  const out: StreamShape = { schema, key: null, eventTime };
  if (!hasLatePorts(config)) return { out };
  const [left, right] = inputs.map((input): StreamShape => ({ schema: input.schema, key: null, eventTime: true }));
  return { out, [LATE_PORTS[0]]: left ?? out, [LATE_PORTS[1]]: right ?? out };
}

export function joinWindowText({ windows, size, slide, gap }: JoinWindowConfig): string {
  if (windows === 'session') return `gap ${durationText(gap)}`;
  return windows === 'sliding' ? `${durationText(size)} every ${durationText(slide)}` : durationText(size);
}
