import type { Row } from '../../batch/schema.ts';
import { positionOf } from '../../elements/origin.ts';
import { KeyError, KeyReader } from '../../functions/key-selector.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { copyValue } from '../../state/copy-value.ts';
import { keyGroupOf } from '../../state/key-group.ts';
import { KeyedStateBackend, VOID_NAMESPACE } from '../../state/keyed-state-backend.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { valueStateDescriptor } from '../../state/state-descriptor.ts';
import type { ValueState } from '../../state/value-state.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup } from '../operator.ts';
import type { QueryableStateConfig } from './definition.ts';

export function create({ stateName }: QueryableStateConfig, setup: OperatorSetup): Operator {
  return new QueryableValueState(stateName.trim(), setup);
}

/** The latest record of every key (Flink: `QueryableValueStateOperator`). */
class QueryableValueState implements Operator {
  readonly #reader: KeyReader;
  readonly #backend: KeyedStateBackend<KeyValue>;
  readonly #latest: ValueState<Row, typeof VOID_NAMESPACE>;
  #context!: OperatorContext;

  constructor(stateName: string, { inputs, maxParallelism }: OperatorSetup) {
    const { schema, key } = must(inputs[0], 'the input of a queryable state');
    const reader = new KeyReader(must(key, 'the key of a keyed stream'), schema);
    this.#reader = reader;
    this.#backend = new KeyedStateBackend<KeyValue>((value) => keyGroupOf(reader.hashOf(value), maxParallelism));
    this.#latest = this.#backend.valueState(valueStateDescriptor<Row>(stateName), VOID_NAMESPACE);
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  processElement(record: Row, _timestamp: number, origin: number): void {
    this.#backend.setCurrentKey(this.#keyOf(record, origin));
    // Nested values of a record may be shared with others who take it.
    this.#latest.update(copyValue(record));
  }

  *queryableEntries(): Iterable<readonly [key: KeyValue, record: Row]> {
    for (const key of this.#backend.keys()) {
      this.#backend.setCurrentKey(key);
      const record = this.#latest.value();
      if (record !== null) yield [key, record];
    }
  }

  snapshot(): KeyedStateSnapshot {
    return this.#backend.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#backend.restore(snapshot);
  }

  #keyOf(record: Row, origin: number): KeyValue {
    try {
      return this.#reader.keyOfRecord(record);
    } catch (error) {
      if (error instanceof KeyError) this.#context.fail(error.message, positionOf(origin), record, error.cause);
      throw error;
    }
  }
}
