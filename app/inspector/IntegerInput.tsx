import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { describedByProps } from '../ui/described-by.ts';

interface IntegerInputProps {
  readonly id: string;
  readonly describedBy: string;
  readonly min: number;
  readonly max: number;
  /** Undefined: not set. */
  readonly value: number | undefined;
  /** Shown while not set; without it, the field must have a value. */
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number | undefined) => void;
  readonly onCommit: () => void;
}

/**
 * An integer of the document itself (not of an operator's configuration): the document cannot hold an invalid one, so what is invalid
 * stays in the input with its reason, and the document keeps the last valid value.
 */
export function IntegerInput({ id, describedBy, min, max, value, placeholder, disabled = false, onChange, onCommit }: IntegerInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? (value === undefined ? '' : String(value));
  const read = (input: string): number | undefined | 'invalid' => {
    if (input.trim() === '') return placeholder === undefined ? 'invalid' : undefined;
    const number = Number(input);
    return Number.isInteger(number) && number >= min && number <= max ? number : 'invalid';
  };
  const isInvalid = draft !== null && read(draft) === 'invalid';
  return (
    <>
      <TextInput
        id={id}
        {...describedByProps(describedBy)}
        inputMode="numeric"
        autoComplete="off"
        disabled={disabled}
        placeholder={placeholder ?? ''}
        value={text}
        error={isInvalid}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setDraft(next);
          const number = read(next);
          if (number !== 'invalid') onChange(number);
        }}
        onBlur={() => {
          setDraft(null);
          onCommit();
        }}
      />
      {isInvalid ? (
        <p className="inspector-problem" data-severity="error" role="alert">
          Must be a whole number from {min} to {max}. {value === undefined ? 'It is not set' : `${value} stays in effect`} until then.
        </p>
      ) : null}
    </>
  );
}
