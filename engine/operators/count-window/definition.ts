import { FUNCTION_FIELDS } from '../../windows/config/window-fields.ts';
import { functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  size: { kind: 'number', label: 'Size', help: 'Records per window.', default: 100, min: 1, integer: true, unit: 'records' },
  slides: {
    kind: 'boolean',
    label: 'Sliding',
    help: 'Off: windows lie end to end, and only full ones emit. On: a result over the newest records whenever a number of new ones has come.',
    default: false,
  },
  slide: {
    kind: 'number',
    label: 'Slide',
    help: 'A result comes after every so many records of a key.',
    default: 10,
    min: 1,
    integer: true,
    unit: 'records',
    visibleWhen: (config) => config['slides'] === true,
  },
  ...FUNCTION_FIELDS,
} as const satisfies Fields;

export type CountWindowConfig = ConfigOf<typeof fields>;

export const countWindow = defineOperator({
  type: 'count-window',
  title: 'Count window',
  category: 'window',
  summary: 'Groups the records of each key into windows of a fixed number of records, end to end or sliding.',
  keywords: ['window', 'countWindow', 'last n', 'moving average', 'batch', 'GlobalWindows', 'CountTrigger', 'CountEvictor'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true }],
  outputs: (config) => windowPorts(config, false),
  stateful: true,
  shapes: (config, inputs) => windowShapes(config, inputs, { hasBounds: false, isEventTime: false, isMerging: false }),
  face: (config) => `${config.size} records${config.slides ? ` every ${config.slide}` : ''} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});
