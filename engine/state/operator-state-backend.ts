import { BroadcastState } from './broadcast-state.ts';
import { copyValue } from './copy-value.ts';
import { OperatorListState } from './operator-list-state.ts';

/** How a list is spread over the subtasks when their number changes (Flink: `OperatorStateHandle.Mode`). */
export type ListMode = 'split' | 'union';

/** Operator state of one subtask: plain data, by name of the state. */
export interface OperatorStateSnapshot {
  readonly lists: readonly (readonly [stateName: string, mode: ListMode, items: readonly unknown[]])[];
  readonly broadcast: readonly (readonly [stateName: string, entries: readonly (readonly [key: unknown, value: unknown])[]])[];
}

interface NamedList {
  readonly mode: ListMode;
  readonly state: OperatorListState<unknown>;
}

/** State of one operator subtask that is not per key (Flink: `DefaultOperatorStateBackend`). */
export class OperatorStateBackend {
  readonly #lists = new Map<string, NamedList>();
  readonly #broadcast = new Map<string, BroadcastState<unknown, unknown>>();

  /** On a change of parallelism its items are dealt out to the subtasks. */
  listState<T>(stateName: string): OperatorListState<T> {
    return this.#list(stateName, 'split') as OperatorListState<T>;
  }

  /** On every restore each subtask gets the items of all. */
  unionListState<T>(stateName: string): OperatorListState<T> {
    return this.#list(stateName, 'union') as OperatorListState<T>;
  }

  /** Every subtask keeps it equal; on a change of parallelism it is copied. */
  broadcastState<K, V>(stateName: string): BroadcastState<K, V> {
    if (this.#lists.has(stateName)) throw new TypeError(`State "${stateName}" is a list state, not also a broadcast state.`);
    let state = this.#broadcast.get(stateName);
    if (state === undefined) this.#broadcast.set(stateName, (state = new BroadcastState<unknown, unknown>()));
    return state as BroadcastState<K, V>;
  }

  /** Null when there is none, so that nothing is stored for operators without it. */
  snapshot(): OperatorStateSnapshot | null {
    if (this.#lists.size === 0 && this.#broadcast.size === 0) return null;
    return {
      lists: [...this.#lists].map(([name, { mode, state }]) => [name, mode, state.get().map(copyValue)]),
      broadcast: [...this.#broadcast].map(([name, state]) => [name, state.entries().map(copyValue)]),
    };
  }

  restore(snapshot: OperatorStateSnapshot): void {
    for (const [name, mode, items] of snapshot.lists) this.#list(name, mode).addAll(items.map(copyValue));
    for (const [name, entries] of snapshot.broadcast) this.broadcastState(name).putAll(entries.map(copyValue));
  }

  #list(stateName: string, mode: ListMode): OperatorListState<unknown> {
    if (this.#broadcast.has(stateName)) throw new TypeError(`State "${stateName}" is a broadcast state, not also a list state.`);
    const known = this.#lists.get(stateName);
    if (known === undefined) {
      const state = new OperatorListState<unknown>();
      this.#lists.set(stateName, { mode, state });
      return state;
    }
    if (known.mode !== mode) throw new TypeError(`State "${stateName}" is a ${known.mode} list, not also a ${mode} list.`);
    return known.state;
  }
}
