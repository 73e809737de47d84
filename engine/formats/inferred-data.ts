import type { Field } from '../batch/schema.ts';

/** What the head of a file says about it. The same shape as `InferredData` of the engine's boundary. */
export interface InferredData {
  readonly format: 'csv' | 'ndjson' | 'parquet';
  /** CSV: ',', ';', '\t' or '|'. */
  readonly delimiter: string;
  /** CSV: the first line holds field names. */
  readonly header: boolean;
  readonly fields: readonly Field[];
  /** Sentences a person should see. */
  readonly notes: readonly string[];
}
