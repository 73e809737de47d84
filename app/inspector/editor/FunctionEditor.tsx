import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { FunctionTypeError } from '../type-check-store.ts';
import type { MonacoApi } from './load-monaco.ts';
import { loadMonaco } from './load-monaco.ts';
import { MonacoEditor } from './MonacoEditor.tsx';
import { describedByProps } from '../../ui/described-by.ts';

export interface FunctionEditorProps {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string;
  readonly nodeId: string;
  readonly field: string;
  readonly text: string;
  readonly isInvalid: boolean;
  readonly typeErrors: readonly FunctionTypeError[];
  readonly onChange: (text: string) => void;
  readonly onCommit: () => void;
}

/** The code editor; until it is loaded, and when it cannot be, a plain text area that works as well. */
export function FunctionEditor(props: FunctionEditorProps) {
  const monaco = useMonaco();
  if (monaco !== null) return <MonacoEditor {...props} monaco={monaco} />;
  return (
    <Textarea
      id={props.id}
      aria-label={props.label}
      {...describedByProps(props.describedBy)}
      className="inspector-code"
      autosize
      minRows={5}
      maxRows={16}
      spellCheck={false}
      value={props.text}
      error={props.isInvalid}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onBlur={props.onCommit}
    />
  );
}

function useMonaco(): MonacoApi | null {
  const [monaco, setMonaco] = useState<MonacoApi | null>(null);
  useEffect(() => {
    let isCurrent = true;
    loadMonaco().then(
      (loaded) => isCurrent && setMonaco(loaded),
      // The text area stays: everything but completions and type errors works without the editor.
      (error: unknown) => reportError(error),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  return monaco;
}
