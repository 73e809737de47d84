import { FieldTypeError } from '../batch/batch-builder.ts';
import { BOOL, F64, kindOf, STR } from '../batch/column.ts';
import type { Field, FieldType, Row, Schema } from '../batch/schema.ts';

/** A function that has to return a record returned something else. */
export class NotARecordError extends Error {
  constructor(value: unknown) {
    const what = value === undefined ? 'nothing' : value === null ? 'null' : `a ${typeof value}`;
    super(`The function returned ${what} instead of a record. Return an object, for example "(r) => ({ ...r, doubled: r.value * 2 })".`);
    this.name = 'NotARecordError';
  }
}

/**
 * What a user function returned as a record of `schema`: its fields in order and nothing else, undefined as null.
 * @throws NotARecordError, or FieldTypeError for the first field whose value does not fit.
 */
export function conformRecord(schema: Schema, value: unknown): Row {
  if (typeof value !== 'object' || value === null) throw new NotARecordError(value);
  const record: Row = {};
  for (const field of schema.fields) record[field.name] = conformValue(field, (value as Row)[field.name]);
  return record;
}

/** @throws FieldTypeError, in the same cases as `ColumnBuilder.set`. */
export function conformValue(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (field.nullable !== true && field.type !== 'any') throw new FieldTypeError(field, value);
    return null;
  }
  if (!hasType(field.type, value)) throw new FieldTypeError(field, value);
  return value;
}

/** Whether a value that is not null is of a type, by what its column could hold. */
export function hasType(type: FieldType, value: unknown): boolean {
  switch (kindOf(type)) {
    case F64:
      return typeof value === 'number';
    case STR:
      return typeof value === 'string';
    case BOOL:
      return typeof value === 'boolean';
    default:
      return true;
  }
}

/** A record of its own for a user function, which may keep or change it: exactly the fields of the schema. */
export function copyOfRecord(schema: Schema, record: Row): Row {
  const copy: Row = {};
  for (const { name } of schema.fields) copy[name] = record[name] ?? null;
  return copy;
}
