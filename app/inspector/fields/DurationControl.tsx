import { TextInput } from '@mantine/core';
import type { DurationField } from '../../../engine/api/index.ts';
import { formatDuration, parseDuration } from '../../ui/format.ts';
import { useTextDraft } from '../../ui/use-text-draft.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

/** Milliseconds, or the text itself while it is no duration. */
function read(text: string): unknown {
  return parseDuration(text) ?? text;
}

function write(value: unknown): string {
  if (typeof value === 'number') return formatDuration(value);
  return typeof value === 'string' ? value : '';
}

export function DurationControl({ id, describedBy, value, invalid, onChange, onCommit }: FieldControlProps<DurationField>) {
  const draft = useTextDraft(value, write, read, onChange);
  return (
    <TextInput
      id={id}
      {...describedByProps(describedBy)}
      autoComplete="off"
      spellCheck={false}
      placeholder="10 s"
      value={draft.text}
      error={invalid}
      onChange={(event) => draft.change(event.currentTarget.value)}
      onBlur={() => {
        draft.finish();
        onCommit();
      }}
    />
  );
}
