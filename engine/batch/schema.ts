/** The types a field of a record can have (architecture §4). `timestamp` is milliseconds since the epoch. */
export type FieldType = 'double' | 'int' | 'long' | 'boolean' | 'string' | 'timestamp' | 'array' | 'row' | 'any';

export const FIELD_TYPES: readonly FieldType[] = ['double', 'int', 'long', 'boolean', 'string', 'timestamp', 'array', 'row', 'any'];

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** May hold `null`. Absent means no. */
  readonly nullable?: boolean | undefined;
  /** The fields of a nested record; only for `row`. */
  readonly fields?: readonly Field[] | undefined;
}

/** Ordered fields of a record. Names are unique. */
export interface Schema {
  readonly fields: readonly Field[];
}

export const EMPTY_SCHEMA: Schema = { fields: [] };

export function fieldOf(schema: Schema, name: string): Field | undefined {
  return schema.fields.find((field) => field.name === name);
}

export function isNumeric(type: FieldType): boolean {
  return type === 'double' || type === 'int' || type === 'long' || type === 'timestamp';
}

export function sameSchema(a: Schema, b: Schema): boolean {
  return a === b || JSON.stringify(a.fields.map(normal)) === JSON.stringify(b.fields.map(normal));
}

function normal(field: Field): unknown[] {
  return [field.name, field.type, field.nullable === true, field.fields?.map(normal) ?? null];
}

/** A plain record as user functions see it. */
export type Row = Record<string, unknown>;
