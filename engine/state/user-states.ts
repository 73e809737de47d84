import type { FieldType } from '../batch/schema.ts';
import { FIELD_TYPES } from '../batch/schema.ts';
import { declaredType, withDeclaredType, withDeclaredTypes } from './declared-types.ts';
import { ExpiringCells } from './expiring-cells.ts';
import { ExpiringListState } from './expiring-list-state.ts';
import { ExpiringMapState } from './expiring-map-state.ts';
import { AggregatingState } from './aggregating-state.ts';
import type { KeyedBackend, StateHome } from './keyed-backend.ts';
import { VOID_NAMESPACE } from './keyed-state-backend.ts';
import { ListState } from './list-state.ts';
import { MapState } from './map-state.ts';
import { ReducingState } from './reducing-state.ts';
import type { AggregatingStateDescriptor, PlainStateKind } from './state-descriptor.ts';
import { plainKindOf, stateKind } from './state-descriptor.ts';
import type { StateTable } from './state-table.ts';
import type { StateTtl, TtlUpdate, TtlVisibility } from './state-ttl.ts';
import { ValueState } from './value-state.ts';

type Void = typeof VOID_NAMESPACE;

interface Descriptor {
  readonly name: string;
  readonly ttl: StateTtl | null;
  /** What the user gave; functions of reducing and aggregating state are among it. */
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * Keyed state as user code asks for it: by descriptor, a name or `{ name, ttl, … }`. The state objects always speak of the key of the element that
 * is being processed, so they may be made once in `open`.
 */
export class UserStateStore {
  readonly #home: StateHome | null;
  readonly #now: () => number;
  readonly #types = new Map<string, FieldType>();

  /** @param home Null: the stream is not keyed. @param now Processing time, for time to live. */
  constructor(home: StateHome | null, now: () => number) {
    this.#home = home;
    this.#now = now;
  }

  getState(given: unknown): unknown {
    const { name, ttl, given: declared } = descriptorOf(given, 'getState');
    const home = this.#needed();
    const state = home.declare(name, stateKind('value', ttl !== null));
    const direct = ttl === null ? home.directValueState?.(state) : undefined;
    return this.#typed(direct ?? new ValueState(this.#cells(ttl), state, VOID_NAMESPACE), name, declared);
  }

