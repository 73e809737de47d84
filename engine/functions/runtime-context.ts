/** A number that user code counts with (Flink: `Counter`). */
export class Counter {
  #count = 0;

  inc(by = 1): void {
    this.#count += by;
  }

  dec(by = 1): void {
    this.#count -= by;
  }

  getCount(): number {
    return this.#count;
  }
}

/** The subtask that a user function runs in. */
export interface SubtaskPlace {
  /** Of the operator. */
  readonly name: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

/** TypeScript declarations of `RuntimeContext`, for the editor. */
export const RUNTIME_CONTEXT_TYPES = [
  'interface Counter { inc(by?: number): void; dec(by?: number): void; getCount(): number }',
  'interface RuntimeContext { getTaskName(): string; getIndexOfThisSubtask(): number; getNumberOfParallelSubtasks(): number; getMaxNumberOfParallelSubtasks(): number; getMetricGroup(): { counter(name: string): Counter } }',
];

/** Where a user function runs, for itself to ask (Flink: `RuntimeContext`). */
export class RuntimeContext {
  readonly #place: SubtaskPlace;
  readonly #counters = new Map<string, Counter>();
  readonly #metricGroup = { counter: (name: string): Counter => this.#counter(name) };

  constructor(place: SubtaskPlace) {
    this.#place = place;
  }

  getTaskName(): string {
    return this.#place.name;
  }

  getIndexOfThisSubtask(): number {
    return this.#place.subtaskIndex;
  }

  getNumberOfParallelSubtasks(): number {
    return this.#place.parallelism;
  }

  getMaxNumberOfParallelSubtasks(): number {
    return this.#place.maxParallelism;
  }

  getMetricGroup(): { readonly counter: (name: string) => Counter } {
    return this.#metricGroup;
  }

  /** What was counted, by name. */
  counters(): ReadonlyMap<string, number> {
    return new Map([...this.#counters].map(([name, counter]) => [name, counter.getCount()]));
  }

  #counter(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) this.#counters.set(name, (counter = new Counter()));
    return counter;
  }
}
