import type {
  AnyNode,
  BinaryExpression,
  CallExpression,
  Expression,
  Literal,
  LogicalExpression,
  MemberExpression,
  ObjectExpression,
} from 'acorn';
import { kindOf, OBJ } from '../batch/column.ts';
import type { Field, FieldType, Schema } from '../batch/schema.ts';
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
import type { BuiltinResult } from './builtins.ts';
import { staticName } from './syntax-tree.ts';

/** The type of an expression's values. */
export interface InferredType {
  /** `null`: it is always null (or undefined). */
  readonly type: FieldType | 'null';
  readonly nullable: boolean;
  /** The nested fields of a `row`, when they are known. */
  readonly fields?: readonly Field[] | undefined;
  /**
   * JavaScript guarantees that every value has this type. Not so where it rests on what a nested value is said to hold: good enough to
   * propose a schema, too weak to leave out a check.
   */
  readonly certain: boolean;
}

/** What inference knows of the world: the record's fields, and how the function uses them. */
export interface InferenceContext {
  readonly analysis: FunctionAnalysis;
  readonly schema: Schema;
  /** Whether fields can be null: as declared; or known not to be, or not known at all, for the rows at hand. */
  readonly nulls: 'declared' | 'never' | 'possible';
}

type Inference = InferredType | null;

const NULL: InferredType = { type: 'null', nullable: true, certain: true };
const BOOLEAN = certainly('boolean');
const STRING = certainly('string');
const INT = certainly('int');
const LONG = certainly('long');
const DOUBLE = certainly('double');

function certainly(type: FieldType): InferredType {
  return { type, nullable: false, certain: true };
}

/** The type of an expression of a user function; null when it cannot be told. */
export function inferType(node: Expression, context: InferenceContext): InferredType | null {
  return infer(node, context, 0);
}

/** Locals may refer to each other in a circle (`const a = b, b = a`); no sensible function nests deeper. */
const MAX_DEPTH = 200;

function infer(node: AnyNode, context: InferenceContext, depth: number): Inference {
  if (depth > MAX_DEPTH) return null;
  const inner = (child: AnyNode): Inference => infer(child, context, depth + 1);
  const field = context.analysis.fieldReads.get(node);
  if (field !== undefined) return typeOfField(field, context);
  const init = context.analysis.locals.get(node);
  if (init !== undefined) return inner(init);
  switch (node.type) {
    case 'Literal':
      return typeOfLiteral(node);
    case 'Identifier':
      return typeOfGlobal(node.name, context);
    case 'TemplateLiteral':
      return STRING;
    case 'UnaryExpression':
      return typeOfUnary(node.operator, inner(node.argument));
    case 'BinaryExpression':
      return typeOfBinary(node, inner);
    case 'LogicalExpression':
      return typeOfLogical(node, inner);
    case 'ConditionalExpression':
      return joinTypes(inner(node.consequent), inner(node.alternate));
    case 'ChainExpression':
      return orUndefined(inner(node.expression));
    case 'MemberExpression':
      return typeOfMember(node, context, inner);
    case 'CallExpression':
      return typeOfCall(node, context, inner);
    case 'ArrayExpression':
      return certainly('array');
    case 'ObjectExpression':
      return typeOfObject(node, inner);
    default:
      return null;
  }
}

function typeOfField(name: string, { schema, nulls }: InferenceContext): Inference {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return null;
  const isDeclaredNullable = field.nullable === true || field.type === 'any';
  const nullable = nulls === 'declared' ? isDeclaredNullable : nulls === 'possible';
  return { type: field.type, nullable, fields: field.fields, certain: kindOf(field.type) !== OBJ };
}

function typeOfLiteral({ value, regex, bigint }: Literal): Inference {
  if (regex != null || bigint != null) return null;
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOLEAN;
  if (typeof value !== 'number') return null;
  if (!Number.isInteger(value)) return DOUBLE;
  return value === (value | 0) ? INT : LONG;
}

function typeOfGlobal(name: string, { analysis }: InferenceContext): Inference {
  if (!analysis.freeNames.has(name)) return null;
  if (name === 'undefined') return NULL;
  return name === 'NaN' || name === 'Infinity' ? DOUBLE : null;
}

