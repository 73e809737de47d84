import type { ComboboxItem } from '@mantine/core';
import type { ColumnOption } from './field-control.ts';

/** A field in a list to choose from: its name, and its type at the end of the line. */
export function renderColumn({ option }: { readonly option: ComboboxItem }) {
  const { label, about } = option as ComboboxItem & ColumnOption;
  return (
    <span className="inspector-column">
      <span>{label}</span>
      <span className="inspector-column-about">{about}</span>
    </span>
  );
}
