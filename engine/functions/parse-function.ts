import { tsPlugin } from '@sveltejs/acorn-typescript';
import { Parser } from 'acorn';
import type { AnyNode, Options, Pattern } from 'acorn';
import { isEcmaScriptGlobal } from './ecmascript-globals.ts';
import { eraseTypes } from './erase-types.ts';
import type { LooseNode } from './erase-types.ts';
import { functionError } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';
import { childrenOf, isFunctionNode } from './syntax-tree.ts';
import type { FunctionNode } from './syntax-tree.ts';

/** A user function whose text is known to be exactly one function. */
export interface ParsedFunction {
  /** What the user wrote. */
  readonly source: string;
  /** The function alone, as JavaScript: types, comments around it and a trailing semicolon are blanks, lines and columns are those of `source`. */
  readonly javascript: string;
  /** Without any TypeScript node. Positions index `javascript` and `source` alike. */
  readonly ast: FunctionNode;
  readonly params: readonly Pattern[];
}

export type ParseResult = { readonly parsed: ParsedFunction } | { readonly problem: FunctionProblem };

/** Modules are strict, as user functions are. */
export const OPTIONS: Options = { ecmaVersion: 'latest', sourceType: 'module', locations: true };
export const TypeScriptParser = Parser.extend(tsPlugin());
const HOW_TO_WRITE = 'Write a function of the record, for example "(r) => r.temperature > 32".';

/** Parses the source text of a user function: an arrow function, a function expression or a function declaration. Never throws. */
export function parseFunction(source: string): ParseResult {
  if (source.trim() === '') return { problem: functionError(source, 0, 'function-missing', `There is no function. ${HOW_TO_WRITE}`) };
  const located = locateFunction(source);
  if ('problem' in located) return located;
  const { node } = located;
  const unusable = unusableFunction(source, node);
  if (unusable !== null) return { problem: unusable };
  const erased = eraseTypes(source, node);
  if ('problem' in erased) return erased;
  const javascript = blankOutside(erased.javascript, node.start, node.end);
  try {
    const ast = Parser.parseExpressionAt(javascript, node.start, OPTIONS) as FunctionNode;
    const refused = refusedSyntax(source, ast);
    return refused === null ? { parsed: { source, javascript, ast, params: ast.params } } : { problem: refused };
  } catch (error) {
    const { offset } = syntaxError(error);
    const message = 'This TypeScript syntax is not only types, so it cannot be removed. Write it in plain JavaScript.';
    return { problem: functionError(source, offset, 'function-typescript', message) };
  }
}

function locateFunction(source: string): { readonly node: LooseNode } | { readonly problem: FunctionProblem } {
  try {
    const start = anonymousFunctionStart(source);
    if (start !== null) return { node: parseAnonymous(source, start) };
    const program = TypeScriptParser.parse(source, OPTIONS) as unknown as { readonly body: readonly LooseNode[] };
    return theFunction(source, program.body);
  } catch (error) {
    const { message, offset } = syntaxError(error);
    return {
      problem: functionError(source, offset, 'function-syntax', `${message}. Check brackets, commas and quotes around this place.`),
    };
  }
}

