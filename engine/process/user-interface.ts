import type { Schema } from '../batch/schema.ts';
import type { InterfaceMethod, ObjectInterface } from '../functions/check-object.ts';
import { RUNTIME_CONTEXT_TYPES } from '../functions/runtime-context.ts';
import { STATE_TYPES } from '../state/user-states.ts';

/** How a method of user code takes an element and gives results. */
export type CallStyle =
  /** `(value, ctx, out)`, any number of results. */
  | 'process'
  /** `(value)`, returns the one result. */
  | 'map'
  /** `(value, out)`, any number of results. */
  | 'collect'
  /** `(value)`, returns whether the value goes on. */
  | 'filter';

export interface ElementMethod {
  readonly name: string;
  readonly style: CallStyle;
  /** Takes the elements of a broadcast stream: writes broadcast state and has no key. */
  readonly isBroadcast?: boolean;
}

/** One kind of process function: what the engine calls for the elements of each input, and whether there are timers. */
export interface FunctionKind {
  /** Flink's name. */
  readonly name: string;
  /** By input. */
  readonly elements: readonly ElementMethod[];
  readonly hasTimers: boolean;
  /** Keyed state and timers belong to the key of the first input's record. */
  readonly isKeyed: boolean;
}

export const PROCESS_FUNCTION: FunctionKind = {
  name: 'ProcessFunction',
  elements: [{ name: 'processElement', style: 'process' }],
  hasTimers: false,
  isKeyed: false,
};

export const KEYED_PROCESS_FUNCTION: FunctionKind = { ...PROCESS_FUNCTION, name: 'KeyedProcessFunction', hasTimers: true, isKeyed: true };

export const CO_PROCESS_FUNCTION: FunctionKind = {
  name: 'CoProcessFunction',
  elements: [
    { name: 'processElement1', style: 'process' },
    { name: 'processElement2', style: 'process' },
  ],
  // If both streams are keyed (Flink: `LegacyKeyedCoProcessOperator`).
  hasTimers: true,
  isKeyed: true,
};

export const KEYED_CO_PROCESS_FUNCTION: FunctionKind = { ...CO_PROCESS_FUNCTION, name: 'KeyedCoProcessFunction' };

export const RICH_MAP_FUNCTION: FunctionKind = {
  name: 'RichMapFunction',
  elements: [{ name: 'map', style: 'map' }],
  hasTimers: false,
  isKeyed: true,
};

export const RICH_FILTER_FUNCTION: FunctionKind = {
  name: 'RichFilterFunction',
  elements: [{ name: 'filter', style: 'filter' }],
  hasTimers: false,
  isKeyed: true,
};

export const RICH_FLAT_MAP_FUNCTION: FunctionKind = {
  name: 'RichFlatMapFunction',
  elements: [{ name: 'flatMap', style: 'collect' }],
  hasTimers: false,
  isKeyed: true,
};

export const CO_MAP_FUNCTION: FunctionKind = {
  name: 'CoMapFunction',
  elements: [
    { name: 'map1', style: 'map' },
    { name: 'map2', style: 'map' },
  ],
  hasTimers: false,
  isKeyed: true,
};

export const CO_FLAT_MAP_FUNCTION: FunctionKind = {
  name: 'CoFlatMapFunction',
  elements: [
    { name: 'flatMap1', style: 'collect' },
    { name: 'flatMap2', style: 'collect' },
  ],
  hasTimers: false,
  isKeyed: true,
};

export const BROADCAST_PROCESS_FUNCTION: FunctionKind = {
  name: 'BroadcastProcessFunction',
  elements: [
    { name: 'processElement', style: 'process' },
    { name: 'processBroadcastElement', style: 'process', isBroadcast: true },
  ],
  hasTimers: false,
  isKeyed: false,
};

export const KEYED_BROADCAST_PROCESS_FUNCTION: FunctionKind = {
  ...BROADCAST_PROCESS_FUNCTION,
  name: 'KeyedBroadcastProcessFunction',
  hasTimers: true,
  isKeyed: true,
};

const PARAMETERS: Readonly<Record<CallStyle, string>> = {
  process: '(value, ctx, out)',
  map: '(value)',
  collect: '(value, out)',
  filter: '(value)',
};

