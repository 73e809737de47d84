import type { editor, typescript } from 'monaco-editor';
import { definitionOf } from '../../../engine/api/index.ts';
import { documentStore } from '../../document/document-store.ts';
import type { FunctionTypeError } from '../type-check-store.ts';
import { useTypeCheckStore } from '../type-check-store.ts';
import type { MonacoApi } from './load-monaco.ts';
import { checkedText } from './record-types.ts';

/** Typing goes on meanwhile; a check takes 10 to 100 ms in its worker. */
const CHECK_DELAY_MS = 250;
/** To reach the worker while it is being set up. */
const MAX_ATTEMPTS = 40;

/** Complaints that something has no type written down, or no first value (methods of a class): plain JavaScript is welcome. */
const UNTYPED: ReadonlySet<number> = new Set([2564, 7005, 7006, 7008, 7019, 7031]);

interface Checked {
  readonly nodeId: string;
  readonly field: string;
  readonly lineOffset: number;
  readonly model: editor.ITextModel;
}

/**
 * Type-checks every user function of the document with the input type that reaches it: each lives, wrapped, in a hidden model.
 * Follows the document from the moment the code editor was first needed.
 */
export class FunctionChecker {
  readonly #monaco: MonacoApi;
  readonly #functions = new Map<string, Checked>();
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
    this.#synchronize();
    return this.#functions.get(keyOf(nodeId, field));
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
    this.#synchronize();
    const round = ++this.#round;
    const { document } = documentStore.getState();
    useTypeCheckStore.getState().retainNodes(new Set(document.nodes.map((node) => node.id)));
    for (const checked of this.#functions.values()) {
      if (checked.model.isDisposed()) continue;
      const errors = await this.#errorsOf(checked);
      if (round !== this.#round) return;
      useTypeCheckStore.getState().setErrors(checked.nodeId, checked.field, errors);
    }
  }

  async #errorsOf({ model, field, lineOffset }: Checked): Promise<readonly FunctionTypeError[]> {
    const diagnostics = await this.#diagnosticsOf(model);
    if (model.isDisposed()) return [];
    return diagnostics.filter(({ code }) => !UNTYPED.has(code)).map((diagnostic) => errorAt(model, field, lineOffset, diagnostic));
  }

  async #diagnosticsOf(model: editor.ITextModel): Promise<readonly typescript.Diagnostic[]> {
    const uri = model.uri.toString();
    try {
      const worker = await this.worker(model);
      const syntactic = await worker.getSyntacticDiagnostics(uri);
      // Types of a text that does not parse are noise.
      return syntactic.length > 0 || model.isDisposed() ? syntactic : await worker.getSemanticDiagnostics(uri);
    } catch (error) {
      // The function was deleted meanwhile: the worker does not know it any more.
      if (model.isDisposed()) return [];
      throw error;
    }
  }

  /** Models as the document wants them: texts updated, functions that are gone disposed. */
  #synchronize(): void {
    const wanted = wantedFunctions();
    for (const [key, checked] of this.#functions) {
      if (wanted.has(key)) continue;
      checked.model.dispose();
      this.#functions.delete(key);
      useTypeCheckStore.getState().setErrors(checked.nodeId, checked.field, []);
    }
    for (const [key, { nodeId, field, text, lineOffset }] of wanted) {
      const model = this.#functions.get(key)?.model ?? this.#newModel(text);
      if (model.getValue() !== text) model.setValue(text);
      this.#functions.set(key, { nodeId, field, lineOffset, model });
    }
  }

  #newModel(text: string): editor.ITextModel {
    return this.#monaco.editor.createModel(text, 'typescript', this.#monaco.Uri.parse(`file:///checked/${crypto.randomUUID()}.ts`));
  }
}

interface WantedFunction {
  readonly nodeId: string;
  readonly field: string;
  readonly text: string;
  readonly lineOffset: number;
}

function wantedFunctions(): Map<string, WantedFunction> {
  const { document, analysis } = documentStore.getState();
  const wanted = new Map<string, WantedFunction>();
  for (const node of document.nodes) {
    for (const [name, field] of Object.entries(definitionOf(node.type)?.fields ?? {})) {
      if (field.kind !== 'function' || field.visibleWhen?.(node.config) === false) continue;
      const source = node.config[name] ?? field.default;
      const [input, input2] = analysis.nodes.get(node.id)?.inputs ?? [];
      const checked =
        typeof source === 'string' ? checkedText(source, input?.schema ?? null, field.returns, field.types, input2?.schema ?? null) : null;
      if (checked !== null) wanted.set(keyOf(node.id, name), { nodeId: node.id, field: name, ...checked });
    }
  }
  return wanted;
}

function keyOf(nodeId: string, field: string): string {
  return JSON.stringify([nodeId, field]);
}

function errorAt(model: editor.ITextModel, field: string, lineOffset: number, diagnostic: typescript.Diagnostic): FunctionTypeError {
  const start = model.getPositionAt(diagnostic.start ?? 0);
  const end = model.getPositionAt((diagnostic.start ?? 0) + (diagnostic.length ?? 0));
  const lastLine = model.getLineCount() - 1 - lineOffset;
  const message = messageOf(diagnostic.messageText);
  // What TypeScript finds in the signature (a parameter of another type) concerns the function as a whole: its first line.
  if (start.lineNumber <= lineOffset)
    return { field, line: 1, column: 1, endLine: 1, endColumn: model.getLineMaxColumn(lineOffset + 1), message };
  const line = Math.min(start.lineNumber - lineOffset, lastLine);
  return { field, line, column: start.column, endLine: Math.min(end.lineNumber - lineOffset, lastLine), endColumn: end.column, message };
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
