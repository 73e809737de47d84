import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../engine/api/index.ts';
import { EXAMPLES } from '../../gallery/example-files.ts';
import { loadExample } from '../../gallery/open-example.ts';
import { checkedFunctions } from './checked-functions.ts';
import { checkedText } from './record-types.ts';
import { isHelpful } from './type-complaints.ts';

const FILE = '/function.ts';
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  strict: true,
  noEmit: true,
  // The editor's libraries.
  lib: ['lib.es2023.d.ts'],
  types: [],
};

const host = ts.createCompilerHost(OPTIONS);
const libraries = new Map<string, ts.SourceFile | undefined>();

/** What the code editor shows for a text. */
function complaintsAbout(text: string): readonly string[] {
  const program = ts.createProgram([FILE], OPTIONS, {
    ...host,
    getSourceFile: (name, target) => {
      if (name === FILE) return ts.createSourceFile(FILE, text, target);
      if (!libraries.has(name)) libraries.set(name, host.getSourceFile(name, target));
      return libraries.get(name);
    },
  });
  const file = program.getSourceFile(FILE);
  const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return diagnostics.filter((one) => isHelpful(one, text)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const aboutFunction = (source: string): readonly string[] =>
  complaintsAbout(checkedText(source, { fields: [{ name: 'id', type: 'string' }] }, 'record')?.text ?? '');

describe('complaints about a function', () => {
  it('name a field that the records do not have', () => {
    expect(aboutFunction('(r) => ({ id: r.name })')).toEqual(["Property 'name' does not exist on type 'Input'."]);
  });

  it('do not ask for types that plain JavaScript has no way to write down', () => {
    expect(aboutFunction('(r) => { const o = {}; for (const k of ["id"]) o[k] = r[k]; return o; }')).toEqual([]);
  });

  it('let a class have the properties that its methods give it, and no others', () => {
    const source =
      '(r) => { class Counter { open() { this.count = 0; } add() { this.count += 1; this.cuont += 1; } } return { c: new Counter() }; }';
    expect(aboutFunction(source)).toEqual(["Property 'cuont' does not exist on type 'Counter'."]);
  });
});

describe.each(EXAMPLES.map(({ id }) => id))('the example %s', (id) => {
  it('is shown without a complaint about its functions', async () => {
    const document = await loadExample(id);
    const analysis = analyze(document);
    const functions = document.nodes.flatMap((node) => checkedFunctions(node, analysis));
    const complaints = functions.flatMap(({ nodeId, field, text }) =>
      complaintsAbout(text).map((message) => `${nodeId}.${field}: ${message}`),
    );
    expect(complaints).toEqual([]);
  });
});