/** What the text of a user function is checked against. @param inputs Schemas of the inputs. */
export function objectInterface(kind: FunctionKind, inputs: readonly Schema[]): ObjectInterface {
  const elements = kind.elements.map(({ name }, i): InterfaceMethod => {
    const record = inputs[i];
    return record === undefined ? { name, required: true } : { name, required: true, record };
  });
  const others = ['open', 'close', 'initializeState', 'snapshotState', ...(kind.hasTimers ? ['onTimer'] : [])];
  const methods = kind.elements.map(({ name, style }) => `${name}${PARAMETERS[style]} { … }`).join(', ');
  return {
    howToWrite: `Write an object, "({ ${methods} })", or a class with ${kind.elements.length === 1 ? 'this method' : 'these methods'}.`,
    methods: [...elements, ...others.map((name) => ({ name }))],
  };
}

/** Which parameter of a method is the context; -1: it has none. */
export function contextParameter(kind: FunctionKind, method: string): number {
  if (kind.hasTimers && method === 'onTimer') return 1;
  return kind.elements.find(({ name }) => name === method)?.style === 'process' ? 1 : -1;
}

const CONTEXT_TYPES = [
  ...STATE_TYPES,
  ...RUNTIME_CONTEXT_TYPES,
  'interface OpenContext extends KeyedStates { getRuntimeContext(): RuntimeContext }',
  'interface StateContext { isRestored(): boolean; getKeyedStateStore(): KeyedStates; getOperatorStateStore(): { getListState<T = any>(descriptor: Descriptor): ListState<T>; getUnionListState<T = any>(descriptor: Descriptor): ListState<T>; getBroadcastState<K = any, V = any>(descriptor: MapDescriptor): MapState<K, V> } }',
  'interface TimerService { currentWatermark(): number; currentProcessingTime(): number; registerEventTimeTimer(time: number): void; registerProcessingTimeTimer(time: number): void; deleteEventTimeTimer(time: number): void; deleteProcessingTimeTimer(time: number): void }',
  'interface Collector { collect(record: { readonly [field: string]: unknown }): void }',
];

function contextType(kind: FunctionKind): string {
  const hasBroadcast = kind.elements.some(({ isBroadcast }) => isBroadcast === true);
  const members = [
    // Null without event time; where there is one, nobody should have to say so in every line.
    'timestamp(): number',
    'currentWatermark(): number',
    'currentProcessingTime(): number',
    'timerService(): TimerService',
    'output(tag: string, value: unknown): void',
    ...(kind.isKeyed ? ['getCurrentKey(): any'] : []),
    ...(hasBroadcast ? ['getBroadcastState<K = any, V = any>(descriptor: MapDescriptor): ReadOnlyMapState<K, V>'] : []),
  ];
  const timer = "interface OnTimerContext extends Context { timeDomain(): 'EVENT_TIME' | 'PROCESSING_TIME' }";
  const broadcast =
    "interface BroadcastContext extends Omit<Context, 'getBroadcastState' | 'getCurrentKey'> { getBroadcastState<K = any, V = any>(descriptor: MapDescriptor): MapState<K, V>; applyToKeyedState(descriptor: Descriptor, apply: (key: any, state: any) => void): void }";
  return `interface Context extends OpenContext { ${members.join('; ')} } ${timer}; ${broadcast}`;
}

/** TypeScript declarations of `UserObject`, on one line, for the editor. */
export function typesOf(kind: FunctionKind): string {
  const elements = kind.elements.map(({ name, style, isBroadcast }, i) => {
    const value = `value: ${i === 0 ? 'Input' : 'Input2'}`;
    if (style === 'map') return `${name}(${value}): { readonly [field: string]: unknown }`;
    if (style === 'filter') return `${name}(${value}): boolean`;
    if (style === 'collect') return `${name}(${value}, out: Collector): void`;
    return `${name}(${value}, ctx: ${isBroadcast === true ? 'BroadcastContext' : 'Context'}, out: Collector): void`;
  });
  const others = [
    'open?(ctx: OpenContext): void',
    'close?(): void',
    'initializeState?(ctx: StateContext): void',
    'snapshotState?(ctx: StateContext): void',
    ...(kind.hasTimers ? ['onTimer?(timestamp: number, ctx: OnTimerContext, out: Collector): void'] : []),
  ];
  // `this` may have anything: what a function keeps between calls is its own business.
  const object = `type UserObject = { ${[...elements, ...others].join('; ')}; [member: string]: any } & ThisType<any>`;
  return `${[...CONTEXT_TYPES, contextType(kind), object].join('; ')};`;
}
