import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import { BatchPool } from '../batch/batch-pool.ts';
import type { Column } from '../batch/column.ts';
import type { GatherMemory } from '../batch/gather.ts';
import type { Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import type { OperatorContext, OperatorSetup, Output, PollLimit, PollStatus, SourceOperator } from './operator.ts';
import { SplitPositions } from './split-positions.ts';

const NO_MARKS = new Marks();

export interface GeneratorOptions {
  readonly splits: number;
  readonly resettable: boolean;
  /** Records of the whole stream; infinity = it has no end. */
  readonly count: number;
}

/** What a generator's snapshot holds; null of a source that cannot be reset. */
export interface GeneratorSnapshot {
  readonly next: number | null;
}

/**
 * A source whose records are functions of their numbers alone: any of them can be made without those before, so the stream is the same at
 * every parallelism and can be continued anywhere.
 */
export abstract class NumberedSource implements SourceOperator {
  protected readonly sourceIndex: number;
  protected readonly schema: Schema;
  protected readonly positions: SplitPositions;
  readonly #isResettable: boolean;
  /** Of this subtask's records. */
  readonly #count: number;
  #index = 0;
  #positions = new Float64Array(0);
  #context!: OperatorContext;

  constructor({ splits, resettable, count }: GeneratorOptions, setup: OperatorSetup) {
    this.schema = setup.outputSchema('out');
    this.sourceIndex = setup.sourceIndex;
    this.positions = new SplitPositions(splits, setup.subtaskIndex, setup.parallelism);
    this.#isResettable = resettable;
    this.#count = this.positions.indexOf(count);
  }

  /** A subtask without a split ends before the first record of the others, so that its watermark holds nobody back. */
  get nextPosition(): number {
    return this.positions.isEmpty ? 0 : this.positions.positionAt(this.#index);
  }

  get progress(): SourceOperator['progress'] {
    return { done: this.#index, total: this.#count === Number.POSITIVE_INFINITY ? null : this.#count, unit: 'records' };
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  poll(limit: PollLimit): PollStatus {
    const end = Math.min(this.positions.indexOf(limit.endPosition), this.#count);
    const rowCount = Math.min(limit.maxRecords, BATCH_CAPACITY, end - this.#index);
    if (rowCount > 0) {
      if (this.#positions.length !== rowCount) this.#positions = new Float64Array(rowCount);
      this.positions.fill(this.#index, this.#positions);
      this.#index += rowCount;
      this.emit(this.#positions, this.#context);
    }
    return this.#index < this.#count ? 'more' : 'finished';
  }

  snapshot(): GeneratorSnapshot {
    return { next: this.#isResettable ? this.nextPosition : null };
  }

  restore(state: unknown): void {
    const { next } = state as GeneratorSnapshot;
    // Nothing brings back what a source without memory has sent: it goes on with what it sends next.
    if (next !== null) this.#index = this.positions.indexOf(next);
  }

  /** All subtasks that had a split stood behind the same records, so the smallest of their next ones is where all splits go on. */
  restoreFromAll(states: readonly unknown[]): void {
    const next = (states as readonly GeneratorSnapshot[]).slice(0, this.positions.splits).map((state) => state.next);
    this.restore({ next: next.includes(null) ? null : Math.min(...(next as number[])) } satisfies GeneratorSnapshot);
  }

  /** Emits the records of these positions, in their order. They are these until it returns. */
  protected abstract emit(positions: Float64Array, context: OperatorContext): void;
}

/** Makes the columns of records from their numbers. */
export interface RecordModel {
  /** In arrays of `memory`. */
  columnsOf(positions: Float64Array, memory: GatherMemory): readonly Column[];
}

/** The source of streams that are made column by column. */
export class GeneratorSource extends NumberedSource {
  readonly #model: RecordModel;
  readonly #pool = new BatchPool();

  constructor(model: RecordModel, options: GeneratorOptions, setup: OperatorSetup) {
    super(options, setup);
    this.#model = model;
  }

  protected emit(positions: Float64Array, { output }: { readonly output: Output }): void {
    const rowCount = positions.length;
    const memory = this.#pool.begin(rowCount);
    const origins = memory.f64(rowCount);
    for (let row = 0; row < rowCount; row++) origins[row] = originOf(positions[row] as number, this.sourceIndex);
    const timestamps = this.#pool.noTimestamps(rowCount);
    const columns = this.#model.columnsOf(positions, memory);
    output.collectBatch(new Batch(this.schema, rowCount, columns, timestamps, origins, NO_MARKS, null, rowCount, this.#pool.lend()));
  }
}
