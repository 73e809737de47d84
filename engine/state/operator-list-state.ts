/** A list that belongs to the subtask, not to a key (Flink: `ListState` of an `OperatorStateStore`). */
export class OperatorListState<T> {
  #elements: T[] = [];

  get(): readonly T[] {
    return this.#elements;
  }

  add(element: T): void {
    this.#elements.push(element);
  }

  addAll(elements: Iterable<T>): void {
    this.#elements.push(...elements);
  }

  /** Replaces the list. */
  update(elements: Iterable<T>): void {
    this.#elements = [...elements];
  }

  clear(): void {
    this.#elements = [];
  }
}
