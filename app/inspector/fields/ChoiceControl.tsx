import { SegmentedControl, Select } from '@mantine/core';
import type { ChoiceField } from '../../../engine/api/index.ts';
import type { FieldControlProps } from './field-control.ts';
import { describedByProps } from '../../ui/described-by.ts';

/** Letters that fit beside one another in the inspector at its usual width. */
const SEGMENTED_LETTERS = 30;
const SEGMENTED_OPTIONS = 3;

export function ChoiceControl({ id, labelId, describedBy, field, value, invalid, onChange, onCommit }: FieldControlProps<ChoiceField>) {
  const data = field.options.map(({ value: option, label }) => ({ value: option, label }));
  const letters = data.reduce((sum, option) => sum + option.label.length, 0);
  const chosen = field.options.find((option) => option.value === value);
  const choose = (next: string | null): void => {
    if (next === null) return;
    onChange(next);
    onCommit();
  };
  const isKnown = chosen !== undefined;
  return (
    <>
      {data.length <= SEGMENTED_OPTIONS && letters <= SEGMENTED_LETTERS && isKnown ? (
        <SegmentedControl
          id={id}
          fullWidth
          role="radiogroup"
          aria-labelledby={labelId}
          aria-describedby={describedBy}
          data={data}
          value={String(value)}
          onChange={choose}
        />
      ) : (
        <Select
          id={id}
          {...describedByProps(describedBy)}
          data={isKnown ? data : [...data, { value: String(value), label: `${String(value)} · unknown`, disabled: true }]}
          value={String(value)}
          error={invalid}
          allowDeselect={false}
          onChange={choose}
        />
      )}
      {chosen?.help === undefined ? null : <p className="inspector-help">{chosen.help}</p>}
    </>
  );
}
