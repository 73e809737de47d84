import { MultiSelect } from '@mantine/core';
import type { ColumnsField } from '../../../engine/api/index.ts';
import { columnOptions } from './field-control.ts';
import type { FieldControlProps } from './field-control.ts';
import { renderColumn } from './render-column.tsx';

export function ColumnsControl({ id, describedBy, field, value, inputs, invalid, onChange, onCommit }: FieldControlProps<ColumnsField>) {
  const chosen = Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
  const options = columnOptions(inputs, field.accepts, chosen, field.paths);
  return (
    <MultiSelect
      id={id}
      aria-describedby={describedBy}
      data={options}
      renderOption={renderColumn}
      value={chosen}
      placeholder={chosen.length > 0 ? '' : options.length === 0 ? 'Connect an input first' : 'Choose fields'}
      nothingFoundMessage="No such field"
      searchable
      hidePickedOptions
      error={invalid}
      onChange={(next) => {
        onChange(next);
        onCommit();
      }}
    />
  );
}
