import type { Field, Schema } from '../batch/schema.ts';

/** Field of a side output whose records are single values. */
export const VALUE_FIELD = 'value';

/**
 * The records of a side output, declared as one field: its name is the tag. A row has its own fields or, without any, those of the input; any other
 * type is a record with one field, `value`.
 */
export function sideOutputSchema(tag: Field, input: Schema): Schema {
  if (tag.type === 'row') return tag.fields === undefined || tag.fields.length === 0 ? input : { fields: tag.fields };
  return { fields: [{ ...tag, name: VALUE_FIELD }] };
}

/** Whether what is emitted is the value itself, not a record. */
export function isSingleValue(tag: Field): boolean {
  return tag.type !== 'row';
}
