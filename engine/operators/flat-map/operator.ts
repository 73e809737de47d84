import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { conformRecord, copyOfRecord, NotARecordError } from '../../functions/conform-record.ts';
import { FlatMapKernel } from '../../functions/flat-map-kernel.ts';
import type { Collector, FlatMapFunction } from '../../functions/flat-map-loop.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { FlatMapConfig } from './definition.ts';

export function create(config: FlatMapConfig, setup: OperatorSetup): Operator {
  return new FlatMapOperator(config, must(setup.inputs[0], 'the input of a flat map').schema, setup.outputSchema('out'));
}

class FlatMapOperator implements Operator {
  readonly consumesBatches = true;
  readonly #inputSchema: Schema;
  readonly #outputSchema: Schema;
  readonly #mapper: FlatMapFunction;
  readonly #onError: FlatMapConfig['onError'];
  readonly #kernel: FlatMapKernel;
  /** What was made of the record in hand. */
  #made: Row[] = [];
  readonly #collector: Collector;
  readonly #send = (batch: Batch): void => this.#output.collectBatch(batch);
  #output!: Output;
  #failures!: RecordFailures;

  constructor(config: FlatMapConfig, inputSchema: Schema, outputSchema: Schema) {
    const fn = parsedFunction(config.mapper);
    this.#inputSchema = inputSchema;
    this.#outputSchema = outputSchema;
    this.#mapper = compileFunction(fn);
    this.#onError = config.onError;
    // A private copy of the function: what it remembers is not shared between the paths, of which only one is taken.
    this.#kernel = new FlatMapKernel(fn, compileFunction(fn), inputSchema, outputSchema, collectAll);
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
    let failed: { readonly row: number; readonly error: unknown } | null = null;
    const onError = (row: number, error: unknown): boolean => {
      if (this.#onError === 'fail') failed = { row, error };
      else this.#failures.add(error, batch.recordAt(row), batch.origins[row] as number);
      return failed === null;
    };
    const isWhole = this.#kernel.run(batch, onError, this.#send);
    const stop = failed as { readonly row: number; readonly error: unknown } | null;
    // What was made before a failing record belongs to the user, so it has gone out.
    if (!isWhole && stop !== null) this.#failures.add(stop.error, batch.recordAt(stop.row), batch.origins[stop.row] as number);
  }

  /** All records of one, or none if it fails. */
  #make(record: Row): void {
    this.#made = [];
    const returned = this.#mapper(record, this.#collector);
    if (returned !== null && returned !== undefined) collectAll(returned, this.#collector);
  }
}

function collectAll(returned: unknown, collect: Collector): void {
  if (typeof returned !== 'object' || returned === null || !(Symbol.iterator in returned)) throw new NotAListError(returned);
  if (Array.isArray(returned)) for (let e = 0; e < returned.length; e++) collect(returned[e]);
  else for (const made of returned as Iterable<unknown>) collect(made);
}

/** A function that has to return a list returned something else. */
class NotAListError extends NotARecordError {
  constructor(value: unknown) {
    super(value);
    const what = typeof value === 'object' ? 'a single object' : `a ${typeof value}`;
    this.message = `The function returned ${what} instead of a list of records. Put it in brackets: "(r) => [{ … }]".`;
  }
}
