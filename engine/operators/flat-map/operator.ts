import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import { analyzeFunction } from '../../functions/analyze-function.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { conformRecord, copyOfRecord, NotARecordError } from '../../functions/conform-record.ts';
import { compileRecordReader } from '../../functions/read-record.ts';
import type { RecordAt } from '../../functions/read-record.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { FlatMapConfig } from './definition.ts';

export function create(config: FlatMapConfig, setup: OperatorSetup): Operator {
  return new FlatMapOperator(config, must(setup.inputs[0], 'the input of a flat map').schema, setup.outputSchema('out'));
}

/** What a function gets to hand out its records: a function, and under Flink's name a method. */
interface Collector {
  (record: unknown): void;
  collect(record: unknown): void;
}

type FlatMapFunction = (record: Row, out: Collector) => unknown;

class FlatMapOperator implements Operator {
  readonly #inputSchema: Schema;
  readonly #outputSchema: Schema;
  readonly #mapper: FlatMapFunction;
  readonly #onError: FlatMapConfig['onError'];
  readonly #recordsOf: (columns: readonly Column[]) => RecordAt;
  readonly #builder: BatchBuilder;
  /** What was made of the record in hand. */
  #made: Row[] = [];
  readonly #collector: Collector;
  #output!: Output;
  #failures!: RecordFailures;

  constructor(config: FlatMapConfig, inputSchema: Schema, outputSchema: Schema) {
    const fn = parsedFunction(config.mapper);
    this.#inputSchema = inputSchema;
    this.#outputSchema = outputSchema;
    this.#mapper = compileFunction(fn);
    this.#onError = config.onError;
    this.#recordsOf = compileRecordReader(analyzeFunction(fn), inputSchema);
    this.#builder = new BatchBuilder(outputSchema, () => new Marks());
    const collect = (record: unknown): void => {
      this.#made.push(conformRecord(this.#outputSchema, record));
    };
    this.#collector = Object.assign(collect, { collect });
  }

  open(context: OperatorContext): void {
    this.#output = context.output;
    this.#failures = new RecordFailures(context, this.#onError, 'The function');
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    try {
      this.#make(copyOfRecord(this.#inputSchema, record));
    } catch (error) {
      this.#failures.add(error, record, origin);
      return;
    }
    for (const made of this.#made) this.#output.collect(made, timestamp, origin);
  }

  processBatch(batch: Batch): void {
    const recordAt = this.#recordsOf(batch.columns);
    const { marks, timestamps, origins } = batch;
    let m = 0;
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      while (m < marks.count && (marks.positions[m] as number) <= i) this.#mark(batch, m++);
      try {
        this.#make(recordAt(i));
      } catch (error) {
        // What was made before a failing record belongs to the user.
        if (this.#onError === 'fail') this.#send();
        this.#failures.add(error, batch.recordAt(i), origins[i] as number);
        continue;
      }
      for (const made of this.#made) {
        this.#builder.append(made, timestamps[i] as number, origins[i] as number);
        if (this.#builder.isFull) this.#send();
      }
    }
    while (m < marks.count) this.#mark(batch, m++);
    this.#send();
  }

  /** All records of one, or none if it fails. */
  #make(record: Row): void {
    this.#made = [];
    const returned = this.#mapper(record, this.#collector);
    if (returned === null || returned === undefined) return;
    if (typeof returned !== 'object' || !(Symbol.iterator in returned)) throw new NotAListError(returned);
    for (const made of returned as Iterable<unknown>) this.#collector(made);
  }

  #mark({ marks }: Batch, m: number): void {
    this.#builder.mark(marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
  }

  #send(): void {
    if (!this.#builder.isEmpty) this.#output.collectBatch(this.#builder.build());
  }
}

/** A function that has to return a list returned something else. */
class NotAListError extends NotARecordError {
  constructor(value: unknown) {
    super(value);
    const what = typeof value === 'object' ? 'a single object' : `a ${typeof value}`;
    this.message = `The function returned ${what} instead of a list of records. Put it in brackets: "(r) => [{ … }]".`;
  }
}
