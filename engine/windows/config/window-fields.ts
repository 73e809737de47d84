import { RUNTIME_CONTEXT_TYPES } from '../../functions/runtime-context.ts';
import type { ConfigOf, Fields } from '../../operators/fields.ts';
import { STATE_TYPES } from '../../state/user-states.ts';

/** The settings that all windows share: function, trigger, evictor, lateness. Every window operator adds how it assigns windows. */

type Raw = Readonly<Record<string, unknown>>;

/** Holds when the setting has one of the values; `fallback` is its default. */
function isOneOf(setting: string, fallback: string): (...values: readonly string[]) => (config: Raw) => boolean {
  return (...values) =>
    (config) =>
      values.includes((config[setting] as string | undefined) ?? fallback);
}

const isFunction = isOneOf('function', 'aggregates');
const isTrigger = isOneOf('trigger', 'default');
const isEvictor = isOneOf('evictor', 'none');

const WINDOW_TYPE = 'interface Window { readonly start: number; readonly end: number; readonly maxTimestamp: number }';
const STATE_TYPE = 'interface State { value(): any; update(value: any): void; clear(): void }';
const RECORD_TYPE = '{ readonly [field: string]: unknown }';

const PROCESS_TYPES = [
  WINDOW_TYPE,
  ...STATE_TYPES,
  ...RUNTIME_CONTEXT_TYPES,
  'interface OpenContext extends KeyedStates { getRuntimeContext(): RuntimeContext }',
  'interface Context { readonly window: Window; readonly currentWatermark: number; readonly currentProcessingTime: number; windowState(): KeyedStates; windowState<T = any>(descriptor: Descriptor): ValueState<T>; globalState(): KeyedStates; globalState<T = any>(descriptor: Descriptor): ValueState<T>; getRuntimeContext(): RuntimeContext; output(tag: string | { readonly id: string }, value: unknown): void }',
  `interface Collector { collect(record: ${RECORD_TYPE}): void }`,
];

const PROCESS_METHODS = 'open?(context: OpenContext): void; close?(): void; clear?(context: Context): void; [member: string]: any';

/** @param key Declaration of the parameter before the context. */
function processTypes(key: string): string {
  const process = `process(${key}context: Context, elements: readonly any[], out: Collector): void`;
  return [...PROCESS_TYPES, `interface UserObject { ${process}; ${PROCESS_METHODS} }`].join('; ');
}

const AGGREGATE_TYPES =
  'interface UserObject { createAccumulator(): any; add(record: Input, accumulator: any): any; getResult(accumulator: any): any; merge?(a: any, b: any): any; [member: string]: any }';

const TRIGGER_TYPES = [
  WINDOW_TYPE,
  STATE_TYPE,
  'interface Context { readonly currentWatermark: number; readonly currentProcessingTime: number; registerEventTimeTimer(time: number): void; deleteEventTimeTimer(time: number): void; registerProcessingTimeTimer(time: number): void; deleteProcessingTimeTimer(time: number): void; state(name: string): State; mergeState(name: string, merge: (a: any, b: any) => any): void }',
  // In a class, what a method returns is any string to TypeScript: the run refuses other words.
  "type Result = 'CONTINUE' | 'FIRE' | 'PURGE' | 'FIRE_AND_PURGE' | (string & {}) | void",
  'interface UserObject { onElement(record: Input, timestamp: number, window: Window, context: Context): Result; onEventTime?(time: number, window: Window, context: Context): Result; onProcessingTime?(time: number, window: Window, context: Context): Result; onMerge?(window: Window, context: Context): void; clear?(window: Window, context: Context): void; [member: string]: any }',
].join('; ');

const EVICTOR_TYPES = [
  WINDOW_TYPE,
  'interface Element { readonly value: Input; readonly timestamp: number }',
  'interface Context { readonly window: Window; readonly currentWatermark: number; readonly currentProcessingTime: number }',
  'interface UserObject { evictBefore?(elements: readonly Element[], context: Context): readonly Element[]; evictAfter?(elements: readonly Element[], context: Context): readonly Element[]; [member: string]: any }',
].join('; ');

