import type { AnyNode, BinaryExpression } from 'acorn';
import { BOOL, F64, kindOf, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import { columnOfRead, fieldAt, inlineExpression } from './kernel-code.ts';
import type { KernelInput } from './kernel-code.ts';
import { childrenOf } from './syntax-tree.ts';

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=', '===', '!==']);
const EQUALITIES = new Set(['==', '!=', '===', '!==']);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

export interface PredicateCode {
  /** 1 or 0 (or true or false), without a branch. */
  readonly text: string;
  /** Declarations before the loop. */
  readonly hoisted: string;
}

interface PredicateInput extends KernelInput {
  /** Of the names of hoisted constants. */
  readonly prefix: string;
}

/**
 * A predicate made of comparisons of numbers and of strings with constants, joined by `&&`, `||` and `!`, as branch-free code: `&&`
 * becomes `&`, and a comparison with a string becomes one of dictionary codes. Null when it is anything else.
 * Evaluating both sides is only allowed because none of these can throw or have an effect.
 */
export function branchFreePredicate(input: KernelInput, node: AnyNode, prefix = 'b'): PredicateCode | null {
  const hoisted: string[] = [];
  const text = branchFree({ ...input, prefix }, node, hoisted);
  return text === null ? null : { text, hoisted: hoisted.join('\n') };
}

function branchFree(input: PredicateInput, node: AnyNode, hoisted: string[]): string | null {
  if (kindOfRead(input, node) === BOOL) return input.withNulls ? null : inlineExpression(input, node);
  if (node.type === 'UnaryExpression' && node.operator === '!') {
    const inner = branchFree(input, node.argument, hoisted);
    return inner === null ? null : `(!${inner})`;
  }
  if (node.type === 'LogicalExpression' && node.operator !== '??') {
    const left = branchFree(input, node.left, hoisted);
    const right = branchFree(input, node.right, hoisted);
    return left === null || right === null ? null : `(${left} ${node.operator === '&&' ? '&' : '|'} ${right})`;
  }
  if (node.type !== 'BinaryExpression' || !COMPARISONS.has(node.operator)) return null;
  if (isNumber(input, node.left) && isNumber(input, node.right)) return inlineExpression(input, node);
  return EQUALITIES.has(node.operator) ? stringEquality(input, node, hoisted) : null;
}

/** A number that takes a few instructions: no effect, no exception, and no remainder, which V8 calls a function for. */
export function isCheapNumber(input: KernelInput, node: AnyNode): boolean {
  return isNumber(input, node) && !hasRemainder(node);
}

function hasRemainder(node: AnyNode): boolean {
  return (node.type === 'BinaryExpression' && node.operator === '%') || childrenOf(node).some(hasRemainder);
}

/** Field reads of numbers, number literals and arithmetic on them: no effect, no exception. A null operand counts as 0, as ever. */
function isNumber(input: KernelInput, node: AnyNode): boolean {
  if (input.analysis.fieldReads.has(node)) return kindOfRead(input, node) === F64;
  if (node.type === 'Literal') return typeof node.value === 'number';
  if (node.type === 'UnaryExpression') return node.operator === '-' && isNumber(input, node.argument);
  return node.type === 'BinaryExpression' && ARITHMETIC.has(node.operator) && isNumber(input, node.left) && isNumber(input, node.right);
}

function stringEquality(input: PredicateInput, node: BinaryExpression, hoisted: string[]): string | null {
  const [read, literal] = input.analysis.fieldReads.has(node.left) ? [node.left, node.right] : [node.right, node.left];
  if (kindOfRead(input, read) !== STR || literal.type !== 'Literal' || typeof literal.value !== 'string') return null;
  const c = columnOfRead(input, read);
  const code = `${input.prefix}${hoisted.length}`;
  // A string that the dictionary does not hold has the code -1, which no row has.
  hoisted.push(`const ${code} = columns[${c}].dictionary.codeOf(${JSON.stringify(literal.value)});`);
  const isNegative = node.operator.startsWith('!');
  const compared = `(c${c}[i] ${isNegative ? '!==' : '==='} ${code})`;
  if (!input.withNulls) return compared;
  return isNegative ? `((n${c}[i] === 1) | ${compared})` : `((n${c}[i] !== 1) & ${compared})`;
}

function kindOfRead(input: KernelInput, node: AnyNode): ColumnKind | null {
  if (!input.analysis.fieldReads.has(node)) return null;
  return kindOf(fieldAt(input.schema, columnOfRead(input, node)).type);
}
