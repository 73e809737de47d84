import { useComputedColorScheme } from '@mantine/core';
import type { editor } from 'monaco-editor';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { FieldReveal } from '../../document/field-reveal.ts';
import { fieldRevealStore } from '../../document/field-reveal.ts';
import type { FunctionTypeError } from '../type-check-store.ts';
import type { FunctionEditorProps } from './FunctionEditor.tsx';
import { functionChecker } from './function-checker.ts';
import { registerFunctionLanguage, showsFunction } from './function-language.ts';
import type { MonacoApi } from './load-monaco.ts';

const LINE_HEIGHT = 19;
const MIN_LINES = 4;
const MAX_LINES = 18;
const PADDING = 6;

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fixedOverflowWidgets: true,
  minimap: { enabled: false },
  lineNumbersMinChars: 2,
  lineDecorationsWidth: 6,
  glyphMargin: false,
  folding: false,
  overviewRulerLanes: 0,
  scrollBeyondLastLine: false,
  scrollbar: { alwaysConsumeMouseWheel: false, verticalScrollbarSize: 8, horizontalScrollbarSize: 8 },
  padding: { top: PADDING, bottom: PADDING },
  fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSize: 12,
  lineHeight: LINE_HEIGHT,
  tabSize: 2,
  tabFocusMode: true,
  wordWrap: 'on',
  renderLineHighlight: 'none',
  contextmenu: false,
  // A text area: the page's keyboard shortcuts know that somebody types there.
  editContext: false,
  quickSuggestions: true,
  // Typing over a selection replaces it, as in every other field.
  autoSurround: 'never',
  occurrencesHighlight: 'off',
  stickyScroll: { enabled: false },
};

/** Offsets in a text. */
interface TextSelection {
  readonly start: number;
  readonly end: number;
}

interface Typing {
  /** What was typed here and has not come back as `text` yet, oldest first. */
  readonly texts: string[];
  /** The text is being changed from outside. */
  isSetting: boolean;
}

interface MonacoEditorProps extends FunctionEditorProps {
  readonly monaco: MonacoApi;
}

export function MonacoEditor(props: MonacoEditorProps) {
  const { monaco, label, text, typeErrors, isInvalid } = props;
  const container = useRef<HTMLDivElement>(null);
  // The first rendering is the last moment at which the text area that is replaced can be asked.
  const [firstSelection] = useState(() => selectionIn(props.id));
  const editorRef = useRef<editor.IStandaloneCodeEditor | null>(null);
  const typing = useRef<Typing>({ texts: [], isSetting: false });
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const scheme = useComputedColorScheme('light');

  // Before the next key: what is typed while the text area gives way must not be lost.
  useLayoutEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    const created = createEditor(monaco, element, latest, typing.current);
    editorRef.current = created;
    const model = created.getModel();
    if (firstSelection !== null && model !== null) {
      created.setSelection(monaco.Range.fromPositions(model.getPositionAt(firstSelection.start), model.getPositionAt(firstSelection.end)));
      created.focus();
    }
    return () => {
      editorRef.current = null;
      created.getModel()?.dispose();
      created.dispose();
    };
  }, [monaco, firstSelection]);

  useEffect(() => {
    // On a busy machine this comes when more has been typed already: an echo of what was typed must not put the text back.
    const { texts } = typing.current;
    const echo = texts.lastIndexOf(text);
    texts.splice(0, echo < 0 ? texts.length : echo + 1);
    const model = editorRef.current?.getModel();
    if (echo >= 0 || model === null || model === undefined || model.getValue() === text) return;
    // Undo of the pipeline, or another edit than the one typed here.
    typing.current.isSetting = true;
    model.setValue(text);
    typing.current.isSetting = false;
  }, [text]);

  useEffect(() => {
    const model = editorRef.current?.getModel();
    if (model !== null && model !== undefined) monaco.editor.setModelMarkers(model, 'types', markersOf(monaco, typeErrors));
  }, [monaco, typeErrors]);

  useRevealedPlace(editorRef, props);

  useEffect(() => monaco.editor.setTheme(scheme === 'dark' ? 'millrace-dark' : 'millrace-light'), [monaco, scheme]);

  useEffect(() => editorRef.current?.updateOptions({ ariaLabel: `${label}. Press Escape or Tab to leave the editor.` }), [label]);

  return (
    <>
      <div ref={container} className="inspector-monaco nokey" data-invalid={isInvalid} />
      {/* Where Escape puts the focus: behind the editor, so that Tab goes on to the next field. */}
      <span className="inspector-monaco-exit" tabIndex={-1}>
        Outside of the editor. Tab goes on, Shift Tab goes back.
      </span>
    </>
  );
}

