import { assignerFields, assignerProblems } from '../../windows/config/assigner-fields.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  ...assignerFields(() => true),
  ...TIMED_WINDOW_FIELDS,
} as const satisfies Fields;

export type CustomWindowConfig = ConfigOf<typeof fields>;

export const customWindow = defineOperator({
  type: 'custom-window',
  title: 'Custom window',
  category: 'window',
  summary: 'Groups the records of each key into windows that your own code assigns.',
  keywords: ['window', 'WindowAssigner', 'MergingWindowAssigner', 'assignWindows', 'own', 'calendar'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, config.time === 'event'),
  stateful: true,
  shapes: (config, inputs) => {
    const traits = { hasBounds: true, isEventTime: config.time === 'event', isMerging: config.merging };
    const { ports, problems } = windowShapes(config, inputs, traits);
    return { ports, problems: [...assignerProblems(config.assigner, inputs[0]), ...problems] };
  },
  face: (config) => `assigned by code · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});
