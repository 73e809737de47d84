import type { StateTable } from './state-table.ts';

/** One value per key and namespace (Flink: `ValueState`). */
export class ValueState<T, N> {
  readonly #table: StateTable<N>;
  readonly #name: string;
  #namespace: N;

  constructor(table: StateTable<N>, name: string, namespace: N) {
    this.#table = table;
    this.#name = name;
    this.#namespace = namespace;
  }

  setCurrentNamespace(namespace: N): void {
    this.#namespace = namespace;
  }

  /** The value itself, not a copy; null when there is none. */
  value(): T | null {
    return (this.#table.read(this.#name, this.#namespace) as T | undefined) ?? null;
  }

  /** `null` clears, as in Flink. */
  update(value: T | null): void {
    if (value === null) this.clear();
    else this.#table.write(this.#name, this.#namespace, value);
  }

  clear(): void {
    this.#table.remove(this.#name, this.#namespace);
  }
}
