import type { Identity } from '../time/timer-service.ts';
import { identityOf } from './identity-of.ts';

/** A map that every subtask has in full (Flink: `BroadcastState`), with the entries in insertion order. Equal data is the same key. */
export class BroadcastState<K, V> {
  readonly #content = new Map<Identity, readonly [key: K, value: V]>();

  get(key: K): V | null {
    return this.#content.get(identityOf(key))?.[1] ?? null;
  }

  contains(key: K): boolean {
    return this.#content.has(identityOf(key));
  }

  put(key: K, value: V): void {
    this.#content.set(identityOf(key), [key, value]);
  }

  putAll(entries: Iterable<readonly [key: K, value: V]>): void {
    for (const [key, value] of entries) this.put(key, value);
  }

  remove(key: K): void {
    this.#content.delete(identityOf(key));
  }

  entries(): readonly (readonly [key: K, value: V])[] {
    return [...this.#content.values()];
  }

  keys(): readonly K[] {
    return this.entries().map(([key]) => key);
  }

  values(): readonly V[] {
    return this.entries().map(([, value]) => value);
  }

  isEmpty(): boolean {
    return this.#content.size === 0;
  }

  clear(): void {
    this.#content.clear();
  }
}
