import type { AggregatingStateDescriptor } from './state-descriptor.ts';
import type { StateTable } from './state-table.ts';

/** One accumulator per key and namespace; what is read is its result (Flink: `AggregatingState`). */
export class AggregatingState<IN, ACC, OUT, N> {
  readonly #table: StateTable<N>;
  readonly #slot: number;
  readonly #functions: Pick<AggregatingStateDescriptor<IN, ACC, OUT>, 'createAccumulator' | 'add' | 'getResult'>;
  #namespace: N;

  constructor(
    table: StateTable<N>,
    slot: number,
    namespace: N,
    functions: Pick<AggregatingStateDescriptor<IN, ACC, OUT>, 'createAccumulator' | 'add' | 'getResult'>,
  ) {
    this.#table = table;
    this.#slot = slot;
    this.#namespace = namespace;
    this.#functions = functions;
  }

  setCurrentNamespace(namespace: N): void {
    this.#namespace = namespace;
  }

  /** Null while nothing was added. */
  get(): OUT | null {
    const accumulator = this.#table.read(this.#slot, this.#namespace) as ACC | undefined;
    return accumulator === undefined ? null : this.#functions.getResult(accumulator);
  }

  /** Null clears, as in Flink's heap backend. An `add` that changes the accumulator need not return it. */
  add(value: IN): void {
    if (value === null || value === undefined) {
      this.clear();
      return;
    }
    const { createAccumulator, add } = this.#functions;
    const present = this.#table.readLive(this.#slot, this.#namespace) as ACC | undefined;
    const accumulator = present ?? createAccumulator();
    this.#table.write(this.#slot, this.#namespace, add(value, accumulator) ?? accumulator);
  }

  clear(): void {
    this.#table.remove(this.#slot, this.#namespace);
  }
}
