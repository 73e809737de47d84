import { TextInput } from '@mantine/core';
import type { TextField } from '../../../engine/api/index.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

export function TextControl({ id, describedBy, field, value, invalid, onChange, onCommit }: FieldControlProps<TextField>) {
  return (
    <TextInput
      id={id}
      {...describedByProps(describedBy)}
      aria-required={field.required === true}
      autoComplete="off"
      placeholder={field.placeholder ?? ''}
      value={typeof value === 'string' ? value : ''}
      error={invalid}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={onCommit}
    />
  );
}