/** Requests that an editor has followed: one that is opened later must not go there again. */
const followed = new WeakSet<FieldReveal>();

/** Puts the cursor where somebody asked to look. The inspector gives the focus. */
function useRevealedPlace(
  editorRef: { readonly current: editor.IStandaloneCodeEditor | null },
  { nodeId, field }: Pick<MonacoEditorProps, 'nodeId' | 'field'>,
): void {
  const request = useStore(fieldRevealStore, (state) => state.request);
  useEffect(() => {
    const { current } = editorRef;
    if (current === null || request === null || request.at === null || followed.has(request)) return;
    if (request.nodeId !== nodeId || request.field !== field) return;
    followed.add(request);
    const position = { lineNumber: request.at.line, column: request.at.column };
    current.setPosition(position);
    current.revealPositionInCenterIfOutsideViewport(position);
  }, [request, editorRef, nodeId, field]);
}

/** What somebody who is in the text area has selected; null: nobody is. */
function selectionIn(textAreaId: string): TextSelection | null {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLTextAreaElement) || activeElement.id !== textAreaId) return null;
  return { start: activeElement.selectionStart, end: activeElement.selectionEnd };
}

function createEditor(
  monaco: MonacoApi,
  element: HTMLElement,
  latest: { readonly current: FunctionEditorProps },
  typing: Typing,
): editor.IStandaloneCodeEditor {
  const checker = functionChecker(monaco);
  registerFunctionLanguage(monaco, checker);
  const { nodeId, field, label, text, typeErrors } = latest.current;
  const model = monaco.editor.createModel(text, 'typescript', monaco.Uri.parse(`file:///shown/${crypto.randomUUID()}.ts`));
  showsFunction(model, { nodeId, field });
  monaco.editor.setModelMarkers(model, 'types', markersOf(monaco, typeErrors));
  const created = monaco.editor.create(element, { ...OPTIONS, model, ariaLabel: `${label}. Press Escape or Tab to leave the editor.` });

  const fit = (): void => {
    const lines = Math.min(MAX_LINES, Math.max(MIN_LINES, Math.ceil((created.getContentHeight() - 2 * PADDING) / LINE_HEIGHT)));
    element.style.height = `${lines * LINE_HEIGHT + 2 * PADDING}px`;
  };
  created.onDidContentSizeChange(fit);
  fit();
  model.onDidChangeContent(() => {
    if (typing.isSetting) return;
    const value = model.getValue();
    typing.texts.push(value);
    latest.current.onChange(value);
  });
  created.onDidBlurEditorWidget(() => latest.current.onCommit());
  // Only when nothing inside the editor (suggestions, find, several cursors) wants the key first.
  created.addCommand(
    monaco.KeyCode.Escape,
    () => (element.nextElementSibling as HTMLElement | null)?.focus(),
    '!suggestWidgetVisible && !parameterHintsVisible && !findWidgetVisible && !editorHasMultipleSelections && !markersNavigationVisible',
  );
  element.addEventListener('keydown', passStudioKeys, { capture: true });
  return created;
}

/** Keys of the studio that Monaco has other uses for are handed on to the page as if the focus were outside of the editor. */
function passStudioKeys(event: KeyboardEvent): void {
  if (!isStudioKey(event)) return;
  const outside = (event.currentTarget as HTMLElement).parentElement;
  event.preventDefault();
  event.stopImmediatePropagation();
  outside?.dispatchEvent(new KeyboardEvent(event.type, event));
}

function isStudioKey(event: KeyboardEvent): boolean {
  const command = event.ctrlKey || event.metaKey;
  if (command) return event.key === 'Enter' || event.key.toLowerCase() === 'k' || event.key.toLowerCase() === 's';
  return event.key === 'F8' || event.key === 'F10';
}

function markersOf(monaco: MonacoApi, errors: readonly FunctionTypeError[]): editor.IMarkerData[] {
  return errors.map((error) => ({
    severity: monaco.MarkerSeverity.Error,
    message: error.message,
    startLineNumber: error.line,
    startColumn: error.column,
    endLineNumber: error.endLine,
    endColumn: error.endColumn,
  }));
}
