import type { AnyNode, CallExpression, Expression, PrivateIdentifier, SpreadElement, Super } from 'acorn';
import type { FunctionAnalysis } from './analyze-function.ts';
import {
  ARRAY_METHODS,
  BOOLEAN_METHODS,
  GLOBAL_FUNCTIONS,
  MATH_CONSTANTS,
  MATH_FUNCTIONS,
  NUMBER_METHODS,
  STATIC_FUNCTIONS,
  STRING_METHODS,
} from './builtins.ts';
import { staticName } from './syntax-tree.ts';

const CONSTANTS = new Set(['undefined', 'NaN', 'Infinity']);

/**
 * Whether an expression depends on nothing but fields of its record and built-ins without side effects. Such an expression means the
 * same when its text stands in another place with the field reads replaced by columns, and may be evaluated twice.
 */
export function isClosedExpression(node: AnyNode | Super | PrivateIdentifier | SpreadElement, analysis: FunctionAnalysis): boolean {
  if (analysis.fieldReads.has(node)) return true;
  const closed = (inner: AnyNode): boolean => isClosedExpression(inner, analysis);
  switch (node.type) {
    case 'Literal':
      return true;
    case 'Identifier':
      return CONSTANTS.has(node.name) && !analysis.locals.has(node) && isFree(node.name, analysis);
    case 'TemplateLiteral':
      return node.expressions.every(closed);
    case 'UnaryExpression':
      return node.operator !== 'delete' && closed(node.argument);
    case 'BinaryExpression':
      return closed(node.left) && closed(node.right);
    case 'LogicalExpression':
      return closed(node.left) && closed(node.right);
    case 'ConditionalExpression':
      return closed(node.test) && closed(node.consequent) && closed(node.alternate);
    case 'ChainExpression':
      return closed(node.expression);
    case 'MemberExpression':
      return isMathConstant(node, analysis) || (closed(node.object) && (!node.computed || closed(node.property)));
    case 'CallExpression':
      return isClosedCall(node, analysis) && node.arguments.every((argument) => argument.type !== 'SpreadElement' && closed(argument));
    default:
      return false;
  }
}

function isMathConstant(node: Extract<Expression, { type: 'MemberExpression' }>, analysis: FunctionAnalysis): boolean {
  const name = staticName(node.property, node.computed);
  return (
    node.object.type === 'Identifier' &&
    node.object.name === 'Math' &&
    isFree('Math', analysis) &&
    name !== null &&
    MATH_CONSTANTS.has(name)
  );
}

function isClosedCall({ callee }: CallExpression, analysis: FunctionAnalysis): boolean {
  if (callee.type === 'Identifier') return GLOBAL_FUNCTIONS.has(callee.name) && isFree(callee.name, analysis);
  if (callee.type !== 'MemberExpression') return false;
  const name = staticName(callee.property, callee.computed);
  if (name === null) return false;
  if (callee.object.type === 'Literal' && callee.object.regex != null) return name === 'test';
  if (callee.object.type === 'Identifier' && !analysis.fieldReads.has(callee.object))
    return isPureStatic(callee.object.name, name, analysis);
  const isPureMethod = [STRING_METHODS, NUMBER_METHODS, BOOLEAN_METHODS, ARRAY_METHODS].some((methods) => methods.has(name));
  return isPureMethod && isClosedExpression(callee.object, analysis);
}

function isPureStatic(object: string, name: string, analysis: FunctionAnalysis): boolean {
  if (!isFree(object, analysis)) return false;
  return object === 'Math' ? MATH_FUNCTIONS.has(name) : STATIC_FUNCTIONS.has(`${object}.${name}`);
}

/** A function that gives one of these names a meaning of its own has declared it somewhere; such functions are not looked at closer. */
function isFree(name: string, analysis: FunctionAnalysis): boolean {
  return analysis.freeNames.has(name);
}
