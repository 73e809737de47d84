import { FieldTypeError } from '../batch/batch-builder.ts';
import { kindOf, OBJ } from '../batch/column.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { conformValue } from '../functions/conform-record.ts';
import type { Output } from '../operators/operator.ts';
import { copyValue } from '../state/copy-value.ts';

interface Emitted {
  /** Null: the main output. */
  readonly port: string | null;
  readonly record: Row;
}

/**
 * What one call of user code emits. It is handed on only after the call: an error of an operator further down must not come up inside user code,
 * where a `catch` could swallow it.
 */
export class Emission {
  readonly #emitted: Emitted[] = [];
  readonly #onAdd: (() => void) | null;

  /** @param onAdd Called when there is something to send. */
  constructor(onAdd: (() => void) | null = null) {
    this.#onAdd = onAdd;
  }

  get isEmpty(): boolean {
    return this.#emitted.length === 0;
  }

  /** @throws FieldTypeError, or TypeError when it is no record. @param what Who emits, to begin a sentence with: "out.collect". */
  add(port: string | null, schema: Schema, value: unknown, what: string): void {
    this.#emitted.push({ port, record: recordOf(schema, value, what) });
    this.#onAdd?.();
  }

  sendTo(output: Output, timestamp: number, origin: number): void {
    const emitted = this.#emitted;
    if (emitted.length === 0) return;
    // Taken out first: what comes back from further down must not find it again.
    for (const { port, record } of emitted.splice(0)) {
      if (port === null) output.collect(record, timestamp, origin);
      else output.sideOutput(port, record, timestamp, origin);
    }
  }
}

/** @param what Who emits, to begin a sentence with: "out.collect". */
export function refuseNonRecord(value: unknown, what: string): never {
  const got = value === undefined ? 'nothing' : value === null ? 'null' : `a ${typeof value}`;
  throw new TypeError(`${what} got ${got} instead of a record. Give it an object with the declared fields.`);
}

/** The record as it leaves: exactly the declared fields, and nothing that user code could still change. */
function recordOf(schema: Schema, value: unknown, what: string): Row {
  if (typeof value !== 'object' || value === null) refuseNonRecord(value, what);
  const record: Row = {};
  for (const field of schema.fields) {
    const conform = conformValue(field, (value as Row)[field.name]);
    record[field.name] = kindOf(field.type) === OBJ ? copyOf(conform, field) : conform;
  }
  return record;
}

function copyOf(value: unknown, field: Schema['fields'][number]): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new FieldTypeError(field, value);
  return copyValue(value);
}
