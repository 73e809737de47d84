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

export const COUNT_FIELD = {
  kind: 'number',
  label: 'Number of records',
  help: 'The stream ends after so many records. 0: it never ends.',
  integer: true,
  min: 0,
  max: 1_000_000_000_000,
  default: 0,
} as const satisfies NumberField;

/** @param help Of what it is the event time. Any moment that a date can be of is one. */
export function startTimeField(help: string, defaultMs: number): NumberField {
  return {
    kind: 'number',
    label: 'Start time',
    help,
    integer: true,
    min: -62_135_596_800_000,
    max: 253_402_300_799_999,
    unit: 'ms',
    default: defaultMs,
  };
}

export function recordsPerSecondField(help: string): NumberField {
  return { kind: 'number', label: 'Records per second', help, min: 0.001, max: 1_000_000_000, unit: '/s', default: 10 };
}
