import type { editor, typescript } from 'monaco-editor';
import { documentStore } from '../../document/document-store.ts';
import type { FunctionTypeError } from '../type-check-store.ts';
import { useTypeCheckStore } from '../type-check-store.ts';
import { checkedFunctions } from './checked-functions.ts';
import type { CheckedFunction } from './checked-functions.ts';
import type { MonacoApi } from './load-monaco.ts';
import { isHelpful } from './type-complaints.ts';

/** Typing goes on meanwhile; a check takes 10 to 100 ms in its worker. */
const CHECK_DELAY_MS = 250;
/** To reach the worker while it is being set up. */
const MAX_ATTEMPTS = 40;
/** More editors than stand in one form. */
const MAX_SHOWN = 12;

/** The hidden model of a function that is shown in an editor. */
interface Checked {
  readonly lineOffset: number;
  readonly model: editor.ITextModel;
}

/** A type error of a text, whichever fields hold it. */
type TextError = Omit<FunctionTypeError, 'field'>;

/**
 * Type-checks every user function of the document with the input type that reaches it. Each is wrapped into a module of its own, which lives in a
 * hidden model while it is checked; what was found is kept by text. Models stay only for the functions that are shown: the editor warns from two
 * hundred on, and every one costs.
 * Follows the document from the moment the code editor was first needed.
 */
export class FunctionChecker {
  readonly #monaco: MonacoApi;
  /** By `keyOf`. */
  readonly #shown = new Map<string, Checked>();
  readonly #found = new Map<string, readonly TextError[]>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #round = 0;

  constructor(monaco: MonacoApi) {
    this.#monaco = monaco;
    documentStore.subscribe((state, before) => {
      if (state.analysis !== before.analysis) this.#schedule();
    });
    this.#schedule();
  }

  /** The hidden model of a function, up to date with the document. Undefined when it is not checked. */
  checkedFunction(nodeId: string, field: string): Checked | undefined {
    const key = keyOf(nodeId, field);
    const known = this.#shown.get(key);
    const wanted = wantedFunctions(nodeId).find((each) => each.field === field);
    if (wanted === undefined) {
      known?.model.dispose();
      this.#shown.delete(key);
      return undefined;
    }
    const model = known?.model ?? this.#newModel(wanted.text);
    if (model.getValue() !== wanted.text) model.setValue(wanted.text);
    const checked = { lineOffset: wanted.lineOffset, model };
    // The newest last.
    this.#shown.delete(key);
    this.#shown.set(key, checked);
    this.#dropOldest();
    return checked;
  }

  async worker(model: editor.ITextModel): Promise<typescript.TypeScriptWorker> {
    const connect = await this.#connected();
    return connect(model.uri);
  }

  /** Monaco sets TypeScript up some time after the first model in it was made, and until then refuses instead of waiting. */
  async #connected(): Promise<Awaited<ReturnType<MonacoApi['typescript']['getTypeScriptWorker']>>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#monaco.typescript.getTypeScriptWorker();
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, CHECK_DELAY_MS));
      }
    }
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#check().catch((error: unknown) => {
        // The editor's worker was not to be had. Types are a help, never a condition; the next edit tries again.
        reportError(error);
      });
    }, CHECK_DELAY_MS);
  }

  async #check(): Promise<void> {
    const round = ++this.#round;
    const { document } = documentStore.getState();
    const wanted = document.nodes.flatMap((node) => wantedFunctions(node.id));
    const keys = new Set(wanted.map(({ nodeId, field }) => keyOf(nodeId, field)));
    useTypeCheckStore.getState().retain((nodeId, field) => keys.has(keyOf(nodeId, field)));
    for (const { nodeId, field, text, lineOffset } of wanted) {
      const found = this.#found.get(text) ?? (await this.#errorsOf(text, lineOffset));
      if (round !== this.#round) return;
      this.#found.set(text, found);
      useTypeCheckStore.getState().setErrors(
        nodeId,
        field,
        found.map((error) => ({ field, ...error })),
      );
    }
    const texts = new Set(wanted.map(({ text }) => text));
    for (const text of this.#found.keys()) if (!texts.has(text)) this.#found.delete(text);
  }

  async #errorsOf(text: string, lineOffset: number): Promise<readonly TextError[]> {
    const model = this.#newModel(text);
    try {
      const diagnostics = await this.#diagnosticsOf(model);
      return diagnostics.filter((diagnostic) => isHelpful(diagnostic, text)).map((diagnostic) => errorAt(model, lineOffset, diagnostic));
    } finally {
      model.dispose();
    }
  }

  async #diagnosticsOf(model: editor.ITextModel): Promise<readonly typescript.Diagnostic[]> {
    const uri = model.uri.toString();
    const worker = await this.worker(model);
    const syntactic = await worker.getSyntacticDiagnostics(uri);
    // Types of a text that does not parse are noise.
    return syntactic.length > 0 ? syntactic : await worker.getSemanticDiagnostics(uri);
  }

  #dropOldest(): void {
    for (const [key, { model }] of this.#shown) {
      if (this.#shown.size <= MAX_SHOWN) return;
      model.dispose();
      this.#shown.delete(key);
    }
  }

  #newModel(text: string): editor.ITextModel {
    return this.#monaco.editor.createModel(text, 'typescript', this.#monaco.Uri.parse(`file:///checked/${crypto.randomUUID()}.ts`));
  }
}

/** The functions of a node that can be checked. */
function wantedFunctions(nodeId: string): readonly CheckedFunction[] {
  const { document, analysis } = documentStore.getState();
  const node = document.nodes.find(({ id }) => id === nodeId);
  return node === undefined ? [] : checkedFunctions(node, analysis);
}

function keyOf(nodeId: string, field: string): string {
  return JSON.stringify([nodeId, field]);
}

function errorAt(model: editor.ITextModel, lineOffset: number, diagnostic: typescript.Diagnostic): TextError {
  const start = model.getPositionAt(diagnostic.start ?? 0);
  const end = model.getPositionAt((diagnostic.start ?? 0) + (diagnostic.length ?? 0));
  const lastLine = model.getLineCount() - 1 - lineOffset;
  const message = messageOf(diagnostic.messageText);
  // What TypeScript finds in the signature (a parameter of another type) concerns the function as a whole: its first line.
  if (start.lineNumber <= lineOffset) return { line: 1, column: 1, endLine: 1, endColumn: model.getLineMaxColumn(lineOffset + 1), message };
  const line = Math.min(start.lineNumber - lineOffset, lastLine);
  return { line, column: start.column, endLine: Math.min(end.lineNumber - lineOffset, lastLine), endColumn: end.column, message };
}

function messageOf(text: typescript.Diagnostic['messageText']): string {
  if (typeof text === 'string') return text;
  const details = (text.next ?? []).map(messageOf);
  return [text.messageText, ...details].join(' ');
}

let checker: FunctionChecker | null = null;

/** The checker of this page. */
export function functionChecker(monaco: MonacoApi): FunctionChecker {
  checker ??= new FunctionChecker(monaco);
  return checker;
}