function typeOfUnary(operator: string, argument: Inference): Inference {
  switch (operator) {
    case '!':
    case 'delete':
      return BOOLEAN;
    case 'typeof':
      return STRING;
    case 'void':
      return NULL;
    case '+':
      return argument !== null && isNumeric(argument) ? notNull(argument) : DOUBLE;
    case '-':
      return argument !== null && isNumeric(argument) ? durationOf(argument) : numberFromPrimitive(argument);
    case '~':
      return argument !== null && isPrimitive(argument) ? { ...INT, certain: argument.certain } : null;
    default:
      return null;
  }
}

function typeOfBinary({ operator, left, right }: BinaryExpression, inner: (node: AnyNode) => Inference): Inference {
  switch (operator) {
    case '==':
    case '!=':
    case '===':
    case '!==':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case 'instanceof':
      return BOOLEAN;
    case '+':
      return typeOfSum(inner(left), inner(right));
    default:
      return typeOfArithmetic(operator, inner(left), inner(right));
  }
}

function typeOfSum(left: Inference, right: Inference): Inference {
  const text = [left, right].find((side) => side?.type === 'string' && !side.nullable);
  if (text != null) return { ...STRING, certain: text.certain };
  if (left === null || right === null) return null;
  if (left.type === 'string' || right.type === 'string') {
    // `null + "a"` is "nulla", but `null + 1` is 1: a nullable string makes the sum either.
    const other = left.type === 'string' ? right : left;
    return isPrimitive(other) ? { ...STRING, certain: false } : null;
  }
  if (!isPrimitive(left) || !isPrimitive(right)) return null;
  const certain = left.certain && right.certain;
  if (isTimestamp(left) !== isTimestamp(right)) return { type: 'timestamp', nullable: false, certain };
  return { ...widerNumber(left, right), certain };
}

function typeOfArithmetic(operator: string, left: Inference, right: Inference): Inference {
  if (left === null || right === null || !isPrimitive(left) || !isPrimitive(right)) return null;
  const certain = left.certain && right.certain;
  switch (operator) {
    case '-':
      if (isTimestamp(left) && !isTimestamp(right)) return { type: 'timestamp', nullable: false, certain };
      return { ...widerNumber(left, right), certain };
    case '*':
    case '%':
      return { ...widerNumber(left, right), certain };
    case '/':
    case '**':
      return { ...DOUBLE, certain };
    case '>>>':
      return { ...LONG, certain };
    default:
      return { ...INT, certain };
  }
}

function typeOfLogical({ operator, left, right }: LogicalExpression, inner: (node: AnyNode) => Inference): Inference {
  const before = inner(left);
  const after = inner(right);
  if (before === null || after === null) return null;
  // `a || b` and `a ?? b` never give a null from the left.
  return joinTypes(operator === '&&' ? before : notNull(before), after);
}

function typeOfMember(node: MemberExpression, context: InferenceContext, inner: (node: AnyNode) => Inference): Inference {
  const name = staticName(node.property, node.computed);
  if (name === null) return null;
  if (node.object.type === 'Identifier' && node.object.name === 'Math' && context.analysis.freeNames.has('Math')) {
    return MATH_CONSTANTS.has(name) ? DOUBLE : null;
  }
  const object = inner(node.object);
  if (object === null) return null;
  if (name === 'length' && (object.type === 'string' || object.type === 'array')) return { ...INT, certain: object.certain };
  if (object.type !== 'row') return null;
  const field = object.fields?.find((candidate) => candidate.name === name);
  return field === undefined ? null : { type: field.type, nullable: field.nullable === true, fields: field.fields, certain: false };
}

function typeOfCall(
  { callee, arguments: args }: CallExpression,
  context: InferenceContext,
  inner: (node: AnyNode) => Inference,
): Inference {
  const { freeNames, fieldReads } = context.analysis;
  if (callee.type === 'Identifier') return freeNames.has(callee.name) ? ofBuiltin(GLOBAL_FUNCTIONS.get(callee.name), true) : null;
  if (callee.type !== 'MemberExpression') return null;
  const name = staticName(callee.property, callee.computed);
  if (name === null) return null;
  const { object } = callee;
  if (object.type === 'Identifier' && freeNames.has(object.name) && !fieldReads.has(object)) {
    if (object.name !== 'Math') return ofBuiltin(STATIC_FUNCTIONS.get(`${object.name}.${name}`), true);
    const isChoice = name === 'abs' || name === 'min' || name === 'max';
    return isChoice ? typeOfChoice(args.map(inner)) : ofBuiltin(MATH_FUNCTIONS.get(name), true);
  }
  if (object.type === 'Literal' && object.regex != null) return name === 'test' ? BOOLEAN : null;
  const receiver = inner(object);
  return receiver === null ? null : ofBuiltin(methodsOf(receiver)?.get(name), receiver.certain);
}

