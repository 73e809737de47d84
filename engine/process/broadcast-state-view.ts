import type { BroadcastState } from '../state/broadcast-state.ts';
import type { CurrentCall } from './call-state.ts';

/**
 * Broadcast state as a process function sees it: it can be changed only for an element of the broadcast stream, which every subtask gets. A change for
 * any other element would make the copies of the subtasks differ.
 */
export class BroadcastStateView<K, V> {
  readonly #state: BroadcastState<K, V>;
  readonly #call: CurrentCall;

  constructor(state: BroadcastState<K, V>, call: CurrentCall) {
    this.#state = state;
    this.#call = call;
  }

  get(key: K): V | null {
    return this.#state.get(key);
  }

  contains(key: K): boolean {
    return this.#state.contains(key);
  }

  entries(): readonly (readonly [key: K, value: V])[] {
    return this.#state.entries();
  }

  keys(): readonly K[] {
    return this.#state.keys();
  }

  values(): readonly V[] {
    return this.#state.values();
  }

  isEmpty(): boolean {
    return this.#state.isEmpty();
  }

  put(key: K, value: V): void {
    this.#writable().put(key, value);
  }

  putAll(entries: Iterable<readonly [key: K, value: V]>): void {
    this.#writable().putAll(entries);
  }

  remove(key: K): void {
    this.#writable().remove(key);
  }

  clear(): void {
    this.#writable().clear();
  }

  #writable(): BroadcastState<K, V> {
    if (this.#call.phase === 'broadcast-element') return this.#state;
    throw new TypeError(
      'Broadcast state is read-only here: only processBroadcastElement may change it, because every subtask sees those elements.',
    );
  }
}
