import type { Field, FieldType } from '../batch/schema.ts';
import { inferNumberType, isIsoTimestamp } from './infer-type.ts';
import type { InferredData } from './inferred-data.ts';

const MAX_RECORDS = 2000;
/** Deeper records are described down to here; their values are kept whole all the same. */
const MAX_DEPTH = 4;

type JsonObject = Readonly<Record<string, unknown>>;

/** What the lines of `text` look like as NDJSON. */
export function inferNdjson(text: string): InferredData {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_RECORDS);
  const objects = lines.map(parsedObject).filter((object) => object !== null);
  const notes: string[] = [];
  if (objects.length < lines.length) {
    notes.push(`${lines.length - objects.length} of ${lines.length} lines are no JSON objects and would be malformed.`);
  }
  return { format: 'ndjson', delimiter: ',', header: false, fields: fieldsOf(objects, notes, 1), notes };
}

function parsedObject(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(objects: readonly JsonObject[], notes: string[], depth: number): Field[] {
  const values = new Map<string, unknown[]>();
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      if (name === '') continue;
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
  }
  return [...values].map(([name, all]) => {
    const present = all.filter((value) => value !== null);
    const type = typeOf(name, present);
    if (type === 'any' && present.length > 0) notes.push(`Field "${name}" holds values of several types; it is taken as "any".`);
    const nullable = present.length < objects.length ? { nullable: true } : {};
    const nested = type === 'row' && depth < MAX_DEPTH ? { fields: fieldsOf(present.filter(isObject), [], depth + 1) } : {};
    return { name, type, ...nullable, ...nested };
  });
}

function typeOf(name: string, values: readonly unknown[]): FieldType {
  if (values.length === 0) return 'any';
  if (values.every((value) => typeof value === 'number')) return inferNumberType(name, values);
  if (values.every((value) => typeof value === 'string')) return values.every(isIsoTimestamp) ? 'timestamp' : 'string';
  if (values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (values.every((value) => Array.isArray(value))) return 'array';
  return values.every(isObject) ? 'row' : 'any';
}
