import { checkFunction, problemsOfField } from '../../functions/check-function.ts';
import { TIMED_WINDOW_FIELDS } from '../../windows/config/window-fields.ts';
import { durationText, functionText, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const isDynamic = (config: Readonly<Record<string, unknown>>): boolean => config['gapKind'] === 'dynamic';

const fields = {
  gapKind: {
    kind: 'choice',
    label: 'Gap',
    help: 'How long without records ends a session.',
    default: 'fixed',
    options: [
      { value: 'fixed', label: 'The same for all records' },
      { value: 'dynamic', label: 'Computed from each record' },
    ],
  },
  gap: {
    kind: 'duration',
    label: 'Length of the gap',
    help: 'A record that comes exactly this long after the last one still belongs to the session.',
    default: 30_000,
    minMs: 1,
    visibleWhen: (config) => !isDynamic(config),
  },
  gapFunction: {
    kind: 'function',
    label: 'Gap after a record',
    help: 'In milliseconds, greater than 0, for example "(r) => (r.mobile ? 60000 : 10000)".',
    returns: 'number',
    required: true,
    default: '',
    visibleWhen: isDynamic,
  },
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
  face: (config) => `gap ${isDynamic(config) ? 'by record' : durationText(config.gap)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function gapProblems({ gapKind, gapFunction }: SessionWindowConfig, input: StreamShape | undefined): readonly ConfigProblem[] {
  if (gapKind !== 'dynamic' || gapFunction.trim() === '') return [];
  return problemsOfField(checkFunction(gapFunction, input?.schema ?? { fields: [] }).problems, 'gapFunction');
}
