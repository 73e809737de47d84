import { TextInput } from '@mantine/core';
import type { NumberField } from '../../../engine/api/index.ts';
import { useTextDraft } from '../../ui/use-text-draft.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

/** A number, or the text itself while it is none: the document keeps what was typed and the problem is shown. */
function read(text: string): unknown {
  const number = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(number) ? text : number;
}

function write(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

export function NumberControl({ id, describedBy, field, value, invalid, onChange, onCommit }: FieldControlProps<NumberField>) {
  const draft = useTextDraft(value, write, read, onChange);
  const stepBy = (direction: 1 | -1, large: boolean): void => {
    if (typeof value !== 'number') return;
    const step = (large ? 10 : 1) * (field.integer === true || Math.abs(value) >= 10 ? 1 : 0.1);
    const next = Number((value + direction * step).toPrecision(12));
    if (next >= (field.min ?? Number.NEGATIVE_INFINITY) && next <= (field.max ?? Number.POSITIVE_INFINITY)) onChange(next);
  };
  return (
    <TextInput
      id={id}
      {...describedByProps(describedBy)}
      inputMode="decimal"
      autoComplete="off"
      value={draft.text}
      error={invalid}
      rightSection={field.unit === undefined ? undefined : <span className="inspector-unit">{field.unit}</span>}
      rightSectionWidth={field.unit === undefined ? undefined : 16 + field.unit.length * 7}
      onChange={(event) => draft.change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        stepBy(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey);
      }}
      onBlur={() => {
        draft.finish();
        onCommit();
      }}
    />
  );
}
