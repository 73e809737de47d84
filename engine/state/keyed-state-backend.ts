import type { Identity } from '../time/timer-service.ts';
import { assert } from '../util/assert.ts';
import { AggregatingState } from './aggregating-state.ts';
import { copyValue } from './copy-value.ts';
import { identityOf } from './identity-of.ts';
import { ListState } from './list-state.ts';
import type { MapContent } from './map-state.ts';
import { MapState } from './map-state.ts';
import { ReducingState } from './reducing-state.ts';
import type { KeyedStateSnapshot } from './snapshot.ts';
import { StateNames } from './state-names.ts';
import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  StateKind,
  ValueStateDescriptor,
} from './state-descriptor.ts';
import { plainKindOf } from './state-descriptor.ts';
import type { StateTable } from './state-table.ts';
import { ValueState } from './value-state.ts';

/** The namespace of state that belongs to the key alone, not to one of its windows. */
export const VOID_NAMESPACE = '';

/** Layout of a snapshot's entries: everything of one key. `order` ranks keys by first appearance over all key groups. */
export type KeyedStateEntry = readonly [key: unknown, order: number, states: readonly StateEntry[]];
type StateEntry = readonly [stateName: string, kind: StateKind, cells: readonly CellEntry[]];
type CellEntry = readonly [namespace: unknown, content: unknown];

export const KEYED_STATE_VERSION = 1;

interface Cell<N> {
  readonly namespace: N;
  content: unknown;
}

/**
 * Everything of one key. State of the key alone, the usual case, takes one place in an array: a million keys are a million of these, so a
 * `Map` per key and state would cost more than the state.
 */
interface KeyContext<K, N> {
  readonly key: K;
  readonly id: Identity;
  /** Content in the void namespace, by slot; undefined = empty. */
  readonly own: unknown[];
  /** Cells of other namespaces by slot and identity. */
  named: (Map<Identity, Cell<N>> | undefined)[] | null;
  /** Cells that are not empty. 0: the context goes. */
  cellCount: number;
}

/**
 * Thrown where keyed state is used without a key: while an element of a broadcast stream is processed, or in `open`. The message is for the
 * person who wrote the function.
 */
export class NoCurrentKeyError extends Error {
  constructor() {
    super(
      'There is no current key here: keyed state belongs to the key of a record, and can be used only while one (or its timer) is processed.',
    );
    this.name = 'NoCurrentKeyError';
  }
}

/**
 * State of a keyed operator on the heap (Flink: `HeapKeyedStateBackend`): one cell per state, key and namespace. A key without any state is
 * forgotten. Keys keep the order in which they (last) came to have state.
 */
export class KeyedStateBackend<K, N = typeof VOID_NAMESPACE> implements StateTable<N> {
  readonly #keyGroupOf: (key: K) => number;
  readonly #namespaceId: (namespace: N) => Identity;
  readonly #names = new StateNames();
  readonly #contexts = new Map<Identity, KeyContext<K, N>>();
  readonly #sweeps = new Map<number, MapIterator<KeyContext<K, N>>>();
  #hasKey = false;
  #key: K | undefined;
  #id: Identity = '';
  /** Of the current key; undefined while it has no state. */
  #context: KeyContext<K, N> | undefined;

  constructor(keyGroupOf: (key: K) => number, namespaceId: (namespace: N) => Identity = identityOf) {
    this.#keyGroupOf = keyGroupOf;
    this.#namespaceId = namespaceId;
  }

  setCurrentKey(key: K): void {
    this.#hasKey = true;
    this.#key = key;
    this.#id = identityOf(key);
    this.#context = this.#contexts.get(this.#id);
  }

  /** From here on keyed state cannot be used. */
  clearCurrentKey(): void {
    this.#hasKey = false;
    this.#key = undefined;
    this.#context = undefined;
  }

  get hasCurrentKey(): boolean {
    return this.#hasKey;
  }

