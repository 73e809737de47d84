import { Switch } from '@mantine/core';
import type { BooleanField } from '../../../engine/api/index.ts';
import type { FieldControlProps } from './field-control.ts';

export function BooleanControl({ id, describedBy, value, invalid, onChange, onCommit }: FieldControlProps<BooleanField>) {
  return (
    <Switch
      id={id}
      aria-describedby={describedBy}
      checked={value === true}
      error={invalid}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
        onCommit();
      }}
    />
  );
}
