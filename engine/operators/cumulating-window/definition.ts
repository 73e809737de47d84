import { isValidCumulating } from '../../windows/assigners/cumulating-windows.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { durationText, functionText, outOfRange, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;

const fields = {
  maxSize: {
    kind: 'duration',
    label: 'Largest size',
    help: 'Length of the longest window; after it the next round begins. A multiple of the step.',
    default: 60_000,
    minMs: 1,
  },
  step: {
    kind: 'duration',
    label: 'Step',
    help: 'Every window of a round is this much longer than the one before.',
    default: 10_000,
    minMs: 1,
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where rounds begin. Without it they are aligned to midnight UTC, 1 January 1970. May be negative; must be smaller than the largest size.',
    default: 0,
    minMs: -YEAR_MS,
  },
  ...TIMED_WINDOW_FIELDS,
} as const satisfies Fields;

export type CumulatingWindowConfig = ConfigOf<typeof fields>;

export const cumulatingWindow = defineOperator({
  type: 'cumulating-window',
  title: 'Cumulating window',
  category: 'window',
  summary: 'Groups the records of each key into windows that begin together and grow by a step, until the next round begins.',
  keywords: ['window', 'CUMULATE', 'running total', 'so far today', 'aggregate'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, config.time === 'event'),
  stateful: true,
  shapes: (config, inputs) => {
    const { ports, problems } = windowShapes(config, inputs, { hasBounds: true, isEventTime: config.time === 'event', isMerging: false });
    return { ports, problems: [...sizeProblems(config), ...problems] };
  },
  face: (config) => `up to ${durationText(config.maxSize)} by ${durationText(config.step)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function sizeProblems({ maxSize, step, offset }: CumulatingWindowConfig): readonly ConfigProblem[] {
  if (isValidCumulating(maxSize, step, offset)) return [];
  if (maxSize % step !== 0) {
    return [
      outOfRange('maxSize', `The largest size must be a multiple of the step (${durationText(step)}); it is ${durationText(maxSize)}.`),
    ];
  }
  return [
    outOfRange('offset', `The offset must be smaller than the largest size (${durationText(maxSize)}); it is ${durationText(offset)}.`),
  ];
}
