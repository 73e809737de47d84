import type { Row } from '../batch/schema.ts';
import { analyzeFunction } from './analyze-function.ts';
import type { ParsedFunction } from './parse-function.ts';
import { parseFunction } from './parse-function.ts';
import { assert } from '../util/assert.ts';
import { hashText, hexOf } from '../util/hash.ts';

/** A compiled user function. What it gets is its own: it may keep and change the record. */
export type UserFunction = (record: Row) => unknown;

export const FUNCTION_URL_PREFIX = 'millrace-function-';

/** Lines of text that stand before the user's first line: two that `Function` adds, one of ours. */
export const LINES_BEFORE_SOURCE = 3;

/**
 * Numbers every text that is handed to V8: Chromium shares type feedback between functions made from equal text, which makes two
 * operators with the same function up to five times slower.
 */
let textsMade = 0;

export function nextTextNumber(): number {
  return ++textsMade;
}

/** A name for the text in stack traces that says which source it is: `millrace-function-7-1a2b3c4d.js`. */
export function functionUrl(source: string): string {
  return `${FUNCTION_URL_PREFIX}${nextTextNumber()}-${sourceId(source)}.js`;
}

/** Equal for equal sources; what a stack trace tells of where it comes from. */
export function sourceId(source: string): string {
  return hexOf(hashText(source));
}

/**
 * Makes a private copy of a user function: strict, without closure, with `this` undefined. Only task workers call it.
 * The caller has checked the function (`checkFunction`): names outside ECMAScript are refused here as a bug of ours.
 */
export function compileFunction(fn: ParsedFunction): UserFunction {
  const foreign = analyzeFunction(fn).foreignNames[0];
  assert(foreign === undefined, () => `only checked functions are compiled; this one uses "${foreign?.name}"`);
  const text = `"use strict"; return (\n${fn.javascript}\n);\n//# sourceURL=${functionUrl(fn.source)}`;
  return new Function(text)() as UserFunction;
}

/**
 * Whether calling it twice for a record is the same as calling it once, but for what it returns. Its private copy has no closure, so what it
 * could remember would have to hang on itself, and for that it needs a name.
 */
export function canRunAgain({ ast }: ParsedFunction): boolean {
  return ast.type === 'ArrowFunctionExpression' || ast.id == null;
}

/** The function of a validated configuration. */
export function parsedFunction(source: string): ParsedFunction {
  const result = parseFunction(source);
  assert('parsed' in result, () => `only checked functions are compiled: ${'problem' in result ? result.problem.message : ''}`);
  return result.parsed;
}
