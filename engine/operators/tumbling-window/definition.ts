import { isValidTumbling } from '../../windows/assigners/tumbling-windows.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { durationText, functionText, outOfRange, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;

const fields = {
  size: {
    kind: 'duration',
    label: 'Size',
    help: 'Length of every window. Windows lie end to end, so each record belongs to exactly one.',
    default: 10_000,
    minMs: 1,
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where windows begin. Without it they are aligned to midnight UTC, 1 January 1970. May be negative; must be smaller than the size.',
    default: 0,
    minMs: -YEAR_MS,
  },
  ...TIMED_WINDOW_FIELDS,
} as const satisfies Fields;

export type TumblingWindowConfig = ConfigOf<typeof fields>;

export const tumblingWindow = defineOperator({
  type: 'tumbling-window',
  title: 'Tumbling window',
  category: 'window',
  summary: 'Groups the records of each key into windows of fixed size, end to end, and emits a result per key and window.',
  keywords: [
    'window',
    'TumblingEventTimeWindows',
    'TumblingProcessingTimeWindows',
    'timeWindow',
    'aggregate',
    'group by',
    'TUMBLE',
    'sum',
    'average',
    'count',
    'late data',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, config.time === 'event'),
  stateful: true,
  shapes: (config, inputs) => {
    const { ports, problems } = windowShapes(config, inputs, { hasBounds: true, isEventTime: config.time === 'event', isMerging: false });
    return { ports, problems: [...offsetProblems(config), ...problems] };
  },
  face: (config) => `${durationText(config.size)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function offsetProblems({ size, offset }: TumblingWindowConfig): readonly ConfigProblem[] {
  if (isValidTumbling(size, offset)) return [];
  const message = `The offset must be smaller than the size of the window (${durationText(size)}); it is ${durationText(offset)}.`;
  return [outOfRange('offset', message)];
}
