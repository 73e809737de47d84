import type { StateTable } from './state-table.ts';

/** One value per key and namespace (Flink: `ValueState`). */
export class ValueState<T, N> {
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

  /** The value itself, not a copy; null when there is none. */
  value(): T | null {
    return (this.#table.read(this.#slot, this.#namespace) as T | undefined) ?? null;
  }

  /** `null` clears, as in Flink; so does `undefined`, which plain JavaScript can bring here. */
  update(value: T | null): void {
    if (value === null || value === undefined) this.clear();
    else this.#table.write(this.#slot, this.#namespace, value);
  }

  clear(): void {
    this.#table.remove(this.#slot, this.#namespace);
  }
}
