import type { StateTable } from './state-table.ts';

/** One value per key and namespace into which everything that is added is reduced at once (Flink: `ReducingState`). */
export class ReducingState<T, N> {
  readonly #table: StateTable<N>;
  readonly #slot: number;
  readonly #reduce: (left: T, right: T) => T;
  #namespace: N;

  constructor(table: StateTable<N>, slot: number, namespace: N, reduce: (left: T, right: T) => T) {
    this.#table = table;
    this.#slot = slot;
    this.#namespace = namespace;
    this.#reduce = reduce;
  }

  setCurrentNamespace(namespace: N): void {
    this.#namespace = namespace;
  }

  /** Null while nothing was added. */
  get(): T | null {
    return (this.#table.read(this.#slot, this.#namespace) as T | undefined) ?? null;
  }

  /** Null clears, as in Flink's heap backend. */
  add(value: T): void {
    if (value === null || value === undefined) {
      this.clear();
      return;
    }
    const present = this.#table.readLive(this.#slot, this.#namespace) as T | undefined;
    this.#table.write(this.#slot, this.#namespace, present === undefined ? value : this.#reduce(present, value));
  }

  clear(): void {
    this.#table.remove(this.#slot, this.#namespace);
  }
}