  /** @throws NoCurrentKeyError */
  get currentKey(): K {
    if (!this.#hasKey) throw new NoCurrentKeyError();
    return this.#key as K;
  }

  /** Keys that have state. */
  get keyCount(): number {
    return this.#contexts.size;
  }

  keys(): readonly K[] {
    return [...this.#contexts.values()].map((context) => context.key);
  }

  /** Keys that have content in this state, outside of namespaces. */
  keysOf(stateName: string): readonly K[] {
    const slot = this.#names.indexOf(stateName);
    return [...this.#contexts.values()].flatMap((context) => (context.own[slot] === undefined ? [] : [context.key]));
  }

  /** Undefined: no state of this name was declared or restored. */
  kindOf(stateName: string): StateKind | undefined {
    return this.#names.kindOf(stateName);
  }

  /** Slots of the states, declared or restored, whose names are accepted. */
  statesNamed(accepts: (stateName: string) => boolean): readonly number[] {
    return this.#names.named(accepts);
  }

  /** Namespaces in which the current key has content in this state, in order of creation. */
  namespaces(stateName: string): readonly N[] {
    if (!this.#hasKey) throw new NoCurrentKeyError();
    const slot = this.#names.indexOf(stateName);
    const own = this.#context?.own[slot] === undefined ? [] : [VOID_NAMESPACE as N];
    return [...own, ...[...(this.#context?.named?.[slot]?.values() ?? [])].map((cell) => cell.namespace)];
  }

  valueState<T>(descriptor: ValueStateDescriptor<T>, namespace: N): ValueState<T, N> {
    return new ValueState(this, this.declare(descriptor.name, descriptor.kind), namespace);
  }

  listState<T>(descriptor: ListStateDescriptor<T>, namespace: N): ListState<T, N> {
    return new ListState(this, this.declare(descriptor.name, descriptor.kind), namespace);
  }

  mapState<UK, UV>(descriptor: MapStateDescriptor<UK, UV>, namespace: N): MapState<UK, UV, N> {
    return new MapState(this, this.declare(descriptor.name, descriptor.kind), namespace);
  }

  reducingState<T>(descriptor: ReducingStateDescriptor<T>, namespace: N): ReducingState<T, N> {
    return new ReducingState(this, this.declare(descriptor.name, descriptor.kind), namespace, descriptor.reduce);
  }

  aggregatingState<IN, ACC, OUT>(descriptor: AggregatingStateDescriptor<IN, ACC, OUT>, namespace: N): AggregatingState<IN, ACC, OUT, N> {
    return new AggregatingState(this, this.declare(descriptor.name, descriptor.kind), namespace, descriptor);
  }

  /** The slot of a state. @throws when there is a state of this name and another kind. */
  declare(stateName: string, kind: StateKind): number {
    return this.#names.declare(stateName, kind);
  }

  read(slot: number, namespace: N): unknown {
    const context = this.#context;
    if (context === undefined) {
      if (!this.#hasKey) throw new NoCurrentKeyError();
      return undefined;
    }
    if (namespace === VOID_NAMESPACE) return context.own[slot];
    return context.named?.[slot]?.get(this.#namespaceId(namespace))?.content;
  }

  readLive(slot: number, namespace: N): unknown {
    return this.read(slot, namespace);
  }

  write(slot: number, namespace: N, content: unknown): void {
    if (content === undefined) {
      this.remove(slot, namespace);
      return;
    }
    const context = this.#context ?? this.#newContext();
    if (namespace === VOID_NAMESPACE) {
      if (context.own[slot] === undefined) context.cellCount++;
      context.own[slot] = content;
      return;
    }
    context.named ??= [];
    const cells = (context.named[slot] ??= new Map<Identity, Cell<N>>());
    const namespaceId = this.#namespaceId(namespace);
    const cell = cells.get(namespaceId);
    if (cell !== undefined) {
      cell.content = content;
      return;
    }
    cells.set(namespaceId, { namespace, content });
    context.cellCount++;
  }

  remove(slot: number, namespace: N): void {
    const context = this.#context;
    if (context === undefined) {
      if (!this.#hasKey) throw new NoCurrentKeyError();
      return;
    }
    if (namespace === VOID_NAMESPACE) {
      if (context.own[slot] === undefined) return;
      context.own[slot] = undefined;
    } else if (context.named?.[slot]?.delete(this.#namespaceId(namespace)) !== true) return;
    else if (context.named[slot].size === 0) context.named[slot] = undefined;
    this.#lostCell(context);
  }

  /**
   * Looks at this state of the next few keys, round and round: `clean` says what of the content stays, undefined for nothing. So that
   * what expired goes also for keys that never come again.
   */
  sweep(slot: number, keyCount: number, clean: (content: unknown) => unknown): void {
    for (let i = 0; i < keyCount; i++) {
      const iterator = this.#sweeps.get(slot) ?? this.#contexts.values();
      const { value: context, done } = iterator.next();
      if (done === true) this.#sweeps.delete(slot);
      else this.#sweeps.set(slot, iterator);
      const content = context?.own[slot];
      if (context === undefined || content === undefined) continue;
      context.own[slot] = clean(content);
      if (context.own[slot] === undefined) this.#lostCell(context);
    }
  }

  snapshot(): KeyedStateSnapshot {
    const keyGroups = new Map<number, KeyedStateEntry[]>();
    const slots = this.#names.byName();
    let order = 0;
    for (const context of this.#contexts.values()) {
      const keyGroup = this.#keyGroupOf(context.key);
      let entries = keyGroups.get(keyGroup);
      if (entries === undefined) keyGroups.set(keyGroup, (entries = []));
      entries.push([copyValue(context.key), order++, slots.flatMap((slot) => this.#stateEntry(context, slot))]);
    }
    return { version: KEYED_STATE_VERSION, keyGroups };
  }

  /** Adds the keys of these key groups. A state that is declared later must be of the kind it was. */
  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === KEYED_STATE_VERSION, () => `keyed state of layout version ${snapshot.version} can be read`);
    const entries = [...snapshot.keyGroups.values()].flat() as KeyedStateEntry[];
    entries.sort((a, b) => a[1] - b[1]);
    for (const [key, , states] of entries) {
      this.setCurrentKey(copyValue(key) as K);
      for (const [stateName, kind, cells] of states) {
        const slot = this.declare(stateName, kind);
        for (const [namespace, content] of cells) this.write(slot, copyValue(namespace) as N, restoredContent(kind, content));
      }
    }
    this.clearCurrentKey();
  }

  #newContext(): KeyContext<K, N> {
    if (!this.#hasKey) throw new NoCurrentKeyError();
    // Of the exact size: an array that grows by itself takes room for sixteen more.
    const own = new Array<unknown>(this.#names.count).fill(undefined);
    this.#context = { key: this.#key as K, id: this.#id, own, named: null, cellCount: 0 };
    this.#contexts.set(this.#id, this.#context);
    return this.#context;
  }

  #lostCell(context: KeyContext<K, N>): void {
    context.cellCount--;
    if (context.cellCount > 0) return;
    this.#contexts.delete(context.id);
    if (this.#context === context) this.#context = undefined;
  }

  #stateEntry(context: KeyContext<K, N>, slot: number): StateEntry[] {
    const { name, kind } = this.#names.at(slot);
    const own = context.own[slot];
    const cells: CellEntry[] = own === undefined ? [] : [[VOID_NAMESPACE, copyOfContent(kind, own)]];
    for (const cell of context.named?.[slot]?.values() ?? []) cells.push([copyValue(cell.namespace), copyOfContent(kind, cell.content)]);
    return cells.length === 0 ? [] : [[name, kind, cells]];
  }
}

/** The content of a cell as a snapshot holds it. */
export function copyOfContent(kind: StateKind, content: unknown): unknown {
  return plainKindOf(kind) === 'map' ? [...(content as MapContent<unknown, unknown>).values()].map(copyValue) : copyValue(content);
}

/** The reverse of `copyOfContent`. */
export function restoredContent(kind: StateKind, content: unknown): unknown {
  if (plainKindOf(kind) !== 'map') return copyValue(content);
  const entries = content as readonly (readonly [unknown, unknown])[];
  return new Map(entries.map(([key, value]) => [identityOf(key), [copyValue(key), copyValue(value)]]));
}
