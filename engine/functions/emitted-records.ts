import type { AnyNode, CallExpression, Expression } from 'acorn';
import { alternativesOf, resultsOf } from './analyze-function.ts';
import type { ParsedFunction } from './parse-function.ts';
import { referencesOf } from './references.ts';
import { childrenOf, isFunctionNode, staticName } from './syntax-tree.ts';
import type { FunctionNode } from './syntax-tree.ts';

/** What a function of several records hands out, as far as its text shows it. */
export interface EmittedRecords {
  /** Expressions of single records; null for those that cannot be seen. */
  readonly records: readonly (Expression | null)[];
  /** It calls its second parameter. */
  readonly collects: boolean;
  /** It does nothing else with its second parameter, so that no record goes another way. */
  readonly isComplete: boolean;
}

/**
 * The records of a function `(r, out) => …`: what it passes to `out` or `out.collect`, and the elements of the lists it returns, written out or
 * made with `map` and `flatMap`.
 */
export function emittedRecords(fn: ParsedFunction): EmittedRecords {
  const out = fn.params[1]?.type === 'Identifier' ? fn.params[1].name : null;
  const collected = out === null ? [] : callsIn(fn.ast.body).filter((call) => isCollecting(call, out));
  const returned = resultsOf(fn).flatMap((result) => (result === null || isCallOf(result, collected) ? [] : elementsOf(result)));
  const isComplete = fn.params.length < 2 || (out !== null && isOnlyCalled(fn, out, new Set(collected)));
  return { records: [...collected.map(recordOfCall), ...returned], collects: collected.length > 0, isComplete };
}

function isOnlyCalled({ ast }: ParsedFunction, out: string, calls: ReadonlySet<AnyNode>): boolean {
  const uses = referencesOf(ast).filter(({ binding }) => binding?.isParameter === true && binding.name === out);
  return uses.every(({ ancestors }) =>
    ancestors.slice(-2).some((node) => calls.has(node) && (node as CallExpression).arguments.length === 1),
  );
}

function callsIn(node: AnyNode): readonly CallExpression[] {
  const inner = childrenOf(node).flatMap(callsIn);
  return node.type === 'CallExpression' ? [node, ...inner] : inner;
}

function isCollecting({ callee }: CallExpression, out: string): boolean {
  if (callee.type === 'Identifier') return callee.name === out;
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false;
  return callee.object.name === out && staticName(callee.property, callee.computed) === 'collect';
}

function isCallOf(result: Expression, calls: readonly CallExpression[]): boolean {
  return calls.some((call) => call === result);
}

function recordOfCall({ arguments: [record] }: CallExpression): Expression | null {
  return record === undefined || record.type === 'SpreadElement' ? null : record;
}

/** The elements of a list. */
function elementsOf(list: Expression): readonly (Expression | null)[] {
  return alternativesOf(list).flatMap((alternative): readonly (Expression | null)[] => {
    if (isNothing(alternative)) return [];
    if (alternative.type === 'ArrayExpression') {
      return alternative.elements.flatMap((element) => {
        if (element === null) return [null];
        return element.type === 'SpreadElement' ? elementsOf(element.argument) : alternativesOf(element);
      });
    }
    return alternative.type === 'CallExpression' ? elementsOfCall(alternative) : [null];
  });
}

function isNothing(node: Expression): boolean {
  return (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');
}

function elementsOfCall({ callee, arguments: [made] }: CallExpression): readonly (Expression | null)[] {
  if (callee.type !== 'MemberExpression' || callee.object.type === 'Super') return [null];
  const method = staticName(callee.property, callee.computed);
  if (method === 'filter' || method === 'slice') return elementsOf(callee.object);
  if (made === undefined || !isFunctionNode(made)) return [null];
  const results = resultsOf({ ast: made as FunctionNode });
  if (method === 'map') return results.flatMap((result) => (result === null ? [null] : alternativesOf(result)));
  return method === 'flatMap' ? results.flatMap((result) => (result === null ? [null] : elementsOf(result))) : [null];
}
