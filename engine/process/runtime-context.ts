import type { OperatorSetup } from '../operators/operator.ts';

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

/** Where a user function runs, for itself to ask (Flink: `RuntimeContext`). */
export class RuntimeContext {
  readonly #setup: OperatorSetup;
  readonly #counters = new Map<string, Counter>();
  readonly #metricGroup = { counter: (name: string): Counter => this.#counter(name) };

  constructor(setup: OperatorSetup) {
    this.#setup = setup;
  }

  getTaskName(): string {
    return this.#setup.name;
  }

  getIndexOfThisSubtask(): number {
    return this.#setup.subtaskIndex;
  }

  getNumberOfParallelSubtasks(): number {
    return this.#setup.parallelism;
  }

  getMaxNumberOfParallelSubtasks(): number {
    return this.#setup.maxParallelism;
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