/** `Math.max` of ints is an int; of anything else but numbers it is some number all the same. */
function typeOfChoice(args: readonly Inference[]): Inference {
  const [first, ...rest] = args;
  if (first === undefined || args.some((arg) => arg === null || !isNumeric(arg))) return DOUBLE;
  const joined = rest.reduce(joinTypes, first);
  return joined === null ? DOUBLE : { type: joined.type, nullable: false, certain: true };
}

function methodsOf({ type }: InferredType): ReadonlyMap<string, BuiltinResult> | null {
  if (type === 'string') return STRING_METHODS;
  if (type === 'boolean') return BOOLEAN_METHODS;
  if (type === 'array') return ARRAY_METHODS;
  return type === 'double' || type === 'int' || type === 'long' || type === 'timestamp' ? NUMBER_METHODS : null;
}

function typeOfObject(node: ObjectExpression, inner: (node: AnyNode) => Inference): Inference {
  const fields: Field[] = [];
  for (const property of node.properties) {
    const name = property.type === 'Property' && property.kind === 'init' ? staticName(property.key, property.computed) : null;
    const field = property.type === 'Property' && name !== null ? fieldOfType(name, inner(property.value)) : null;
    if (field === null) return { type: 'row', nullable: false, certain: true };
    fields.push(field);
  }
  return { type: 'row', nullable: false, fields, certain: true };
}

/** The schema field for values of a type; null when there is none (always null, or unknown). */
export function fieldOfType(name: string, inferred: Inference): Field | null {
  if (inferred === null || inferred.type === 'null') return null;
  const nested = inferred.type === 'row' && inferred.fields !== undefined ? { fields: inferred.fields } : {};
  return inferred.nullable && inferred.type !== 'any'
    ? { name, type: inferred.type, nullable: true, ...nested }
    : { name, type: inferred.type, ...nested };
}

/** The type that holds the values of both; null when none but `any` would. */
export function joinTypes(a: Inference, b: Inference): Inference {
  if (a === null || b === null) return null;
  const nullable = a.nullable || b.nullable;
  const certain = a.certain && b.certain;
  if (a.type === 'null') return { ...b, nullable: true, certain };
  if (b.type === 'null') return { ...a, nullable: true, certain };
  if (a.type === b.type) return { type: a.type, nullable, certain, fields: sameFields(a, b) ? a.fields : undefined };
  if (isNumeric(a) && isNumeric(b)) return { ...widerNumber(a, b), nullable, certain };
  return null;
}

function sameFields(a: InferredType, b: InferredType): boolean {
  return JSON.stringify(a.fields) === JSON.stringify(b.fields);
}

function ofBuiltin(result: BuiltinResult | undefined, certain: boolean): Inference {
  return result === undefined
    ? null
    : { type: result.type, nullable: result.nullable === true, certain: certain && result.type !== 'array' };
}

function orUndefined(inferred: Inference): Inference {
  return inferred === null ? null : { ...inferred, nullable: true, certain: inferred.certain };
}

function notNull(inferred: InferredType): InferredType {
  return { ...inferred, nullable: false };
}

function isTimestamp({ type }: InferredType): boolean {
  return type === 'timestamp';
}

function isNumeric({ type }: InferredType): boolean {
  return type === 'double' || type === 'int' || type === 'long' || type === 'timestamp';
}

/** Never a bigint or an object, so arithmetic on it gives a number. */
function isPrimitive(inferred: InferredType): boolean {
  return isNumeric(inferred) || inferred.type === 'boolean' || inferred.type === 'string' || inferred.type === 'null';
}

/** As Java promotes: int below long below double. The difference of two timestamps is a number of milliseconds. */
function widerNumber(left: InferredType, right: InferredType): InferredType {
  const rank = (inferred: InferredType): number => {
    if (inferred.type === 'int' || inferred.type === 'boolean' || inferred.type === 'null') return 0;
    return inferred.type === 'long' || inferred.type === 'timestamp' ? 1 : 2;
  };
  return [INT, LONG, DOUBLE][Math.max(rank(left), rank(right))] ?? DOUBLE;
}

function durationOf(argument: InferredType): InferredType {
  return { ...notNull(argument), type: isTimestamp(argument) ? 'long' : argument.type };
}

function numberFromPrimitive(argument: Inference): Inference {
  return argument !== null && isPrimitive(argument) ? { ...DOUBLE, certain: argument.certain } : null;
}
