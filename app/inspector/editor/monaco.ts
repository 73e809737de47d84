import * as monaco from 'monaco-editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';

/** Everything comes from this bundle: nothing is fetched from another host. Only `load-monaco.ts` imports this module, lazily. */
self.MonacoEnvironment = {
  getWorker: (_id: string, label: string) =>
    label === 'typescript' || label === 'javascript' ? new TypeScriptWorker() : new EditorWorker(),
};

const { typescript } = monaco;

typescript.typescriptDefaults.setCompilerOptions({
  target: typescript.ScriptTarget.ESNext,
  module: typescript.ModuleKind.ESNext,
  strict: true,
  allowNonTsExtensions: true,
  // No DOM: a task worker has none.
  lib: ['es2023'],
  types: [],
});

// The visible text alone is no module TypeScript could make sense of, so the built-in features stay off; `function-language.ts` asks
// the same worker about the wrapped text instead.
typescript.typescriptDefaults.setModeConfiguration({});

for (const [name, base, colors] of [
  ['millrace-light', 'vs', { 'editor.background': '#ffffff', 'editor.lineHighlightBackground': '#f4f5f7' }],
  ['millrace-dark', 'vs-dark', { 'editor.background': '#15181d', 'editor.lineHighlightBackground': '#1d2027' }],
] as const) {
  monaco.editor.defineTheme(name, { base, inherit: true, rules: [], colors });
}

export { monaco };
