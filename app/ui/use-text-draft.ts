import { useState } from 'react';

export interface TextDraft {
  readonly text: string;
  readonly change: (text: string) => void;
  /** The field lost the focus: the text becomes the canonical one of the value. */
  readonly finish: () => void;
}

/**
 * Text of a field whose value is not text ("1.5 min" for 90000). What was typed stays as it is while it still reads to the value;
 * when the value changes from elsewhere (undo), the value's own text shows.
 */
export function useTextDraft<T>(value: T, write: (value: T) => string, read: (text: string) => T, onChange: (value: T) => void): TextDraft {
  const [draft, setDraft] = useState<string | null>(null);
  return {
    text: draft !== null && Object.is(read(draft), value) ? draft : write(value),
    change: (text) => {
      setDraft(text);
      onChange(read(text));
    },
    finish: () => setDraft(null),
  };
}
