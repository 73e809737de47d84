import type { AnyNode, FunctionExpression } from 'acorn';
import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { Schema } from '../batch/schema.ts';
import { didYouMean } from '../util/nearest.ts';
import { analyzeFunction, foreignName, nondeterminism } from './analyze-function.ts';
import { unknownFields } from './check-function.ts';
import type { ParsedObject } from './parse-object.ts';
import { parseObject } from './parse-object.ts';
import { referencesOf } from './references.ts';
import { functionError, positionAt } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';
import { childrenOf, staticName } from './syntax-tree.ts';

/** What the engine calls of a class or object that a user writes. */
export interface ObjectInterface {
  /** A sentence with the smallest example, shown when there is something else. */
  readonly howToWrite: string;
  readonly methods: readonly InterfaceMethod[];
}

export interface InterfaceMethod {
  readonly name: string;
  readonly required?: boolean;
  /** The first parameter is a record of this schema; fields it does not have are problems. */
  readonly record?: Schema;
}

export interface CheckedObject {
  /** Null when the text is neither a class nor an object. */
  readonly parsed: ParsedObject | null;
  /** In order of their place in the source. */
  readonly problems: readonly FunctionProblem[];
}

/** Parses user code with several methods and checks it against what the engine will call. Never throws and never runs anything of it. */
export function checkObject(source: string, expected: ObjectInterface): CheckedObject {
  const result = parseObject(source, expected.howToWrite);
  if ('problem' in result) return { parsed: null, problems: [result.problem] };
  const { parsed } = result;
  const references = referencesOf(parsed.ast);
  const problems = [
    ...references.flatMap(foreignName).map(({ name, offset }) => {
      const message = `"${name}" is not available here: user code sees its arguments, "this" and the globals of JavaScript, nothing of the browser.`;
      return functionError(source, offset, 'name-unknown', message);
    }),
    ...references.flatMap((reference) => nondeterminism(source, reference)),
    ...missingMethods(parsed, expected),
    ...misspelledMethods(parsed, expected),
    ...expected.methods.flatMap((method) => unknownFieldsOf(parsed, method)),
  ];
  return { parsed, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function missingMethods({ source, ast, methods }: ParsedObject, expected: ObjectInterface): FunctionProblem[] {
  // A superclass may have it; that shows when it is made.
  if (ast.type === 'ClassExpression' && ast.superClass) return [];
  return expected.methods
    .filter(({ name, required }) => required === true && !methods.has(name))
    .map(({ name }) => functionError(source, ast.start, 'method-missing', `There is no method "${name}". ${expected.howToWrite}`));
}

/** Methods of the user's own are welcome; one that is almost what the engine calls is a mistake that nobody would notice. */
function misspelledMethods({ source, methods }: ParsedObject, expected: ObjectInterface): FunctionProblem[] {
  const names = expected.methods.map(({ name }) => name);
  return [...methods].flatMap(([name, method]): FunctionProblem[] => {
    if (names.includes(name)) return [];
    const free = names.filter((other) => !methods.has(other));
    const suggestion = didYouMean(name, free);
    if (suggestion === '') return [];
    const message = `"${name}" is never called by the engine.${suggestion}`;
    return [{ severity: 'warning', code: 'method-unknown', message, ...positionAt(source, method.start) }];
  });
}

function unknownFieldsOf({ source, javascript, methods }: ParsedObject, { name, record }: InterfaceMethod): FunctionProblem[] {
  const method = methods.get(name);
  if (method === undefined) return [];
  const analysis = analyzeFunction({ source, javascript, ast: method, params: method.params });
  return unknownFields(analysis, record ?? EMPTY_SCHEMA);
}

/** A call `<name>.<method>('literal', …)` with a literal first argument, somewhere in the code. */
export interface LiteralCall {
  readonly literal: string;
  readonly offset: number;
}

/** Calls of `method` on parameter number `parameter` of one of the methods, with a literal first argument: what can be checked before a run. */
export function literalCalls(
  { methods }: ParsedObject,
  parameter: (name: string, method: FunctionExpression) => string | null,
  called: string,
): LiteralCall[] {
  const calls: LiteralCall[] = [];
  const visit = (node: AnyNode, receiver: string): void => {
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      const { object, property, computed } = node.callee;
      const first = node.arguments[0];
      const isCall = object.type === 'Identifier' && object.name === receiver && staticName(property, computed) === called;
      if (isCall && first?.type === 'Literal' && typeof first.value === 'string') calls.push({ literal: first.value, offset: first.start });
    }
    for (const child of childrenOf(node)) visit(child, receiver);
  };
  for (const [name, method] of methods) {
    const receiver = parameter(name, method);
    if (receiver !== null) visit(method.body, receiver);
  }
  return calls;
}