  getListState(given: unknown): unknown {
    const { name, ttl, given: declared } = descriptorOf(given, 'getListState');
    const home = this.#needed();
    const slot = home.declare(name, stateKind('list', ttl !== null));
    const list = ttl === null ? new ListState(home, slot, VOID_NAMESPACE) : new ExpiringListState(home, slot, ttl, this.#now);
    return this.#typed(list, name, declared);
  }

  getMapState(given: unknown): unknown {
    const { name, ttl, given: declared } = descriptorOf(given, 'getMapState');
    const home = this.#needed();
    const slot = home.declare(name, stateKind('map', ttl !== null));
    const map = ttl === null ? new MapState(home, slot, VOID_NAMESPACE) : new ExpiringMapState(home, slot, ttl, this.#now);
    const { keyType, valueType } = declared;
    return withDeclaredTypes(map, this.#type(keyType, `${name} keys`, name), this.#type(valueType, name, name), name);
  }

  getReducingState(descriptor: unknown): unknown {
    const { name, ttl, given } = descriptorOf(descriptor, 'getReducingState');
    const reduce = functionOf(given, 'reduce', 'getReducingState');
    const slot = this.#needed().declare(name, stateKind('reducing', ttl !== null));
    return this.#typed(new ReducingState(this.#cells(ttl), slot, VOID_NAMESPACE, reduce.bind(given)), name, given);
  }

  getAggregatingState(descriptor: unknown): unknown {
    const { name, ttl, given } = descriptorOf(descriptor, 'getAggregatingState');
    const [createAccumulator, add, getResult] = ['createAccumulator', 'add', 'getResult'].map((method) =>
      functionOf(given, method, 'getAggregatingState').bind(given),
    );
    const functions = { createAccumulator, add, getResult } as Omit<AggregatingStateDescriptor<unknown, unknown, unknown>, 'kind' | 'name'>;
    return new AggregatingState(
      this.#cells(ttl),
      this.#needed().declare(name, stateKind('aggregating', ttl !== null)),
      VOID_NAMESPACE,
      functions,
    );
  }

  #typed(state: object, name: string, { type }: Descriptor['given']): object {
    return withDeclaredType(state, this.#type(type, name, name), name);
  }

  /** @param place Where the type is declared: a state has one type in each. */
  #type(given: unknown, place: string, stateName: string): FieldType | null {
    const type = declaredType(given, stateName);
    if (type === null) return null;
    const known = this.#types.get(place) ?? type;
    if (known !== type) throw new TypeError(`State "${stateName}" is declared ${known} and ${type}. Use one descriptor for it everywhere.`);
    this.#types.set(place, type);
    return type;
  }

  #cells(ttl: StateTtl | null): StateTable<Void> {
    const home = this.#needed();
    return ttl === null ? home : new ExpiringCells(home, ttl, this.#now);
  }

  #needed(): StateHome {
    return keyed(this.#home);
  }
}

/** Those of a process function, which may also visit every key that has a state. */
export class UserStates extends UserStateStore {
  readonly #backend: KeyedBackend | null;

  /** @param backend Null: the stream is not keyed. @param now Processing time, for time to live. */
  constructor(backend: KeyedBackend | null, now: () => number) {
    super(backend, now);
    this.#backend = backend;
  }

  /** Calls `apply(key, state)` for every key that has this state. There is no current key afterwards. */
  forEachKey(descriptor: unknown, apply: (key: unknown, state: unknown) => void): void {
    const { name } = descriptorOf(descriptor, 'applyToKeyedState');
    const backend = keyed(this.#backend);
    const state = this.#stateOfKind(plainKindOf(backend.kindOf(name) ?? 'value'), descriptor);
    for (const key of backend.keysOf(name)) {
      backend.setCurrentKey(key);
      apply(key, state);
    }
    backend.clearCurrentKey();
  }

  #stateOfKind(kind: PlainStateKind, descriptor: unknown): unknown {
    switch (kind) {
      case 'list':
        return this.getListState(descriptor);
      case 'map':
        return this.getMapState(descriptor);
      case 'reducing':
        return this.getReducingState(descriptor);
      case 'aggregating':
        return this.getAggregatingState(descriptor);
      default:
        return this.getState(descriptor);
    }
  }
}

/** @throws when the stream is not keyed. */
function keyed<T>(backend: T | null): T {
  if (backend !== null) return backend;
  throw new TypeError('Keyed state needs a keyed stream: put a key by before this operator, before each of its inputs if it has two.');
}

/** TypeScript declarations of the states and of the methods that give them, for the editor. */
export const STATE_TYPES = [
  'interface ValueState<T = any> { value(): T | null; update(value: T | null): void; clear(): void }',
  'interface ListState<T = any> { get(): readonly T[]; add(element: T): void; addAll(elements: Iterable<T>): void; update(elements: Iterable<T>): void; clear(): void }',
  'interface ReadOnlyMapState<K = any, V = any> { get(key: K): V | null; contains(key: K): boolean; entries(): readonly (readonly [K, V])[]; keys(): readonly K[]; values(): readonly V[]; isEmpty(): boolean }',
  'interface MapState<K = any, V = any> extends ReadOnlyMapState<K, V> { put(key: K, value: V): void; putAll(entries: Iterable<readonly [K, V]>): void; remove(key: K): void; clear(): void }',
  'interface ReducingState<T = any> { get(): T | null; add(value: T): void; clear(): void }',
  'interface AggregatingState<I = any, O = any> { get(): O | null; add(value: I): void; clear(): void }',
  "type Ttl = number | { ms: number; update?: 'OnCreateAndWrite' | 'OnReadAndWrite' | 'Disabled'; visibility?: 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp' }",
  `type StateType = ${FIELD_TYPES.map((type) => `'${type}'`).join(' | ')}`,
  'type Descriptor = string | { name: string; type?: StateType; ttl?: Ttl }',
  'type MapDescriptor = string | { name: string; keyType?: StateType; valueType?: StateType; ttl?: Ttl }',
  'type ReducingDescriptor<T> = { name: string; type?: StateType; ttl?: Ttl; reduce(left: T, right: T): T }',
  'type AggregatingDescriptor<I, A, O> = { name: string; ttl?: Ttl; createAccumulator(): A; add(value: I, accumulator: A): A; getResult(accumulator: A): O }',
  'interface KeyedStates { getState<T = any>(descriptor: Descriptor): ValueState<T>; getListState<T = any>(descriptor: Descriptor): ListState<T>; getMapState<K = any, V = any>(descriptor: MapDescriptor): MapState<K, V>; getReducingState<T = any>(descriptor: ReducingDescriptor<T>): ReducingState<T>; getAggregatingState<I = any, A = any, O = any>(descriptor: AggregatingDescriptor<I, A, O>): AggregatingState<I, O> }',
];

/** Whether a function follows the clock. Its text decides, state that expires included, so it has to say so in plain words. */
export function speaksOfClock(code: string): boolean {
  return /ProcessingTime|\bttl\b/.test(code);
}

const UPDATES: readonly TtlUpdate[] = ['OnCreateAndWrite', 'OnReadAndWrite', 'Disabled'];
const VISIBILITIES: readonly TtlVisibility[] = ['NeverReturnExpired', 'ReturnExpiredIfNotCleanedUp'];

/** The name in a descriptor. */
export function stateNameOf(given: unknown, method: string): string {
  return descriptorOf(given, method).name;
}

function descriptorOf(given: unknown, method: string): Descriptor {
  if (typeof given === 'string' && given !== '') return { name: given, ttl: null, given: {} };
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  const { name, ttl } = fields;
  if (typeof name !== 'string' || name === '') throw new TypeError(`${method} needs the name of the state: ${method}({ name: 'last' }).`);
  return { name, ttl: ttl === undefined || ttl === null ? null : ttlOf(ttl, name), given: fields };
}

function ttlOf(ttl: unknown, name: string): StateTtl {
  const {
    ms,
    update = 'OnCreateAndWrite',
    visibility = 'NeverReturnExpired',
  } = (typeof ttl === 'object' ? ttl : { ms: ttl }) as Readonly<Record<string, unknown>>;
  const choice = <T>(value: unknown, choices: readonly T[], what: string): T => {
    const chosen = choices.find((one) => one === value);
    if (chosen === undefined) throw new TypeError(`"${what}" of the ttl of state "${name}" is one of ${choices.join(', ')}.`);
    return chosen;
  };
  if (typeof ms !== 'number' || !(ms > 0)) throw new TypeError(`The ttl of state "${name}" is a number of milliseconds above 0.`);
  return { ttlMs: ms, update: choice(update, UPDATES, 'update'), visibility: choice(visibility, VISIBILITIES, 'visibility') };
}

function functionOf(given: Readonly<Record<string, unknown>>, name: string, method: string): (...args: unknown[]) => unknown {
  const found = given[name];
  if (typeof found !== 'function') throw new TypeError(`${method} needs a function "${name}" in its descriptor.`);
  return found as (...args: unknown[]) => unknown;
}
