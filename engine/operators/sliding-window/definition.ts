import { isValidSliding } from '../../windows/assigners/sliding-windows.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { durationText, functionText, outOfRange, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;

const fields = {
  size: { kind: 'duration', label: 'Size', help: 'Length of every window.', default: 60_000, minMs: 1 },
  slide: {
    kind: 'duration',
    label: 'Slide',
    help: 'A window begins this long after the one before. Shorter than the size: windows overlap, and a record is in several.',
    default: 10_000,
    minMs: 1,
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where windows begin. Without it they are aligned to midnight UTC, 1 January 1970. May be negative; must be smaller than the slide.',
    default: 0,
    minMs: -YEAR_MS,
  },
  ...TIMED_WINDOW_FIELDS,
} as const satisfies Fields;

export type SlidingWindowConfig = ConfigOf<typeof fields>;

export const slidingWindow = defineOperator({
  type: 'sliding-window',
  title: 'Sliding window',
  category: 'window',
  summary: 'Groups the records of each key into overlapping windows of fixed size that begin at regular intervals.',
  keywords: [
    'window',
    'SlidingEventTimeWindows',
    'SlidingProcessingTimeWindows',
    'timeWindow',
    'hopping',
    'HOP',
    'moving average',
    'aggregate',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, config.time === 'event'),
  stateful: true,
  shapes: (config, inputs) => {
    const { ports, problems } = windowShapes(config, inputs, { hasBounds: true, isEventTime: config.time === 'event', isMerging: false });
    return { ports, problems: [...offsetProblems(config), ...problems] };
  },
  face: (config) => `${durationText(config.size)} every ${durationText(config.slide)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function offsetProblems({ size, slide, offset }: SlidingWindowConfig): readonly ConfigProblem[] {
  if (isValidSliding(size, slide, offset)) return [];
  return [outOfRange('offset', `The offset must be smaller than the slide (${durationText(slide)}); it is ${durationText(offset)}.`)];
}
