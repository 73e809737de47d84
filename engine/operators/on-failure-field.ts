import type { ChoiceField } from './fields.ts';

/** What becomes of a record that a function cannot be used on. `help` says which records these are. */
export function onFailureField(help: string, label = 'When the function throws'): ChoiceField<'fail' | 'skip'> {
  return {
    kind: 'choice',
    label,
    help,
    options: [
      { value: 'fail', label: 'Fail the job', help: 'Stops at this record and shows it.' },
      { value: 'skip', label: 'Skip the record', help: 'Drops the record, counts it and lists it with the reason.' },
    ],
    default: 'fail',
  };
}
