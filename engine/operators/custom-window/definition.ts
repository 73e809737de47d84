import { problemsOfField } from '../../functions/check-function.ts';
import { checkObject } from '../../functions/check-object.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const TYPES =
  'interface UserObject { assignWindows(record: Input, timestamp: number, context: { readonly currentProcessingTime: number }): readonly { readonly start: number; readonly end: number }[]; [member: string]: any }';

const DEFAULT = `({
  assignWindows(record, timestamp, context) {
    const start = Math.floor(timestamp / 30000) * 30000;
    return [{ start, end: start + 30000 }];
  }
})`;

const fields = {
  assigner: {
    kind: 'function',
    label: 'Assigner',
    help: 'An object or class with assignWindows(record, timestamp, context), which returns the windows of a record: any number of { start, end }, in milliseconds, the end not included.',
    returns: 'object',
    types: TYPES,
    required: true,
    default: DEFAULT,
  },
  merging: {
    kind: 'boolean',
    label: 'Merge windows',
    help: 'Windows of one key that overlap or touch become one, as sessions do.',
    default: false,
  },
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
    return { ports, problems: [...assignerProblems(config, inputs[0]), ...problems] };
  },
  face: (config) => `assigned by code · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function assignerProblems({ assigner }: CustomWindowConfig, input: StreamShape | undefined): readonly ConfigProblem[] {
  if (assigner.trim() === '') return [];
  const howToWrite = 'Write "({ assignWindows: (record, timestamp) => [{ start: timestamp, end: timestamp + 1000 }] })".';
  const record = input?.schema ?? { fields: [] };
  const { problems } = checkObject(assigner, { howToWrite, methods: [{ name: 'assignWindows', required: true, record }] });
  return problemsOfField(problems, 'assigner');
}
