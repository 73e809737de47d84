import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { FunctionTypeError } from '../type-check-store.ts';
import type { MonacoApi } from './load-monaco.ts';
import { loadMonaco } from './load-monaco.ts';
import type { TextSelection } from './MonacoEditor.tsx';
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
  const loaded = useMonaco(props.id);
  if (loaded !== null) return <MonacoEditor {...props} monaco={loaded.monaco} selection={loaded.selection} />;
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

interface LoadedMonaco {
  readonly monaco: MonacoApi;
  /** What somebody who was in the text area had selected when the editor took its place; null: nobody was. */
  readonly selection: TextSelection | null;
}

function useMonaco(textAreaId: string): LoadedMonaco | null {
  const [loaded, setLoaded] = useState<LoadedMonaco | null>(null);
  useEffect(() => {
    let isCurrent = true;
    loadMonaco().then(
      (monaco) => isCurrent && setLoaded({ monaco, selection: selectionIn(textAreaId) }),
      // The text area stays: everything but completions and type errors works without the editor.
      (error: unknown) => reportError(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [textAreaId]);
  return loaded;
}

function selectionIn(textAreaId: string): TextSelection | null {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLTextAreaElement) || activeElement.id !== textAreaId) return null;
  return { start: activeElement.selectionStart, end: activeElement.selectionEnd };
}
