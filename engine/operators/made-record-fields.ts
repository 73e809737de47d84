import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { Schema } from '../batch/schema.ts';
import type { ConfigProblem } from './definition.ts';
import type { SchemaField } from './fields.ts';

/** Fields of the records that a function makes: declared, or read from it. */
export const MADE_RECORD_FIELDS: SchemaField = {
  kind: 'schema',
  label: 'Output fields',
  help: 'Leave this empty to read fields and types from the function. Declare them when the function is too free for that.',
  optional: true,
  default: [],
};

/** What is known of such records. */
export interface MadeRecords {
  /** Empty while it cannot be known, so that what follows does not complain about fields as well. */
  readonly schema: Schema;
  readonly problems: readonly ConfigProblem[];
}

/** The fields cannot be read from the function, and are not declared. `found`: what else is wrong. */
export function undeclaredRecords(message: string, found: readonly ConfigProblem[] = []): MadeRecords {
  return { schema: EMPTY_SCHEMA, problems: [...found, { severity: 'error', code: 'output-unknown', message, field: 'schema' }] };
}
