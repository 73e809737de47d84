import { BatchBuilder } from '../../batch/batch-builder.ts';
import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { RecordFailures } from '../../functions/record-failures.ts';
import type { Joiner, MergedField } from '../../joins/joined-record.ts';
import { must } from '../../util/assert.ts';
import type { Output } from '../operator.ts';
import type { JoinLog } from './join-log.ts';

/** Takes pairs as indexes into the logs of both sides, in order, with the marks between them. */
export interface PairOutput {
  add(left: number, right: number, timestamp: number, origin: number): void;
  mark(kind: MarkKind, value: number, origin: number): void;
  /** Emits what it holds; after that the logs may be compacted. */
  flush(): void;
}

/** The fields of both records: gathered column by column, no record is made. */
export class MergedPairs implements PairOutput {
  readonly #schema: Schema;
  readonly #sources: readonly { readonly side: 0 | 1; readonly column: number }[];
  readonly #logs: readonly [JoinLog, JoinLog];
  readonly #output: Output;
  readonly #indexes = [new Int32Array(BATCH_CAPACITY), new Int32Array(BATCH_CAPACITY)] as const;
  #timestamps = new Float64Array(BATCH_CAPACITY);
  #origins = new Float64Array(BATCH_CAPACITY);
  #marks = new Marks();
  #count = 0;

  constructor(
    schema: Schema,
    merged: readonly MergedField[],
    inputs: readonly [Schema, Schema],
    logs: readonly [JoinLog, JoinLog],
    output: Output,
  ) {
    this.#schema = schema;
    this.#sources = merged.map(({ side, from }) => ({ side, column: inputs[side].fields.findIndex(({ name }) => name === from) }));
    this.#logs = logs;
    this.#output = output;
  }

  add(left: number, right: number, timestamp: number, origin: number): void {
    const at = this.#count++;
    this.#indexes[0][at] = left;
    this.#indexes[1][at] = right;
    this.#timestamps[at] = timestamp;
    this.#origins[at] = origin;
    if (this.#count === BATCH_CAPACITY) this.flush();
  }

  mark(kind: MarkKind, value: number, origin: number): void {
    this.#marks.push(this.#count, kind, value, origin);
  }

  flush(): void {
    const count = this.#count;
    if (count === 0 && this.#marks.count === 0) return;
    const columns = this.#sources.map(({ side, column }) => this.#logs[side].gather(column, this.#indexes[side], count));
    const timestamps = this.#timestamps.slice(0, count);
    const origins = this.#origins.slice(0, count);
    const marks = this.#marks;
    this.#marks = new Marks();
    this.#count = 0;
    this.#output.collectBatch(new Batch(this.#schema, count, columns, timestamps, origins, marks, null, count));
  }
}

/** What a function makes of two records: called at once, so that what it throws comes in the order of the pairs. */
export class FunctionPairs implements PairOutput {
  readonly #logs: readonly [JoinLog, JoinLog];
  readonly #join: Joiner;
  readonly #failures: RecordFailures;
  readonly #output: Output;
  readonly #builder: BatchBuilder;

  constructor(schema: Schema, join: Joiner, failures: RecordFailures, logs: readonly [JoinLog, JoinLog], output: Output) {
    this.#logs = logs;
    this.#join = join;
    this.#failures = failures;
    this.#output = output;
    this.#builder = new BatchBuilder(schema, () => new Marks());
  }

  add(left: number, right: number, timestamp: number, origin: number): void {
    const [lefts, rights] = this.#logs;
    try {
      this.#builder.append(this.#join(lefts.recordAt(left), rights.recordAt(right)), timestamp, origin);
    } catch (error) {
      // Should it fail the job, what came before it goes out first.
      this.flush();
      must(this.#failures, 'failures').add(error, { left: lefts.recordAt(left), right: rights.recordAt(right) }, origin);
    }
    if (this.#builder.isFull) this.flush();
  }

  mark(kind: MarkKind, value: number, origin: number): void {
    this.#builder.mark(kind, value, origin);
  }

  flush(): void {
    if (!this.#builder.isEmpty) this.#output.collectBatch(this.#builder.build());
  }
}
