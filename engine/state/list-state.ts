import type { StateTable } from './state-table.ts';

/** A list per key and namespace (Flink: `ListState`). */
export class ListState<T, N> {
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

  get(): readonly T[] {
    return (this.#table.read(this.#name, this.#namespace) as T[] | undefined) ?? [];
  }

  add(element: T): void {
    const elements = this.#table.read(this.#name, this.#namespace) as T[] | undefined;
    if (elements === undefined) this.#table.write(this.#name, this.#namespace, [element]);
    else elements.push(element);
  }

  /** Replaces the list; an empty one clears. */
  update(elements: readonly T[]): void {
    if (elements.length === 0) this.clear();
    else this.#table.write(this.#name, this.#namespace, [...elements]);
  }

  clear(): void {
    this.#table.remove(this.#name, this.#namespace);
  }
}
