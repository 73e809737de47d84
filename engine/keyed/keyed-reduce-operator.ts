import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { positionOf } from '../elements/origin.ts';
import { copyOfRecord } from '../functions/conform-record.ts';
import { KeyError } from '../functions/key-selector.ts';
import type { KeyReader, KeyValue } from '../functions/key-selector.ts';
import type { Operator, OperatorContext } from '../operators/operator.ts';
import { copyValue } from '../state/copy-value.ts';
import { keyGroupOf } from '../state/key-group.ts';
import { KeyedStateBackend, VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { valueStateDescriptor } from '../state/state-descriptor.ts';
import type { ValueState } from '../state/value-state.ts';
import { must } from '../util/assert.ts';
import { processRowByRow } from '../windows/batch-rows.ts';

export interface KeyedReduceParts {
  readonly reader: KeyReader;
  /** Of what enters and what leaves: a reduce keeps the type. */
  readonly schema: Schema;
  readonly maxParallelism: number;
  /** The next accumulated record. It may change `accumulated`, which nobody else sees, and may throw. */
  readonly reduce: (accumulated: Row, record: Row) => Row;
  /** Fails the job because of what `reduce` threw. */
  readonly failOn: (context: OperatorContext, error: unknown, record: Row, origin: number) => never;
}

const REDUCED = valueStateDescriptor<Row>('reduced');

/** The accumulated records by key, as a backend that can be saved. */
export class ReducedState {
  readonly #backend: KeyedStateBackend<KeyValue>;
  readonly #state: ValueState<Row, typeof VOID_NAMESPACE>;

  constructor({ reader, maxParallelism }: Pick<KeyedReduceParts, 'reader' | 'maxParallelism'>) {
    this.#backend = new KeyedStateBackend<KeyValue>((key) => keyGroupOf(reader.hashOf(key), maxParallelism));
    this.#state = this.#backend.valueState(REDUCED, VOID_NAMESPACE);
  }

  get(key: KeyValue): Row | null {
    this.#backend.setCurrentKey(key);
    return this.#state.value();
  }

  /** Precondition: `get` or `set` was called for the key last. */
  update(record: Row): void {
    this.#state.update(record);
  }

  set(key: KeyValue, record: Row): void {
    this.#backend.setCurrentKey(key);
    this.#state.update(record);
  }

  keys(): readonly KeyValue[] {
    return this.#backend.keys();
  }

  snapshot(): KeyedStateSnapshot {
    return this.#backend.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#backend.restore(snapshot);
  }
}

/**
 * Keeps one record per key and combines it with every further one (Flink: `StreamGroupedReduceOperator`): the first is emitted as it is, then every
 * new combination. This is the specification; the kernels of its operators do the same over columns.
 */
export class KeyedReduceOperator implements Operator {
  readonly #parts: KeyedReduceParts;
  readonly #state: ReducedState;
  #context: OperatorContext | null = null;

  constructor(parts: KeyedReduceParts) {
    this.#parts = parts;
    this.#state = new ReducedState(parts);
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    const context = must(this.#context, 'an open operator');
    const accumulated = this.#state.get(keyOrFail(this.#parts.reader, context, record, origin));
    let reduced: Row;
    // Nested values of a record may be shared with others who take it.
    const own = copyValue(copyOfRecord(this.#parts.schema, record));
    if (accumulated === null) reduced = own;
    else {
      try {
        reduced = this.#parts.reduce(accumulated, own);
      } catch (error) {
        this.#parts.failOn(context, error, record, origin);
      }
    }
    this.#state.update(reduced);
    // What was emitted must not change with the state.
    context.output.collect(copyValue(reduced), timestamp, origin);
  }

  processWatermark(watermark: number, origin: number): void {
    must(this.#context, 'an open operator').output.emitWatermark(watermark, origin);
  }

  processBatch(batch: Batch): void {
    processRowByRow(batch, this, must(this.#context, 'an open operator').output, this.#parts.schema);
  }

  snapshot(): KeyedStateSnapshot {
    return this.#state.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#state.restore(snapshot);
  }
}

function keyOrFail(reader: KeyReader, context: OperatorContext, record: Row, origin: number): KeyValue {
  try {
    return reader.keyOfRecord(record);
  } catch (error) {
    return failOnKey(context, error, record, origin);
  }
}

/** Fails the job: a record without a usable key. */
export function failOnKey(context: OperatorContext, error: unknown, record: Row, origin: number): never {
  const isRefused = error instanceof KeyError;
  return context.fail(isRefused ? error.message : 'The key function threw.', positionOf(origin), record, isRefused ? undefined : error);
}
