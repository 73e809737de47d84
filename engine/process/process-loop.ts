import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';
import { analyzeFunction } from '../functions/analyze-function.ts';
import { parsedObject } from '../functions/compile-object.ts';
import type { UserObject } from '../functions/compile-object.ts';
import { columnNumbers, compileKernel, hoistColumns, recordLiteral } from '../functions/kernel-code.ts';
import { KernelVersions } from '../functions/kernel-versions.ts';
import type { ParsedObject } from '../functions/parse-object.ts';
import { referencesOf } from '../functions/references.ts';
import type { SlotCursor } from '../state/slot-keys.ts';
import type { SlotCall } from './slot-call.ts';

/**
 * Calls the user's method for the live rows from the `from`-th on, up to physical row `limit`. Returns the number of the live row to go on with: the end,
 * the first one that is not before `limit`, or the next one after a call that interrupted the loop.
 */
export type ProcessLoop = (
  columns: readonly Column[],
  zeros: Uint8Array,
  selection: Int32Array | null,
  from: number,
  count: number,
  limit: number,
  slots: ArrayLike<number>,
  call: SlotCall,
  cursor: SlotCursor,
  user: UserObject,
  method: (...args: unknown[]) => unknown,
  context: unknown,
  out: unknown,
) => number;

/**
 * The loop around a method `(value, ctx, out)`, with a record that has the fields which the method uses, as far as its text shows them.
 * @param isNamed The method is called by its name, which V8 inlines; else as what it was when the job began.
 */
export function processLoops(code: string, method: string, schema: Schema, isNamed: boolean): KernelVersions<ProcessLoop> {
  const numbers = columnNumbers(schema, usedFields(parsedObject(code), method, schema));
  return new KernelVersions(numbers, (withNulls, withSelection) => {
    const input = { schema, withNulls };
    const text = `return (columns, zeros, selection, from, count, limit, slots, call, cursor, user, method, context, out) => {
${hoistColumns(input, numbers)}
for (let j = from; j < count; j++) {
  const i = ${withSelection ? 'selection[j]' : 'j'};
  if (i >= limit) return j;
  cursor.slot = slots[i];
  call.row = i;
  ${isNamed ? `user.${method}(` : 'method.call(user, '}${recordLiteral(input, numbers)}, context, out);
  if (call.isInterrupted) return j + 1;
}
return count;
};`;
    return compileKernel<ProcessLoop>([], text, []);
  });
}

/** Whether the text can only speak of its method by defining it: then it cannot put another in its place, which must not be called. */
export function isOnlyDefined(code: string, method: string): boolean {
  return code.split(method).length === 2;
}

function usedFields({ source, javascript, methods }: ParsedObject, name: string, schema: Schema): readonly string[] {
  const all = schema.fields.map((field) => field.name);
  const method = methods.get(name);
  if (method === undefined || takesArguments(method)) return all;
  const analysis = analyzeFunction({ source, javascript, ast: method, params: method.params });
  if (analysis.opaque !== null || analysis.wholeRecord.size > 0) return all;
  return analysis.fieldUses.map((use) => use.name);
}

/** The record could be had from `arguments` as well. */
function takesArguments(method: Parameters<typeof referencesOf>[0]): boolean {
  return referencesOf(method).some(({ node }) => node.name === 'arguments');
}
