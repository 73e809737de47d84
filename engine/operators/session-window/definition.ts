import { gapFields, gapProblems } from '../../windows/config/assigner-fields.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { durationText, functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  ...gapFields(() => true),
  ...TIMED_WINDOW_FIELDS,
} as const satisfies Fields;

export type SessionWindowConfig = ConfigOf<typeof fields>;

export const sessionWindow = defineOperator({
  type: 'session-window',
  title: 'Session window',
  category: 'window',
  summary: 'Groups the records of each key into sessions, which end when nothing came for as long as the gap.',
  keywords: [
    'window',
    'EventTimeSessionWindows',
    'ProcessingTimeSessionWindows',
    'withGap',
    'withDynamicGap',
    'activity',
    'SESSION',
    'merge',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, config.time === 'event'),
  stateful: true,
  shapes: (config, inputs) => {
    const { ports, problems } = windowShapes(config, inputs, { hasBounds: true, isEventTime: config.time === 'event', isMerging: true });
    return { ports, problems: [...gapProblems(config, inputs[0]), ...problems] };
  },
  face: (config) => `gap ${config.gapKind === 'dynamic' ? 'by record' : durationText(config.gap)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});
