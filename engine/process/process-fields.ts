import type { FunctionField, SchemaField } from '../operators/fields.ts';
import type { FunctionKind } from './user-interface.ts';
import { typesOf } from './user-interface.ts';

export function codeField(kind: FunctionKind, code: string, help: string): FunctionField {
  return { kind: 'function', label: kind.name, help, returns: 'object', required: true, types: typesOf(kind), default: code };
}

export const OUTPUT_FIELDS: SchemaField = {
  kind: 'schema',
  label: 'Output fields',
  help: 'The fields of the records that come out. What code collects cannot be read from its text, so they are declared.',
  default: [],
};

export const SIDE_OUTPUTS: SchemaField = {
  kind: 'schema',
  label: 'Side outputs',
  help: 'One line per tag of "ctx.output(tag, value)". Type "row": the value is a record like the input. Any other type: the value is put into a field "value".',
  optional: true,
  default: [],
};
