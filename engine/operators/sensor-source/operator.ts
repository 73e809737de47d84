import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import type { OperatorContext, OperatorSetup, Output, PollLimit, PollStatus, SourceOperator } from '../operator.ts';
import type { SensorSourceConfig } from './definition.ts';
import { SensorModel } from './sensor-model.ts';

export function create(config: SensorSourceConfig, setup: OperatorSetup): SourceOperator {
  return new SensorSource(config, setup);
}

/** Subtask i of p emits the readings i, i + p, i + 2p, … of the one stream that the seed determines. */
class SensorSource implements SourceOperator {
  readonly #schema: Schema;
  readonly #model: SensorModel;
  readonly #count: number;
  readonly #subtaskIndex: number;
  readonly #step: number;
  readonly #sourceIndex: number;
  readonly #names = new Dictionary();
  #output!: Output;
  #next: number;

  constructor(config: SensorSourceConfig, setup: OperatorSetup) {
    this.#schema = setup.outputSchema('out');
    this.#model = new SensorModel(config, setup.seed);
    this.#count = config.count === 0 ? Number.POSITIVE_INFINITY : config.count;
    this.#subtaskIndex = setup.subtaskIndex;
    this.#step = setup.parallelism;
    this.#sourceIndex = setup.sourceIndex;
    this.#next = setup.subtaskIndex;
    // The number of a sensor is the code of its name.
    for (let sensor = 1; sensor <= config.sensors; sensor++) this.#names.encode(`sensor_${sensor}`);
  }

  get nextPosition(): number {
    return this.#next;
  }

  get progress(): SourceOperator['progress'] {
    const total = this.#count === Number.POSITIVE_INFINITY ? null : this.#shareOf(this.#count);
    return { done: this.#shareOf(this.#next), total, unit: 'records' };
  }

  open(context: OperatorContext): void {
    this.#output = context.output;
  }

  poll(limit: PollLimit): PollStatus {
    const available = this.#shareOf(Math.min(limit.endPosition, this.#count)) - this.#shareOf(this.#next);
    const rowCount = Math.min(limit.maxRecords, BATCH_CAPACITY, available);
    if (rowCount > 0) this.#emit(rowCount);
    return this.#next < this.#count ? 'more' : 'finished';
  }

  snapshot(): unknown {
    return { next: this.#next };
  }

  restore(state: unknown): void {
    this.#next = (state as { readonly next: number }).next;
  }

  /** How many of the readings below `position` are this subtask's. */
  #shareOf(position: number): number {
    return Math.max(0, Math.ceil((position - this.#subtaskIndex) / this.#step));
  }

  #emit(rowCount: number): void {
    const first = this.#next;
    const sensors = new Int32Array(rowCount);
    const times = new Float64Array(rowCount);
    const temperatures = new Float64Array(rowCount);
    this.#model.fill(first, this.#step, rowCount, sensors, times, temperatures);
    const origins = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) origins[row] = originOf(first + row * this.#step, this.#sourceIndex);
    const columns = [Column.ofCodes(sensors, this.#names), Column.ofF64(times), Column.ofF64(temperatures)];
    const timestamps = new Float64Array(rowCount).fill(Number.NaN);
    this.#next = first + rowCount * this.#step;
    this.#output.collectBatch(new Batch(this.#schema, rowCount, columns, timestamps, origins, new Marks(0), null, rowCount));
  }
}
