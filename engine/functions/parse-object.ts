import { Parser } from 'acorn';
import type { AnyNode, ClassExpression, FunctionExpression, ObjectExpression } from 'acorn';
import { eraseTypes } from './erase-types.ts';
import type { LooseNode } from './erase-types.ts';
import { blankOutside, OPTIONS, refusedSyntax, syntaxError, TypeScriptParser } from './parse-function.ts';
import { functionError } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';
import { staticName } from './syntax-tree.ts';

/** User code with several methods: `class Alerts { … }` or `({ … })`, known to be exactly that. */
export interface ParsedObject {
  /** What the user wrote. */
  readonly source: string;
  /** The class or object alone, as JavaScript; lines and columns are those of `source`. */
  readonly javascript: string;
  readonly ast: ClassExpression | ObjectExpression;
  /** Its own methods (not getters, not static) by name. An inherited method is not among them. */
  readonly methods: ReadonlyMap<string, FunctionExpression>;
}

export type ParseObjectResult = { readonly parsed: ParsedObject } | { readonly problem: FunctionProblem };

/** Parses the source text of a class or an object literal. Never throws. @param howToWrite A sentence with an example. */
export function parseObject(source: string, howToWrite: string): ParseObjectResult {
  const missing = { problem: functionError(source, 0, 'function-missing', `There is no class or object. ${howToWrite}`) };
  if (source.trim() === '') return missing;
  const located = locateObject(source, howToWrite);
  if (located === null) return missing;
  if ('problem' in located) return located;
  const { node } = located;
  const erased = eraseTypes(source, node);
  if ('problem' in erased) return erased;
  const javascript = blankOutside(erased.javascript, node.start, node.end);
  try {
    const ast = Parser.parseExpressionAt(javascript, node.start, OPTIONS) as ClassExpression | ObjectExpression;
    const refused = refusedSyntax(source, ast) ?? unusableMethod(source, ast);
    return refused === null ? { parsed: { source, javascript, ast, methods: methodsOf(ast) } } : { problem: refused };
  } catch (error) {
    const { offset } = syntaxError(error);
    const message = 'This TypeScript syntax is not only types, so it cannot be removed. Write it in plain JavaScript.';
    return { problem: functionError(source, offset, 'function-typescript', message) };
  }
}

type Located = { readonly node: LooseNode } | { readonly problem: FunctionProblem };

/** Null: there are comments and types only. */
function locateObject(source: string, howToWrite: string): Located | null {
  try {
    // `{ … }` and `class { … }` are expressions, but as statements a block and an error.
    const before = /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(?=\{|class\b)/.exec(source);
    if (before !== null) return locateExpression(source, before[0].length, howToWrite);
    const program = TypeScriptParser.parse(source, OPTIONS) as unknown as { readonly body: readonly LooseNode[] };
    const statements = program.body.filter(
      ({ type }) => !['EmptyStatement', 'TSTypeAliasDeclaration', 'TSInterfaceDeclaration'].includes(type),
    );
    const [first, second] = statements;
    if (first === undefined) return null;
    if (/^(Import|Export|TSExport|TSImport)/.test(first.type)) {
      const message = `User code cannot import or export: it gets everything it needs as arguments. ${howToWrite}`;
      return { problem: functionError(source, first.start, 'function-import', message) };
    }
    if (second !== undefined) return onlyOne(source, second.start);
    const node = first.type === 'ExpressionStatement' ? (first['expression'] as LooseNode) : first;
    if (['ClassDeclaration', 'ClassExpression', 'ObjectExpression'].includes(node.type)) return { node };
    return { problem: functionError(source, node.start, 'not-an-object', `This is neither a class nor an object. ${howToWrite}`) };
  } catch (error) {
    const { message, offset } = syntaxError(error);
    const text = `${message}. Check brackets, commas and quotes around this place.`;
    return { problem: functionError(source, offset, 'function-syntax', text) };
  }
}

function locateExpression(source: string, start: number, howToWrite: string): Located {
  const node = TypeScriptParser.parseExpressionAt(source, start, OPTIONS) as unknown as LooseNode;
  const rest = TypeScriptParser.parse(blankOutside(source, node.end, source.length), OPTIONS);
  const more = rest.body.find((statement) => statement.type !== 'EmptyStatement');
  if (more !== undefined) return onlyOne(source, more.start);
  if (node.type === 'ClassExpression' || node.type === 'ObjectExpression') return { node };
  return { problem: functionError(source, node.start, 'not-an-object', `This is neither a class nor an object. ${howToWrite}`) };
}

function onlyOne(source: string, offset: number): Located {
  const message = 'Only one class or object can stand here. Move what comes before or after it into it.';
  return { problem: functionError(source, offset, 'not-an-object', message) };
}

function methodsOf(ast: ClassExpression | ObjectExpression): ReadonlyMap<string, FunctionExpression> {
  const methods = new Map<string, FunctionExpression>();
  const add = (key: AnyNode, computed: boolean, value: AnyNode | null | undefined): void => {
    const name = staticName(key, computed);
    if (name !== null && (value?.type === 'FunctionExpression' || value?.type === 'ArrowFunctionExpression'))
      methods.set(name, value as FunctionExpression);
  };
  if (ast.type === 'ObjectExpression') {
    for (const property of ast.properties) {
      if (property.type === 'Property' && property.kind === 'init') add(property.key, property.computed, property.value);
    }
    return methods;
  }
  for (const member of ast.body.body) {
    if (member.type === 'StaticBlock' || member.static) continue;
    if (member.type === 'PropertyDefinition') add(member.key, member.computed, member.value);
    else if (member.kind === 'method') add(member.key, member.computed, member.value);
  }
  return methods;
}

/** Methods that the engine calls are synchronous; of the user's own ones generators may well be of use. */
function unusableMethod(source: string, ast: ClassExpression | ObjectExpression): FunctionProblem | null {
  for (const [name, method] of methodsOf(ast)) {
    if (method.async)
      return functionError(
        source,
        method.start,
        'function-async',
        `"${name}" cannot be async: nothing waits for it. Remove "async" and "await".`,
      );
  }
  return null;
}
