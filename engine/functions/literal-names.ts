import type { Expression } from 'acorn';
import { alternativesOf } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';

/** The texts that a function returns as literals, each once: `'a'`, `['a', 'b']`, `c ? 'a' : ['b']`. */
export function literalNames({ results }: FunctionAnalysis): readonly string[] {
  return [...new Set(results.flatMap((result) => (result === null ? [] : alternativesOf(result).flatMap(namesIn))))];
}

function namesIn(result: Expression): readonly string[] {
  if (result.type === 'Literal') return typeof result.value === 'string' ? [result.value] : [];
  if (result.type !== 'ArrayExpression') return [];
  return result.elements.flatMap((element) =>
    element === null || element.type === 'SpreadElement' ? [] : alternativesOf(element).flatMap(namesIn),
  );
}