/** `function (r) { … }` is an expression but no statement, so it needs a parse of its own. Null when the source is something else. */
function anonymousFunctionStart(source: string): number | null {
  const before = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(?=(?:async\s+)?function\s*\*?\s*[(<])/.exec(source);
  return before === null ? null : before[0].length;
}

function parseAnonymous(source: string, start: number): LooseNode {
  const node = TypeScriptParser.parseExpressionAt(source, start, OPTIONS) as unknown as LooseNode;
  const rest = Parser.parse(`${blankOutside(source.slice(0, node.end), 0, 0)}${source.slice(node.end)}`, OPTIONS);
  const more = node.type === 'FunctionExpression' ? rest.body.find((statement) => statement.type !== 'EmptyStatement') : node;
  if (more !== undefined) throw Object.assign(new Error('Only one function can stand here, and it is not called'), { pos: more.start });
  return node;
}

function theFunction(source: string, body: readonly LooseNode[]): { readonly node: LooseNode } | { readonly problem: FunctionProblem } {
  const module = body.find((statement) => /^(Import|Export|TSExport|TSImport)/.test(statement.type));
  if (module !== undefined) {
    const message = `A function cannot import or export: it gets everything it needs with the record. ${HOW_TO_WRITE}`;
    return { problem: functionError(source, module.start, 'function-import', message) };
  }
  const statements = body.filter(({ type }) => !['EmptyStatement', 'TSTypeAliasDeclaration', 'TSInterfaceDeclaration'].includes(type));
  const [first, second] = statements;
  if (first === undefined) return { problem: functionError(source, 0, 'function-missing', `There is no function. ${HOW_TO_WRITE}`) };
  if (second !== undefined) {
    const message = 'Only one function can stand here. Move what comes before or after it into its body.';
    return { problem: functionError(source, second.start, 'not-a-function', message) };
  }
  const node = first.type === 'ExpressionStatement' ? (first['expression'] as LooseNode) : first;
  if (isFunctionNode(node as unknown as AnyNode)) return { node };
  return { problem: functionError(source, node.start, 'not-a-function', notAFunction(source, node)) };
}

function notAFunction(source: string, node: LooseNode): string {
  if (node.type === 'VariableDeclaration')
    return 'Write the function itself, without giving it a name: remove what stands before and including "=".';
  if (node.type === 'ClassDeclaration' || node.type.endsWith('Statement')) return `This is not a function. ${HOW_TO_WRITE}`;
  return `This is an expression, not a function. Write it as a function of the record: "(r) => ${ofRecord(source, node)}".`;
}

/** The expression with its names taken from the record: `temperature > 32` becomes `r.temperature > 32`. */
function ofRecord(source: string, node: LooseNode): string {
  const names: number[] = [];
  const collect = (at: AnyNode, parent: AnyNode | null): void => {
    const isMember = parent?.type === 'MemberExpression' && parent.property === at && !parent.computed;
    const isKey = parent?.type === 'Property' && parent.key === at;
    if (at.type === 'Identifier' && !isMember && !isKey && at.name !== 'r' && !isEcmaScriptGlobal(at.name)) names.push(at.start);
    for (const child of childrenOf(at)) collect(child, at);
  };
  collect(node as unknown as AnyNode, null);
  let text = source.slice(node.start, node.end);
  for (const start of names.toSorted((a, b) => b - a)) text = `${text.slice(0, start - node.start)}r.${text.slice(start - node.start)}`;
  return node.type === 'ObjectExpression' ? `(${text})` : text;
}

function unusableFunction(source: string, node: LooseNode): FunctionProblem | null {
  const error = (code: string, message: string): FunctionProblem => functionError(source, node.start, code, message);
  if (node['async'] === true)
    return error('function-async', 'The function cannot be async: its result is needed at once. Remove "async" and "await".');
  if (node['generator'] === true)
    return error('function-generator', 'The function cannot be a generator: it returns one result. Remove the "*".');
  const first = (node['params'] as readonly LooseNode[])[0];
  if (first?.['name'] === 'this') return error('function-typescript', 'The function has no "this". Remove the parameter "this".');
  return null;
}

export function refusedSyntax(source: string, node: AnyNode): FunctionProblem | null {
  if (node.type === 'ImportExpression' || (node.type === 'MetaProperty' && node.meta.name === 'import')) {
    return functionError(
      source,
      node.start,
      'function-import',
      'A function cannot import: it gets everything it needs with the record. Remove "import".',
    );
  }
  for (const child of childrenOf(node)) {
    const problem = refusedSyntax(source, child);
    if (problem !== null) return problem;
  }
  return null;
}

export function blankOutside(text: string, start: number, end: number): string {
  const blank = (part: string): string => part.replace(/[^\r\n\u2028\u2029]/g, ' ');
  return blank(text.slice(0, start)) + text.slice(start, end) + blank(text.slice(end));
}

export function syntaxError(error: unknown): { readonly message: string; readonly offset: number } {
  const { message, pos } = error as { readonly message: string; readonly pos?: number };
  return { message: message.replace(/ \(\d+:\d+\)$/, ''), offset: pos ?? 0 };
}
