import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Field, Schema } from '../../batch/schema.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';

export const union = defineOperator({
  type: 'union',
  title: 'Union',
  category: 'transformation',
  summary: 'Brings several streams of the same fields together into one.',
  keywords: ['merge', 'combine', 'concat', 'streams', 'together'],
  fields: {},
  inputs: [{ name: 'in', title: 'Streams', many: true }],
  outputs: () => [{ name: 'out', title: 'All records' }],
  // Every stream keeps the way it comes: a union moves nothing by itself.
  partitioner: () => ({ kind: 'forward' }),
  shapes: (_, inputs) => {
    // A stream of which nothing is known yet is no reason to complain.
    const known = inputs.filter(({ schema }) => schema.fields.length > 0);
    const schema = joined(known.map((input) => input.schema));
    const eventTime = inputs.length > 0 && inputs.every((input) => input.eventTime);
    return { ports: { out: { schema, key: null, eventTime } }, problems: differences(known) };
  },
  face: () => '',
});

/** The fields of the first stream; what may be null in one of them may be null in all. */
function joined(schemas: readonly Schema[]): Schema {
  const [first = EMPTY_SCHEMA, ...rest] = schemas;
  const isNullable = (name: string): boolean =>
    schemas.some(({ fields }) => fields.find((field) => field.name === name)?.nullable === true);
  if (rest.length === 0) return first;
  return { fields: first.fields.map((field) => (isNullable(field.name) ? { ...field, nullable: true } : field)) };
}

function differences(streams: readonly StreamShape[]): readonly ConfigProblem[] {
  const [first, ...rest] = streams;
  if (first === undefined) return [];
  const difference = rest.map((other) => differenceOf(first.schema, other.schema)).find((found) => found !== null);
  if (difference === undefined || difference === null) return [];
  const message = `The streams of a union must have the same fields in the same order: ${difference}. Bring them into one form with a map.`;
  return [{ severity: 'error', code: 'union-fields', message, port: 'in' }];
}

function differenceOf(a: Schema, b: Schema): string | null {
  for (const [i, field] of a.fields.entries()) {
    const other = b.fields[i];
    if (other === undefined) return `one has "${field.name}", another does not`;
    if (other.name !== field.name) return `where one has "${field.name}", another has "${other.name}"`;
    if (typeText(other) !== typeText(field)) return `"${field.name}" is ${field.type} in one and ${other.type} in another`;
  }
  const extra = b.fields[a.fields.length];
  return extra === undefined ? null : `one has "${extra.name}", another does not`;
}

function typeText({ type, fields }: Field): string {
  return fields === undefined ? type : `${type}(${fields.map((field) => `${field.name} ${typeText(field)}`).join(', ')})`;
}
