import { functionUrl } from './compile-function.ts';
import type { ParsedObject } from './parse-object.ts';
import { parseObject } from './parse-object.ts';
import { foreignName } from './analyze-function.ts';
import { referencesOf } from './references.ts';
import { assert } from '../util/assert.ts';

/** An instance of user code: methods by name, and whatever else it keeps. */
export type UserObject = Readonly<Record<string, unknown>>;

/**
 * Makes one instance of the user's class, or of the object: strict, without closure. Runs the constructor and property initialisers, so it throws
 * what those throw. Only task workers call it; the caller has checked the code (`checkObject`).
 */
export function instantiate(object: ParsedObject): UserObject {
  const foreign = referencesOf(object.ast).flatMap(foreignName)[0];
  assert(foreign === undefined, () => `only checked code is compiled; this one uses "${foreign?.name}"`);
  // The same two lines before the user's first one as functions have, so that places in stack traces are read alike.
  const text = `"use strict"; return (\n${object.javascript}\n);\n//# sourceURL=${functionUrl(object.source)}`;
  const made: unknown = new Function(text)();
  return (typeof made === 'function' ? new (made as new () => UserObject)() : made) as UserObject;
}

/** The class or object of a validated configuration. */
export function parsedObject(source: string): ParsedObject {
  const result = parseObject(source, '');
  assert('parsed' in result, () => `only checked code is compiled: ${'problem' in result ? result.problem.message : ''}`);
  return result.parsed;
}
