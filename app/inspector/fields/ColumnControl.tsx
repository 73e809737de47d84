import { Select } from '@mantine/core';
import type { ColumnField } from '../../../engine/api/index.ts';
import { columnOptions } from './field-control.ts';
import type { FieldControlProps } from './field-control.ts';
import { renderColumn } from './render-column.tsx';
import { describedByProps } from '../../ui/described-by.ts';

export function ColumnControl({ id, describedBy, field, value, inputs, invalid, onChange, onCommit }: FieldControlProps<ColumnField>) {
  const chosen = typeof value === 'string' ? value : '';
  const options = columnOptions(inputs, field.accepts, [chosen]);
  return (
    <Select
      id={id}
      {...describedByProps(describedBy)}
      data={options}
      renderOption={renderColumn}
      value={chosen === '' ? null : chosen}
      placeholder={options.length === 0 ? 'Connect an input first' : 'Choose a field'}
      nothingFoundMessage="No such field"
      searchable
      clearable={field.required !== true}
      clearButtonProps={{ 'aria-label': `Clear ${field.label}` }}
      error={invalid}
      onChange={(next) => {
        onChange(next ?? '');
        onCommit();
      }}
    />
  );
}
