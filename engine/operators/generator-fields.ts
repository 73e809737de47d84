import type { BooleanField, NumberField } from './fields.ts';

/** Fields that every generator has. */
export const GENERATOR_FIELDS = {
  splits: {
    kind: 'number',
    label: 'Splits',
    help: 'Into how many parts the stream is divided, record by record in turn. Subtasks read whole parts: with 1 the first subtask reads everything, in order, at any parallelism.',
    integer: true,
    min: 1,
    max: 1024,
    default: 1,
  } satisfies NumberField,
  resettable: {
    kind: 'boolean',
    label: 'Resettable',
    help: 'A restored job goes back to the record of its checkpoint. Off: like a socket, the source goes on where it is, and what came in between is lost.',
    default: true,
  } satisfies BooleanField,
} as const;
