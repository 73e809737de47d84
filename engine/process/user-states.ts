import type { Identity } from '../time/timer-service.ts';
import { ExpiringCells } from '../state/expiring-cells.ts';
import { ExpiringListState } from '../state/expiring-list-state.ts';
import { ExpiringMapState } from '../state/expiring-map-state.ts';
import { AggregatingState } from '../state/aggregating-state.ts';
import type { KeyedBackend } from '../state/keyed-backend.ts';
import { VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import { ListState } from '../state/list-state.ts';
import { MapState } from '../state/map-state.ts';
import { ReducingState } from '../state/reducing-state.ts';
import type { AggregatingStateDescriptor, StateKind } from '../state/state-descriptor.ts';
import type { StateTable } from '../state/state-table.ts';
import type { StateTtl, TtlUpdate, TtlVisibility } from '../state/state-ttl.ts';
import { ValueState } from '../state/value-state.ts';

type Void = typeof VOID_NAMESPACE;
export type UserKey = Identity | null | readonly (Identity | null)[];

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
export class UserStates {
  readonly #backend: KeyedBackend | null;
  readonly #now: () => number;

  /** @param backend Null: the stream is not keyed. @param now Processing time, for time to live. */
  constructor(backend: KeyedBackend | null, now: () => number) {
    this.#backend = backend;
    this.#now = now;
  }

  getState(given: unknown): unknown {
    const { name, ttl } = descriptorOf(given, 'getState');
    const backend = this.#keyed();
    const state = backend.declare(name, 'value');
    const direct = ttl === null ? backend.directValueState?.(state) : undefined;
    return direct ?? new ValueState(this.#cells(ttl), state, VOID_NAMESPACE);
  }

  getListState(given: unknown): unknown {
    const { name, ttl } = descriptorOf(given, 'getListState');
    const backend = this.#keyed();
    const slot = backend.declare(name, 'list');
    return ttl === null ? new ListState(backend, slot, VOID_NAMESPACE) : new ExpiringListState(backend, slot, ttl, this.#now);
  }

  getMapState(given: unknown): unknown {
    const { name, ttl } = descriptorOf(given, 'getMapState');
    const backend = this.#keyed();
    const slot = backend.declare(name, 'map');
    return ttl === null ? new MapState(backend, slot, VOID_NAMESPACE) : new ExpiringMapState(backend, slot, ttl, this.#now);
  }

  getReducingState(descriptor: unknown): unknown {
    const { name, ttl, given } = descriptorOf(descriptor, 'getReducingState');
    const reduce = functionOf(given, 'reduce', 'getReducingState');
    return new ReducingState(this.#cells(ttl), this.#keyed().declare(name, 'reducing'), VOID_NAMESPACE, reduce.bind(given));
  }

  getAggregatingState(descriptor: unknown): unknown {
    const { name, ttl, given } = descriptorOf(descriptor, 'getAggregatingState');
    const [createAccumulator, add, getResult] = ['createAccumulator', 'add', 'getResult'].map((method) =>
      functionOf(given, method, 'getAggregatingState').bind(given),
    );
    const functions = { createAccumulator, add, getResult } as Omit<AggregatingStateDescriptor<unknown, unknown, unknown>, 'kind' | 'name'>;
    return new AggregatingState(this.#cells(ttl), this.#keyed().declare(name, 'aggregating'), VOID_NAMESPACE, functions);
  }

  /** Calls `apply(key, state)` for every key that has this state. There is no current key afterwards. */
  forEachKey(descriptor: unknown, apply: (key: unknown, state: unknown) => void): void {
    const { name } = descriptorOf(descriptor, 'applyToKeyedState');
    const backend = this.#keyed();
    const state = this.#stateOfKind(backend.kindOf(name) ?? 'value', descriptor);
    for (const key of backend.keysOf(name)) {
      backend.setCurrentKey(key);
      apply(key, state);
    }
    backend.clearCurrentKey();
  }

  #stateOfKind(kind: StateKind, descriptor: unknown): unknown {
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

  #cells(ttl: StateTtl | null): StateTable<Void> {
    const backend = this.#keyed();
    return ttl === null ? backend : new ExpiringCells(backend, ttl, this.#now);
  }

  #keyed(): KeyedBackend {
    if (this.#backend === null)
      throw new TypeError('Keyed state needs a keyed stream: put a key by before this operator, before each of its inputs if it has two.');
    return this.#backend;
  }
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
