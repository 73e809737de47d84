import { isValidCumulating } from '../../windows/assigners/cumulating-windows.ts';
import { isValidSliding } from '../../windows/assigners/sliding-windows.ts';
import { isValidTumbling } from '../../windows/assigners/tumbling-windows.ts';
import { assignerFields, assignerProblems, gapFields, gapProblems } from '../../windows/config/assigner-fields.ts';
import {
  EVICTOR_FIELDS,
  FUNCTION_FIELDS,
  LATENESS_FIELDS,
  PROCESS_ALL_FIELD,
  TIME_FIELDS,
  TRIGGER_FIELDS,
} from '../../windows/config/window-fields.ts';
import { durationText, functionText, outOfRange, windowPorts, windowShapes } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;
type Raw = Readonly<Record<string, unknown>>;
const isOf =
  (...kinds: readonly string[]) =>
  (config: Raw): boolean =>
    kinds.includes(String(config['windows']));

const fields = {
  windows: {
    kind: 'choice',
    label: 'Windows',
    help: 'How records are grouped; each kind is described with the window of that name.',
    default: 'tumbling',
    options: [
      { value: 'tumbling', label: 'Tumbling' },
      { value: 'sliding', label: 'Sliding' },
      { value: 'cumulating', label: 'Cumulating' },
      { value: 'session', label: 'Session' },
      { value: 'global', label: 'Global (also by count)' },
      { value: 'custom', label: 'Custom: assigned by your own code' },
    ],
  },
  size: {
    kind: 'duration',
    label: 'Size',
    help: 'Length of a window; of cumulating windows the longest.',
    default: 10_000,
    minMs: 1,
    visibleWhen: isOf('tumbling', 'sliding', 'cumulating'),
  },
  slide: {
    kind: 'duration',
    label: 'Slide or step',
    help: 'Time between two window starts; of cumulating windows between two ends.',
    default: 5000,
    minMs: 1,
    visibleWhen: isOf('sliding', 'cumulating'),
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where windows begin. May be negative; must be smaller than the time between two window starts.',
    default: 0,
    minMs: -YEAR_MS,
    visibleWhen: isOf('tumbling', 'sliding', 'cumulating'),
  },
  ...gapFields(isOf('session')),
  ...assignerFields(isOf('custom')),
  ...TIME_FIELDS,
  ...FUNCTION_FIELDS,
  processor: PROCESS_ALL_FIELD,
  ...TRIGGER_FIELDS,
  ...EVICTOR_FIELDS,
  ...LATENESS_FIELDS,
} as const satisfies Fields;

export type WindowAllConfig = ConfigOf<typeof fields>;

const isEventTime = (config: WindowAllConfig): boolean => config.windows !== 'global' && config.time === 'event';

export const windowAll = defineOperator({
  type: 'window-all',
  title: 'Window over all',
  category: 'window',
  summary: 'Groups all records into windows, whatever their key, on one subtask.',
  keywords: [
    'window',
    'windowAll',
    'AllWindowedStream',
    'ProcessAllWindowFunction',
    'countWindowAll',
    'timeWindowAll',
    'non-keyed',
    'total',
  ],
  fields,
  inputs: [{ name: 'in', title: 'Records', asOneKey: true }],
  outputs: (config) => windowPorts(config, isEventTime(config)),
  stateful: true,
  fixedParallelism: 1,
  shapes: (config, inputs) => {
    const { ports, problems } = windowShapes(config, inputs, {
      hasBounds: config.windows !== 'global',
      isEventTime: isEventTime(config),
      isMerging: config.windows === 'session' || (config.windows === 'custom' && config.merging),
      isAll: true,
      needsTrigger: config.windows === 'global',
    });
    return { ports, problems: [...assignmentProblems(config, inputs[0]), ...sizeProblems(config), ...problems] };
  },
  face: (config) => `${kindText(config)} · ${functionText(config)}`,
  load: () => import('./operator.ts'),
});

function assignmentProblems(config: WindowAllConfig, input: StreamShape | undefined): readonly ConfigProblem[] {
  if (config.windows === 'session') return gapProblems(config, input);
  return config.windows === 'custom' ? assignerProblems(config.assigner, input) : [];
}

function kindText({ windows, size, slide, gapKind, gap }: WindowAllConfig): string {
  switch (windows) {
    case 'session':
      return gapKind === 'dynamic' ? 'gap by record' : `gap ${durationText(gap)}`;
    case 'custom':
      return 'assigned by code';
    case 'sliding':
      return `${durationText(size)} every ${durationText(slide)}`;
    case 'cumulating':
      return `up to ${durationText(size)} by ${durationText(slide)}`;
    case 'global':
      return 'global';
    default:
      return durationText(size);
  }
}

function sizeProblems({ windows, size, slide, offset }: WindowAllConfig): readonly ConfigProblem[] {
  switch (windows) {
    case 'tumbling':
      return isValidTumbling(size, offset)
        ? []
        : [outOfRange('offset', `The offset must be smaller than the size (${durationText(size)}).`)];
    case 'sliding':
      return isValidSliding(size, slide, offset)
        ? []
        : [outOfRange('offset', `The offset must be smaller than the slide (${durationText(slide)}).`)];
    case 'cumulating':
      if (isValidCumulating(size, slide, offset)) return [];
      return size % slide === 0
        ? [outOfRange('offset', `The offset must be smaller than the size (${durationText(size)}).`)]
        : [outOfRange('size', `The size must be a multiple of the step (${durationText(slide)}).`)];
    default:
      return [];
  }
}