export const FUNCTION_FIELDS = {
  function: {
    kind: 'choice',
    label: 'Function',
    help: 'What is made of the records of a window.',
    default: 'aggregates',
    options: [
      { value: 'aggregates', label: 'Aggregates', help: 'Counts, sums, averages and extremes; one row per key and window.' },
      { value: 'reduce', label: 'Reduce', help: 'Combines records two by two; one record is kept per window.' },
      { value: 'aggregate', label: 'Aggregate function', help: 'Folds records into an accumulator of your own; only that is kept.' },
      { value: 'process', label: 'Process function', help: 'Sees all records of the window at once; all of them are kept.' },
    ],
  },
  aggregates: {
    kind: 'aggregates',
    label: 'Aggregates',
    help: 'What is computed per key and window. Nulls are skipped; count counts records.',
    default: [{ fn: 'count', column: '', as: 'count' }],
    visibleWhen: isFunction('aggregates'),
  },
  reducer: {
    kind: 'function',
    label: 'Combine two records',
    help: 'Gets what was combined so far and the next record, and returns a record with the same fields.',
    returns: 'reduced',
    required: true,
    default: '',
    visibleWhen: isFunction('reduce'),
  },
  aggregator: {
    kind: 'function',
    label: 'Aggregate function',
    help: 'An object or class with createAccumulator(), add(record, accumulator), getResult(accumulator) and, for sessions, merge(a, b). add returns the new accumulator.',
    returns: 'object',
    types: AGGREGATE_TYPES,
    required: true,
    default: '',
    visibleWhen: isFunction('aggregate'),
  },
  processor: {
    kind: 'function',
    label: 'Process function',
    help: 'An object or class with process(key, context, elements, out), and clear(context) if it keeps state. Behind reduce or an aggregate function it is optional and sees their one result.',
    returns: 'object',
    types: processTypes('key: any, '),
    default: '',
    visibleWhen: isFunction('reduce', 'aggregate', 'process'),
  },
  schema: {
    kind: 'schema',
    label: 'Output fields',
    help: 'Fields and types of the records that the aggregate or process function emits.',
    optional: true,
    default: [],
    visibleWhen: isFunction('reduce', 'aggregate', 'process'),
  },
  sideOutputs: {
    kind: 'schema',
    label: 'Side outputs',
    help: 'One line per tag of "context.output(tag, value)" in the process function. Type "row": the value is a record like the input. Any other type: the value is put into a field "value".',
    optional: true,
    default: [],
    visibleWhen: isFunction('reduce', 'aggregate', 'process'),
  },
} as const satisfies Fields;

/** The same without a key (Flink: `ProcessAllWindowFunction`). */
export const PROCESS_ALL_FIELD = {
  ...FUNCTION_FIELDS.processor,
  help: FUNCTION_FIELDS.processor.help.replace('(key, ', '('),
  types: processTypes(''),
} as const;

export const TRIGGER_FIELDS = {
  trigger: {
    kind: 'choice',
    label: 'Trigger',
    help: 'When a window emits its result. Any other trigger than the default replaces it: nothing is emitted at the end of the window unless the trigger does it.',
    default: 'default',
    options: [
      { value: 'default', label: 'Default of the window' },
      { value: 'event-time', label: 'End of the window in event time' },
      { value: 'processing-time', label: 'End of the window in processing time' },
      { value: 'count', label: 'Every n records' },
      { value: 'continuous-event-time', label: 'At intervals of event time' },
      { value: 'continuous-processing-time', label: 'At intervals of processing time' },
      { value: 'delta', label: 'When records differ enough' },
      { value: 'end-of-stream', label: 'End of the input' },
      { value: 'custom', label: 'Written by you' },
    ],
  },
  triggerCount: {
    kind: 'number',
    label: 'Records',
    help: 'Fires with every record that completes this number.',
    default: 100,
    min: 1,
    integer: true,
    visibleWhen: isTrigger('count'),
  },
  triggerInterval: {
    kind: 'duration',
    label: 'Interval',
    help: 'Time between two firings, aligned to 1970.',
    default: 10_000,
    minMs: 1,
    visibleWhen: isTrigger('continuous-event-time', 'continuous-processing-time'),
  },
  triggerThreshold: {
    kind: 'number',
    label: 'Threshold',
    help: 'Fires when the difference is greater than this.',
    default: 1,
    visibleWhen: isTrigger('delta'),
  },
  triggerDelta: {
    kind: 'function',
    label: 'Difference',
    help: 'The difference between the record that fired last and the new one, for example "(a, b) => b.speed - a.speed".',
    returns: 'delta',
    required: true,
    default: '',
    visibleWhen: isTrigger('delta'),
  },
  customTrigger: {
    kind: 'function',
    label: 'Trigger',
    help: 'An object or class with onElement(record, timestamp, window, context), and as needed onEventTime(time, window, context), onProcessingTime, onMerge and clear. They return "CONTINUE", "FIRE", "PURGE" or "FIRE_AND_PURGE".',
    returns: 'object',
    types: TRIGGER_TYPES,
    required: true,
    default: '',
    visibleWhen: isTrigger('custom'),
  },
  purge: {
    kind: 'boolean',
    label: 'Purge when firing',
    help: 'Throws the contents of the window away with every firing, so that the next one only sees what came since.',
    default: false,
  },
} as const satisfies Fields;

