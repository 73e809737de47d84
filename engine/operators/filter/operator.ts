import { Batch } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { analyzeFunction } from '../../functions/analyze-function.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import type { UserFunction } from '../../functions/compile-function.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import { FilterKernel } from '../../functions/filter-kernel.ts';
import type { FusionStage } from '../../functions/fusion.ts';
import { marksBefore, RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { FilterConfig } from './definition.ts';

export function create(config: FilterConfig, setup: OperatorSetup): Operator {
  return new FilterOperator(config, must(setup.inputs[0], 'the input of a filter').schema);
}

const NO_ROWS = new Int32Array(0);

class FilterOperator implements Operator {
  readonly #schema: Schema;
  readonly #predicate: UserFunction;
  readonly #kernel: FilterKernel;
  readonly #onError: FilterConfig['onError'];
  #output!: Output;
  #failures!: RecordFailures;

  constructor(config: FilterConfig, schema: Schema) {
    const fn = parsedFunction(config.predicate);
    this.#schema = schema;
    this.#predicate = compileFunction(fn);
    this.#kernel = new FilterKernel(analyzeFunction(fn), schema);
    this.#onError = config.onError;
  }

  open(context: OperatorContext): void {
    this.#output = context.output;
    this.#failures = new RecordFailures(context, this.#onError, 'The predicate');
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    let keep: unknown;
    try {
      keep = this.#predicate(copyOfRecord(this.#schema, record));
    } catch (error) {
      this.#failures.add(error, record, origin);
      return;
    }
    if (keep) this.#output.collect(record, timestamp, origin);
  }

  processBatch(batch: Batch): void {
    const failures = this.#failures;
    const kept = this.#kernel.keep(batch, failures.begin(batch));
    const { stopRow } = failures;
    const marks = stopRow === null ? batch.marks : marksBefore(batch, stopRow);
    const result = this.#result(batch, kept.rows, kept.count, marks);
    if (result !== null) this.#output.collectBatch(result);
    failures.finish();
    if (result === null) batch.lease?.release();
  }

  fusion(): FusionStage | null {
    const code = this.#kernel.code();
    if (code === null) return null;
    return {
      kind: 'select',
      code,
      begin: (count) => this.#kernel.roomFor(count),
      result: (batch, kept, count) => this.#result(batch, kept, count, batch.marks),
    };
  }

  #result(batch: Batch, kept: Int32Array, count: number, marks: MarkList): Batch | null {
    if (count === batch.selectedCount) return batch;
    if (count === 0 && marks.count === 0) return null;
    const { schema, rowCount, columns, timestamps, origins } = batch;
    const lease = count === 0 ? batch.lease : this.#kernel.lease(kept, batch.lease);
    return new Batch(schema, rowCount, columns, timestamps, origins, marks, count === 0 ? NO_ROWS : kept, count, lease);
  }
}
