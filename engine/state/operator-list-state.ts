import { elementOf } from './list-element.ts';

/** A list that belongs to the subtask, not to a key (Flink: `ListState` of an `OperatorStateStore`). */
export class OperatorListState<T> {
  #elements: T[] = [];

  get(): readonly T[] {
    return this.#elements;
  }

  add(element: T): void {
    this.#elements.push(elementOf(element));
  }

  addAll(elements: Iterable<T>): void {
    for (const element of elements) this.add(element);
  }

  /** Replaces the list. */
  update(elements: Iterable<T>): void {
    this.#elements = Array.from(elements, elementOf);
  }

  clear(): void {
    this.#elements = [];
  }
}
