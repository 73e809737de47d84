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

/**
 * The fields from the record down to the one a path names: `address.zip` is the field `zip` of the row `address`. Names may have dots
 * themselves, and the shortest way wins: a field of the record that is named like the path comes first. Null: there is none.
 */
export function pathTo(schema: Schema, path: string): readonly Field[] | null {
  const exact = fieldOf(schema, path);
  if (exact !== undefined) return [exact];
  for (const field of schema.fields) {
    if (field.fields === undefined || !path.startsWith(`${field.name}.`)) continue;
    const rest = pathTo({ fields: field.fields }, path.slice(field.name.length + 1));
    if (rest !== null) return [field, ...rest];
  }
  return null;
}

/** The field that a path names, under the name of the path; it may be null if anything on the way may. */
export function fieldAtPath(schema: Schema, path: string): Field | undefined {
  const way = pathTo(schema, path);
  const field = way?.at(-1);
  if (way === null || field === undefined || way.length === 1) return field;
  const isNullable = way.some(({ nullable }) => nullable === true);
  return { ...field, name: path, ...(isNullable ? { nullable: true } : {}) };
}

/** All fields, each row followed by what is in it, under the names of their paths. */
export function pathsOf(schema: Schema): readonly Field[] {
  const below = (path: string): readonly Field[] => {
    const field = fieldAtPath(schema, path);
    return field === undefined ? [] : [field, ...(field.fields ?? []).flatMap(({ name }) => below(`${path}.${name}`))];
  };
  return schema.fields.flatMap(({ name }) => below(name));
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
