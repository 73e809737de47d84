import type { Identity } from '../time/timer-service.ts';
import { assert } from '../util/assert.ts';
import { copyValue } from './copy-value.ts';
import { identityOf } from './identity-of.ts';
import { ListState } from './list-state.ts';
import type { MapContent } from './map-state.ts';
import { MapState } from './map-state.ts';
import type { KeyedStateSnapshot } from './snapshot.ts';
import type { ListStateDescriptor, MapStateDescriptor, StateKind, ValueStateDescriptor } from './state-descriptor.ts';
import type { StateTable } from './state-table.ts';
import { ValueState } from './value-state.ts';

/** The namespace of state that belongs to the key alone, not to one of its windows. */
export const VOID_NAMESPACE = '';

/** Layout of a snapshot's entries: everything of one key. `order` ranks keys by first appearance over all key groups. */
export type KeyedStateEntry = readonly [key: unknown, order: number, states: readonly StateEntry[]];
type StateEntry = readonly [stateName: string, kind: StateKind, cells: readonly CellEntry[]];
type CellEntry = readonly [namespace: unknown, content: unknown];

const SNAPSHOT_VERSION = 1;

interface Cell<N> {
  readonly namespace: N;
  content: unknown;
}

interface KeyContext<K, N> {
  readonly key: K;
  /** Cells by state name and identity of the namespace; neither level is ever empty. */
  readonly states: Map<string, Map<Identity, Cell<N>>>;
}

/**
 * State of a keyed operator on the heap (Flink: `HeapKeyedStateBackend`), for the specification path: one cell per state, key and namespace.
 * A key without any state is forgotten. Keys keep the order in which they (last) came to have state.
 */
export class KeyedStateBackend<K, N = typeof VOID_NAMESPACE> implements StateTable<N> {
  readonly #keyGroupOf: (key: K) => number;
  readonly #namespaceId: (namespace: N) => Identity;
  readonly #kinds = new Map<string, StateKind>();
  readonly #contexts = new Map<Identity, KeyContext<K, N>>();
  #currentKey: { readonly key: K; readonly id: Identity } | null = null;

  constructor(keyGroupOf: (key: K) => number, namespaceId: (namespace: N) => Identity = identityOf) {
    this.#keyGroupOf = keyGroupOf;
    this.#namespaceId = namespaceId;
  }

  setCurrentKey(key: K): void {
    this.#currentKey = { key, id: identityOf(key) };
  }

  get currentKey(): K {
    return this.#current().key;
  }

  /** Keys that have state. */
  get keyCount(): number {
    return this.#contexts.size;
  }

  keys(): readonly K[] {
    return [...this.#contexts.values()].map((context) => context.key);
  }

  /** Namespaces in which the current key has content in this state, in order of creation. */
  namespaces(stateName: string): readonly N[] {
    const cells = this.#contexts.get(this.#current().id)?.states.get(stateName);
    return cells === undefined ? [] : [...cells.values()].map((cell) => cell.namespace);
  }

  valueState<T>(descriptor: ValueStateDescriptor<T>, namespace: N): ValueState<T, N> {
    this.#declare(descriptor.name, descriptor.kind);
    return new ValueState(this, descriptor.name, namespace);
  }

  listState<T>(descriptor: ListStateDescriptor<T>, namespace: N): ListState<T, N> {
    this.#declare(descriptor.name, descriptor.kind);
    return new ListState(this, descriptor.name, namespace);
  }

  mapState<UK, UV>(descriptor: MapStateDescriptor<UK, UV>, namespace: N): MapState<UK, UV, N> {
    this.#declare(descriptor.name, descriptor.kind);
    return new MapState(this, descriptor.name, namespace);
  }

  read(stateName: string, namespace: N): unknown {
    return this.#contexts.get(this.#current().id)?.states.get(stateName)?.get(this.#namespaceId(namespace))?.content;
  }

  write(stateName: string, namespace: N, content: unknown): void {
    const { id, key } = this.#current();
    let context = this.#contexts.get(id);
    if (context === undefined) this.#contexts.set(id, (context = { key, states: new Map() }));
    let cells = context.states.get(stateName);
    if (cells === undefined) context.states.set(stateName, (cells = new Map<Identity, Cell<N>>()));
    const namespaceId = this.#namespaceId(namespace);
    const cell = cells.get(namespaceId);
    if (cell === undefined) cells.set(namespaceId, { namespace, content });
    else cell.content = content;
  }

  remove(stateName: string, namespace: N): void {
    const { id } = this.#current();
    const context = this.#contexts.get(id);
    const cells = context?.states.get(stateName);
    if (context === undefined || cells === undefined) return;
    cells.delete(this.#namespaceId(namespace));
    if (cells.size === 0) context.states.delete(stateName);
    if (context.states.size === 0) this.#contexts.delete(id);
  }

  snapshot(): KeyedStateSnapshot {
    const keyGroups = new Map<number, KeyedStateEntry[]>();
    let order = 0;
    for (const { key, states } of this.#contexts.values()) {
      const keyGroup = this.#keyGroupOf(key);
      let entries = keyGroups.get(keyGroup);
      if (entries === undefined) keyGroups.set(keyGroup, (entries = []));
      entries.push([copyValue(key), order++, [...states].map(([name, cells]) => this.#stateEntry(name, cells))]);
    }
    return { version: SNAPSHOT_VERSION, keyGroups };
  }

  /** Adds the keys of these key groups. States must have been declared before, so that kinds can be checked. */
  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === SNAPSHOT_VERSION, () => `keyed state of layout version ${snapshot.version} can be read`);
    const entries = [...snapshot.keyGroups.values()].flat() as KeyedStateEntry[];
    entries.sort((a, b) => a[1] - b[1]);
    for (const [key, , states] of entries) {
      this.setCurrentKey(copyValue(key) as K);
      for (const [stateName, kind, cells] of states) {
        this.#declare(stateName, kind);
        for (const [namespace, content] of cells) this.write(stateName, copyValue(namespace) as N, restored(kind, content));
      }
    }
    this.#currentKey = null;
  }

  #stateEntry(stateName: string, cells: ReadonlyMap<Identity, Cell<N>>): StateEntry {
    const kind = this.#kinds.get(stateName) as StateKind;
    return [stateName, kind, [...cells.values()].map((cell) => [copyValue(cell.namespace), saved(kind, cell.content)])];
  }

  #declare(stateName: string, kind: StateKind): void {
    const known = this.#kinds.get(stateName);
    assert(known === undefined || known === kind, () => `state "${stateName}" is a ${known} state, not also a ${kind} state`);
    this.#kinds.set(stateName, kind);
  }

  #current(): { readonly key: K; readonly id: Identity } {
    assert(this.#currentKey !== null, 'keyed state is used with a current key');
    return this.#currentKey;
  }
}

function saved(kind: StateKind, content: unknown): unknown {
  return kind === 'map' ? [...(content as MapContent<unknown, unknown>).values()].map(copyValue) : copyValue(content);
}

function restored(kind: StateKind, content: unknown): unknown {
  if (kind !== 'map') return copyValue(content);
  const entries = content as readonly (readonly [unknown, unknown])[];
  return new Map(entries.map(([key, value]) => [identityOf(key), [copyValue(key), copyValue(value)]]));
}
