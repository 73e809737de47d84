import type { Identity } from '../time/timer-service.ts';
import { identityOf } from './identity-of.ts';
import type { StateTable } from './state-table.ts';

/** Entries by identity of their key, in insertion order. */
export type MapContent<UK, UV> = Map<Identity, readonly [key: UK, value: UV]>;

/** A map per key and namespace (Flink: `MapState`). Keys may be any plain data; equal data is the same key. */
export class MapState<UK, UV, N> {
  readonly #table: StateTable<N>;
  readonly #slot: number;
  #namespace: N;

  constructor(table: StateTable<N>, slot: number, namespace: N) {
    this.#table = table;
    this.#slot = slot;
    this.#namespace = namespace;
  }

  setCurrentNamespace(namespace: N): void {
    this.#namespace = namespace;
  }

  get(key: UK): UV | null {
    return this.#content()?.get(identityOf(key))?.[1] ?? null;
  }

  has(key: UK): boolean {
    return this.#content()?.has(identityOf(key)) ?? false;
  }

  contains(key: UK): boolean {
    return this.has(key);
  }

  put(key: UK, value: UV): void {
    const content = this.#content();
    if (content === undefined) this.#table.write(this.#slot, this.#namespace, new Map([[identityOf(key), [key, value]]]));
    else content.set(identityOf(key), [key, value]);
  }

  putAll(entries: Iterable<readonly [key: UK, value: UV]>): void {
    for (const [key, value] of entries) this.put(key, value);
  }

  remove(key: UK): void {
    const content = this.#content();
    content?.delete(identityOf(key));
    if (content?.size === 0) this.clear();
  }

  entries(): readonly (readonly [key: UK, value: UV])[] {
    return [...(this.#content()?.values() ?? [])];
  }

  keys(): readonly UK[] {
    return this.entries().map(([key]) => key);
  }

  values(): readonly UV[] {
    return this.entries().map(([, value]) => value);
  }

  isEmpty(): boolean {
    return this.#content() === undefined;
  }

  clear(): void {
    this.#table.remove(this.#slot, this.#namespace);
  }

  #content(): MapContent<UK, UV> | undefined {
    return this.#table.read(this.#slot, this.#namespace) as MapContent<UK, UV> | undefined;
  }
}