export const EVICTOR_FIELDS = {
  evictor: {
    kind: 'choice',
    label: 'Evictor',
    help: 'Takes records out of a window that fires. With an evictor all records of a window are kept.',
    default: 'none',
    options: [
      { value: 'none', label: 'None' },
      { value: 'count', label: 'Keep the newest records' },
      { value: 'time', label: 'Keep the latest span of time' },
      { value: 'delta', label: 'Keep what is near the newest record' },
      { value: 'custom', label: 'Written by you' },
    ],
  },
  evictorCount: {
    kind: 'number',
    label: 'Records',
    help: 'So many records stay, the ones that arrived last.',
    default: 100,
    min: 1,
    integer: true,
    visibleWhen: isEvictor('count'),
  },
  evictorSpan: {
    kind: 'duration',
    label: 'Span',
    help: 'Records older than this stay no longer, measured back from the highest timestamp in the window.',
    default: 10_000,
    minMs: 1,
    visibleWhen: isEvictor('time'),
  },
  evictorThreshold: {
    kind: 'number',
    label: 'Threshold',
    help: 'Records that differ by at least this from the newest one go.',
    default: 1,
    visibleWhen: isEvictor('delta'),
  },
  evictorDelta: {
    kind: 'function',
    label: 'Difference',
    help: 'The difference between a record and the newest one, for example "(a, b) => b.speed - a.speed".',
    returns: 'delta',
    required: true,
    default: '',
    visibleWhen: isEvictor('delta'),
  },
  customEvictor: {
    kind: 'function',
    label: 'Evictor',
    help: 'An object or class with evictBefore(elements, context) and/or evictAfter(elements, context). Elements are { value, timestamp }; what is returned stays.',
    returns: 'object',
    types: EVICTOR_TYPES,
    required: true,
    default: '',
    visibleWhen: isEvictor('custom'),
  },
  evictAfter: {
    kind: 'boolean',
    label: 'Evict after the function',
    help: 'The function sees everything, and then records are taken out. Otherwise they are taken out first.',
    default: false,
    visibleWhen: isEvictor('count', 'time', 'delta'),
  },
} as const satisfies Fields;

/** Triggers that look at no record: for windows that hold records of two streams. */
export const BUILT_IN_TRIGGER_FIELDS = {
  trigger: {
    ...TRIGGER_FIELDS.trigger,
    options: TRIGGER_FIELDS.trigger.options.filter(({ value }) => value !== 'delta' && value !== 'custom'),
  },
  triggerCount: TRIGGER_FIELDS.triggerCount,
  triggerInterval: TRIGGER_FIELDS.triggerInterval,
  purge: TRIGGER_FIELDS.purge,
} as const satisfies Fields;

/** Evictors that look at no record. */
export const BUILT_IN_EVICTOR_FIELDS = {
  evictor: {
    ...EVICTOR_FIELDS.evictor,
    options: EVICTOR_FIELDS.evictor.options.filter(({ value }) => value !== 'delta' && value !== 'custom'),
  },
  evictorCount: EVICTOR_FIELDS.evictorCount,
  evictorSpan: EVICTOR_FIELDS.evictorSpan,
  evictAfter: EVICTOR_FIELDS.evictAfter,
} as const satisfies Fields;

const isEventTime = (config: Raw): boolean => (config['time'] ?? 'event') === 'event';

export const TIME_FIELDS = {
  time: {
    kind: 'choice',
    label: 'Time',
    help: 'The clock by which windows begin and end.',
    default: 'event',
    options: [
      { value: 'event', label: 'Event time', help: 'Timestamps of the records, and watermarks.' },
      {
        value: 'processing',
        label: 'Processing time',
        help: 'When records arrive here. Nothing is late, and results depend on the pace of the input.',
      },
    ],
  },
} as const satisfies Fields;

export const LATENESS_FIELDS = {
  allowedLateness: {
    kind: 'duration',
    label: 'Allowed lateness',
    help: 'How long after its result a window is kept. A record that arrives in this time is added and the corrected result is emitted again.',
    default: 0,
    minMs: 0,
    visibleWhen: isEventTime,
  },
  lateData: {
    kind: 'choice',
    label: 'Late records',
    help: 'What happens to a record all of whose windows are over, allowed lateness included.',
    default: 'drop',
    options: [
      { value: 'drop', label: 'Drop and count' },
      { value: 'side-output', label: 'Send to the "late" output' },
      { value: 'fail', label: 'Fail the job' },
    ],
    visibleWhen: isEventTime,
  },
} as const satisfies Fields;

/** Of windows that have a time. */
export const TIMED_WINDOW_FIELDS = {
  ...TIME_FIELDS,
  ...FUNCTION_FIELDS,
  ...TRIGGER_FIELDS,
  ...EVICTOR_FIELDS,
  ...LATENESS_FIELDS,
} as const satisfies Fields;

/** What the shared code needs of a configuration; windows without time or lateness leave out what they do not have. */
export type WindowFunctionConfig = ConfigOf<typeof FUNCTION_FIELDS>;
export type TriggerConfig = ConfigOf<typeof TRIGGER_FIELDS>;
export type EvictorConfig = ConfigOf<typeof EVICTOR_FIELDS>;
export type LatenessConfig = ConfigOf<typeof LATENESS_FIELDS>;
