import type { Batch } from '../batch/batch.ts';
import type { Schema } from '../batch/schema.ts';
import { FusedKernel, MIN_FUSED_ROWS } from '../functions/fusion.ts';
import type { FusionStage } from '../functions/fusion.ts';
import type { ChainOutput, Receiver, RecordReceiver } from './chain-output.ts';
import type { OperatorStats } from './operator-stats.ts';
import type { TaskEnvironment } from './task-environment.ts';

/** One of the operators that share a function. */
export interface FusedOperator {
  readonly stage: FusionStage;
  readonly stats: OperatorStats;
  readonly output: ChainOutput;
}

/**
 * Consecutive operators of a chain behind one generated function. To everybody else it looks as if each had worked by itself: counters,
 * watermarks, and the batches to look at between them. What the function does not take goes to the first of them, and on from there.
 */
export class FusedStage implements Receiver {
  readonly #operators: readonly FusedOperator[];
  readonly #first: Receiver;
  readonly #kernel: FusedKernel;
  readonly #environment: TaskEnvironment;
  readonly #runningIndices: readonly number[];

  /** @param first The first operator by itself. `schema`: of the batches it gets. */
  constructor(operators: readonly FusedOperator[], first: Receiver, schema: Schema, environment: TaskEnvironment) {
    this.#operators = operators;
    this.#first = first;
    this.#environment = environment;
    this.#runningIndices = operators.map(({ stats }) => environment.operatorIds.indexOf(stats.nodeId));
    this.#kernel = new FusedKernel(
      operators.map(({ stage }) => stage),
      schema,
      (s) => environment.setRunning(this.#runningIndices[s] as number),
    );
  }

  get byRecord(): RecordReceiver | null {
    return this.#first.byRecord;
  }

  receiveBatch(batch: Batch): void {
    if (batch.selectedCount < MIN_FUSED_ROWS) {
      this.#first.receiveBatch(batch);
      return;
    }
    this.#environment.setRunning(this.#runningIndices[0] as number);
    const results = this.#kernel.run(batch);
    if (results === null) {
      this.#first.receiveBatch(batch);
      return;
    }
    let received = batch;
    const last = this.#operators.length - 1;
    for (let s = 0; s < results.length; s++) {
      const { stats, output } = this.#operators[s] as FusedOperator;
      const result = results[s] as Batch;
      stats.recordsIn += received.selectedCount;
      if (s < last) output.note(result);
      else output.collectBatch(result);
      received = result;
    }
    // The operator that let nothing through has seen its input all the same.
    if (results.length <= last) {
      (this.#operators[results.length] as FusedOperator).stats.recordsIn += received.selectedCount;
      received.lease?.release();
    }
    this.#environment.setRunning(this.#runningIndices[0] as number);
  }
}

/** Which of these operators, from the first on, one function can serve: those that keep the columns, and the first that makes new ones. */
export function fusable<T extends { readonly stage: FusionStage | null }>(
  operators: readonly T[],
): (T & { readonly stage: FusionStage })[] {
  const found: (T & { readonly stage: FusionStage })[] = [];
  for (const operator of operators) {
    const { stage } = operator;
    if (stage === null || (stage.kind === 'time' && found.length > 0)) break;
    found.push({ ...operator, stage });
    if (stage.kind === 'project') break;
  }
  return found;
}
