import type { Field, FieldType } from '../../batch/schema.ts';
import type { StreamShape } from '../../operators/definition.ts';
import type { Json, Vector } from './vector.ts';

/**
 * The streams of a `harness` vector, keyed by the field `key`; fields and types are those of the records that the steps hold.
 * @param mentioned Fields that the operator speaks of, also where no record has them.
 */
export function inputsOfVector(
  vector: Vector,
  count: number,
  key: string | null,
  mentioned: readonly string[] = [],
): readonly StreamShape[] {
  const elements = (vector.steps ?? []).flatMap((step) => ('element' in step ? [step['element'] as Json] : []));
  const all = elements.map((element) => element['value'] as Json);
  return Array.from({ length: count }, (_, input) => {
    const values = elements.filter((element) => Number(element['input'] ?? 1) - 1 === input).map((element) => element['value'] as Json);
    // An input without records has the fields of the other, so that it has a key.
    const known = values.length === 0 ? all : values;
    const names = [...new Set([...known.flatMap((value) => Object.keys(value)), ...(key === null ? [] : [key]), ...mentioned])];
    const fields = names.map((name) => fieldOf(name, name === key ? all : known, name === key));
    return { schema: { fields }, key: key === null ? null : { kind: 'fields', fields: [key] }, eventTime: true };
  });
}

function fieldOf(name: string, records: readonly Json[], isKey: boolean): Field {
  const values = records.map((record) => record[name]);
  const present = values.filter((value) => value !== null && value !== undefined);
  const types = new Set(present.map(typeOf));
  const type = types.size === 1 ? ([...types][0] as FieldType) : 'any';
  return present.length < values.length && !isKey ? { name, type, nullable: true } : { name, type };
}

function typeOf(value: unknown): FieldType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'double' : 'any';
}
