import { Textarea, TextInput } from '@mantine/core';
import type { TextField } from '../../../engine/api/index.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

export function TextControl({ id, describedBy, field, value, invalid, onChange, onCommit }: FieldControlProps<TextField>) {
  const shared = {
    id,
    ...describedByProps(describedBy),
    'aria-required': field.required === true,
    autoComplete: 'off',
    placeholder: field.placeholder ?? '',
    value: typeof value === 'string' ? value : '',
    error: invalid,
    onBlur: onCommit,
  };
  if (field.multiline !== true) return <TextInput {...shared} onChange={(event) => onChange(event.currentTarget.value)} />;
  return (
    <Textarea
      {...shared}
      className="inspector-code"
      autosize
      minRows={4}
      maxRows={14}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
