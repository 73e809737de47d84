import { Batch } from '../../batch/batch.ts';
import type { MarkList } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { analyzeFunction } from '../../functions/analyze-function.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import type { UserFunction } from '../../functions/compile-function.ts';
import { conformRecord, copyOfRecord } from '../../functions/conform-record.ts';
import type { FusionStage } from '../../functions/fusion.ts';
import { MapKernel } from '../../functions/map-kernel.ts';
import { marksBefore, RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { MapConfig } from './definition.ts';

export function create(config: MapConfig, setup: OperatorSetup): Operator {
  return new MapOperator(config, must(setup.inputs[0], 'the input of a map').schema, setup.outputSchema('out'));
}

class MapOperator implements Operator {
  readonly #inputSchema: Schema;
  readonly #outputSchema: Schema;
  readonly #mapper: UserFunction;
  readonly #kernel: MapKernel;
  readonly #onError: MapConfig['onError'];
  #output!: Output;
  #failures!: RecordFailures;

  constructor(config: MapConfig, inputSchema: Schema, outputSchema: Schema) {
    const fn = parsedFunction(config.mapper);
    this.#inputSchema = inputSchema;
    this.#outputSchema = outputSchema;
    this.#mapper = compileFunction(fn);
    this.#kernel = new MapKernel(analyzeFunction(fn), inputSchema, outputSchema);
    this.#onError = config.onError;
  }

  open(context: OperatorContext): void {
    this.#output = context.output;
    this.#failures = new RecordFailures(context, this.#onError, 'The function');
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    let mapped: Row;
    try {
      mapped = conformRecord(this.#outputSchema, this.#mapper(copyOfRecord(this.#inputSchema, record)));
    } catch (error) {
      this.#failures.add(error, record, origin);
      return;
    }
    this.#output.collect(mapped, timestamp, origin);
  }

  processBatch(batch: Batch): void {
    const failures = this.#failures;
    const columns = this.#kernel.map(batch, failures.begin(batch));
    const { stopRow, skippedRows } = failures;
    const marks = stopRow === null ? batch.marks : marksBefore(batch, stopRow);
    const isWhole = stopRow === null && skippedRows.length === 0;
    const selection = isWhole ? batch.selection : survivors(batch, skippedRows, stopRow ?? Number.POSITIVE_INFINITY);
    const count = isWhole ? batch.selectedCount : (selection?.length ?? 0);
    if (count > 0 || marks.count > 0) {
      this.#output.collectBatch(this.#result(batch, columns, marks, selection, count));
    }
    failures.finish();
  }

  fusion(): FusionStage | null {
    const code = this.#kernel.code();
    if (code === null) return null;
    return {
      kind: 'project',
      code,
      begin: (rowCount) => this.#kernel.begin(rowCount),
      result: (batch) => this.#result(batch, this.#kernel.finish(batch), batch.marks, batch.selection, batch.selectedCount),
    };
  }

  #result(batch: Batch, columns: readonly Column[], marks: MarkList, selection: Int32Array | null, count: number): Batch {
    const { rowCount, timestamps, origins } = batch;
    const lease = count > 0 ? this.#kernel.lease(batch.lease) : batch.lease;
    return new Batch(this.#outputSchema, rowCount, columns, timestamps, origins, marks, selection, count, lease);
  }
}

/** The live rows before `end` without the skipped ones. Both lists ascend. */
function survivors(batch: Batch, skippedRows: readonly number[], end: number): Int32Array {
  const rows = new Int32Array(batch.selectedCount);
  let count = 0;
  let s = 0;
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    if (row >= end) break;
    if (row === skippedRows[s]) s++;
    else rows[count++] = row;
  }
  return rows.subarray(0, count);
}
