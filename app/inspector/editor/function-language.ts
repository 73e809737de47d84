import type { CancellationToken, editor, languages, Position } from 'monaco-editor';
import type { FunctionChecker } from './function-checker.ts';
import type { MonacoApi } from './load-monaco.ts';

interface FunctionPlace {
  readonly nodeId: string;
  readonly field: string;
}

/** Which function a visible model shows. */
const places = new WeakMap<editor.ITextModel, FunctionPlace>();

export function showsFunction(model: editor.ITextModel, place: FunctionPlace): void {
  places.set(model, place);
}

interface CompletionEntry {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
}

interface DisplayPart {
  readonly text: string;
}

let isRegistered = false;

/** Completions, hovers and parameter hints in function editors, answered from the wrapped text. */
export function registerFunctionLanguage(monaco: MonacoApi, checker: FunctionChecker): void {
  if (isRegistered) return;
  isRegistered = true;

  const ask = async <T>(
    model: editor.ITextModel,
    position: Position,
    token: CancellationToken,
    question: (worker: Awaited<ReturnType<FunctionChecker['worker']>>, uri: string, offset: number) => Promise<T>,
  ): Promise<{ readonly answer: T; readonly hidden: editor.ITextModel; readonly lineOffset: number } | null> => {
    const place = places.get(model);
    const checked = place === undefined ? undefined : checker.checkedFunction(place.nodeId, place.field);
    if (checked === undefined) return null;
    const { model: hidden, lineOffset } = checked;
    const offset = hidden.getOffsetAt({ lineNumber: position.lineNumber + lineOffset, column: position.column });
    const worker = await checker.worker(hidden);
    if (token.isCancellationRequested || hidden.isDisposed()) return null;
    const answer = await question(worker, hidden.uri.toString(), offset);
    return token.isCancellationRequested || model.isDisposed() || hidden.isDisposed() ? null : { answer, hidden, lineOffset };
  };

  monaco.languages.registerCompletionItemProvider('typescript', {
    triggerCharacters: ['.'],
    async provideCompletionItems(model, position, _context, token) {
      const found = await ask(model, position, token, (worker, uri, offset) => worker.getCompletionsAtPosition(uri, offset));
      // Nothing to say, or the editor was left meanwhile: its text must not be touched any more.
      if (found === null) return { suggestions: [] };
      const entries = (found.answer as { readonly entries: readonly CompletionEntry[] } | undefined)?.entries ?? [];
      const word = model.getWordUntilPosition(position);
      const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      return {
        suggestions: entries
          .filter((entry) => entry.name !== '__function' && entry.name !== 'Input')
          .map((entry) => ({
            label: entry.name,
            insertText: entry.name,
            kind: kindOf(monaco, entry.kind),
            sortText: entry.sortText,
            range,
          })),
      };
    },
  });

  monaco.languages.registerHoverProvider('typescript', {
    async provideHover(model, position, token) {
      const found = await ask(model, position, token, (worker, uri, offset) => worker.getQuickInfoAtPosition(uri, offset));
      const info = found?.answer as QuickInfo | undefined;
      if (found === null || info === undefined) return null;
      const from = found.hidden.getPositionAt(info.textSpan.start);
      const to = found.hidden.getPositionAt(info.textSpan.start + info.textSpan.length);
      if (from.lineNumber <= found.lineOffset) return null;
      return {
        range: new monaco.Range(from.lineNumber - found.lineOffset, from.column, to.lineNumber - found.lineOffset, to.column),
        contents: [
          { value: `\`\`\`typescript\n${textOf(info.displayParts)}\n\`\`\`` },
          ...(info.documentation === undefined || info.documentation.length === 0 ? [] : [{ value: textOf(info.documentation) }]),
        ],
      };
    },
  });

  monaco.languages.registerSignatureHelpProvider('typescript', {
    signatureHelpTriggerCharacters: ['(', ','],
    async provideSignatureHelp(model, position, token) {
      const found = await ask(model, position, token, (worker, uri, offset) => worker.getSignatureHelpItems(uri, offset, {}));
      const help = found?.answer as SignatureItems | undefined;
      if (help === undefined) return null;
      return { value: signatureHelp(help), dispose: () => undefined };
    },
  });
}

interface QuickInfo {
  readonly textSpan: { readonly start: number; readonly length: number };
  readonly displayParts?: readonly DisplayPart[];
  readonly documentation?: readonly DisplayPart[];
}

interface SignatureItems {
  readonly selectedItemIndex: number;
  readonly argumentIndex: number;
  readonly items: readonly {
    readonly prefixDisplayParts: readonly DisplayPart[];
    readonly suffixDisplayParts: readonly DisplayPart[];
    readonly separatorDisplayParts: readonly DisplayPart[];
    readonly parameters: readonly { readonly displayParts: readonly DisplayPart[] }[];
  }[];
}

function signatureHelp(help: SignatureItems): languages.SignatureHelp {
  return {
    activeSignature: help.selectedItemIndex,
    activeParameter: help.argumentIndex,
    signatures: help.items.map((item) => {
      const labels = item.parameters.map((parameter) => textOf(parameter.displayParts));
      return {
        label: `${textOf(item.prefixDisplayParts)}${labels.join(textOf(item.separatorDisplayParts))}${textOf(item.suffixDisplayParts)}`,
        parameters: labels.map((label) => ({ label })),
      };
    }),
  };
}

function textOf(parts: readonly DisplayPart[] | undefined): string {
  return (parts ?? []).map((part) => part.text).join('');
}

function kindOf(monaco: MonacoApi, kind: string): languages.CompletionItemKind {
  const kinds = monaco.languages.CompletionItemKind;
  if (kind === 'property' || kind === 'getter') return kinds.Field;
  if (kind === 'method') return kinds.Method;
  if (kind === 'function' || kind === 'local function') return kinds.Function;
  if (kind === 'keyword') return kinds.Keyword;
  if (kind === 'class') return kinds.Class;
  if (kind === 'interface' || kind === 'type') return kinds.Interface;
  if (kind === 'const') return kinds.Constant;
  return kinds.Variable;
}
