import { elementOf } from './list-element.ts';
import type { StateTable } from './state-table.ts';

/** A list per key and namespace (Flink: `ListState`). */
export class ListState<T, N> {
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

  get(): readonly T[] {
    return (this.#table.read(this.#slot, this.#namespace) as T[] | undefined) ?? [];
  }

  /** @throws TypeError for null, as in Flink. */
  add(element: T): void {
    elementOf(element);
    const elements = this.#table.read(this.#slot, this.#namespace) as T[] | undefined;
    if (elements === undefined) this.#table.write(this.#slot, this.#namespace, [element]);
    else elements.push(element);
  }

  addAll(elements: Iterable<T>): void {
    for (const element of elements) this.add(element);
  }

  /** Replaces the list; an empty one clears. */
  update(elements: Iterable<T>): void {
    const list = [...elements];
    for (const element of list) elementOf(element);
    if (list.length === 0) this.clear();
    else this.#table.write(this.#slot, this.#namespace, list);
  }

  clear(): void {
    this.#table.remove(this.#slot, this.#namespace);
  }
}
