import { EVICTOR_FIELDS, FUNCTION_FIELDS, TRIGGER_FIELDS } from '../../windows/config/window-fields.ts';
import { functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  ...TRIGGER_FIELDS,
  trigger: {
    ...TRIGGER_FIELDS.trigger,
    default: 'count',
    help: 'When the window emits its result. A global window never does so by itself.',
  },
  ...FUNCTION_FIELDS,
  ...EVICTOR_FIELDS,
} as const satisfies Fields;

export type GlobalWindowConfig = ConfigOf<typeof fields>;

export const globalWindow = defineOperator({
  type: 'global-window',
  title: 'Global window',
  category: 'window',
  summary: 'Puts all records of each key into one window that lasts for ever, and emits when its trigger says so.',
  keywords: ['window', 'GlobalWindows', 'trigger', 'evictor', 'delta', 'custom trigger', 'end of stream'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, false),
  stateful: true,
  shapes: (config, inputs) => windowShapes(config, inputs, { hasBounds: false, isEventTime: false, isMerging: false, needsTrigger: true }),
  face: (config) => `${config.trigger.replaceAll('-', ' ')} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});
