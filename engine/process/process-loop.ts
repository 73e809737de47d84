import type { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';
import { analyzeFunction } from '../functions/analyze-function.ts';
import { parsedObject } from '../functions/compile-object.ts';
import type { UserObject } from '../functions/compile-object.ts';
import { columnNumbers, compileKernel, hoistColumns, readColumn, recordLiteral } from '../functions/kernel-code.ts';
import { KernelVersions } from '../functions/kernel-versions.ts';
import type { ParsedObject } from '../functions/parse-object.ts';
import { referencesOf } from '../functions/references.ts';
import type { SlotCursor } from '../state/slot-keys.ts';
import type { SlotCall } from './slot-call.ts';

/**
 * Calls the user's method for the live rows from the `from`-th to before the `to`-th. Returns the number of the live row to go on with: `to`, or the next
 * one after a call that interrupted the loop.
 */
export type ProcessLoop = (
  columns: readonly Column[],
  zeros: Uint8Array,
  selection: Int32Array | null,
  from: number,
  to: number,
  slots: ArrayLike<number>,
  call: SlotCall,
  cursor: SlotCursor,
  user: UserObject,
  method: (...args: unknown[]) => unknown,
  context: unknown,
  out: unknown,
) => number;

/** How a loop calls the method and finds its record. */
interface LoopShape {
  /** By its name, which V8 inlines; else as what it was when the job began. */
  readonly isNamed: boolean;
  /** The column whose codes are the slots of the keys; −1: none. */
  readonly slotColumn: number;
}

/** The loops around a method `(value, ctx, out)`, with a record that has the fields which the method uses, as far as its text shows them. */
export class ProcessLoops {
  readonly #method: string;
  readonly #schema: Schema;
  readonly #keyColumn: number;
  readonly #columns: readonly number[];
  readonly #canBeNamed: boolean;
  readonly #versions: (KernelVersions<ProcessLoop> | undefined)[] = [undefined, undefined, undefined, undefined];

  /** @param keyColumn The column that is the key; −1: there is none. */
  constructor(code: string, method: string, schema: Schema, keyColumn: number) {
    this.#method = method;
    this.#schema = schema;
    this.#keyColumn = keyColumn;
    this.#columns = columnNumbers(schema, usedFields(parsedObject(code), method, schema));
    this.#canBeNamed = isOnlyDefined(code, method);
  }

  /**
   * For a batch whose keys have these slots.
   * @param isReplaced The object has another method than in the beginning, which must not be called.
   */
  for(batch: Batch, slots: ArrayLike<number>, isReplaced: boolean): KernelVersions<ProcessLoop> {
    const isNamed = this.#canBeNamed && !isReplaced;
    const slotColumn = batch.columns[this.#keyColumn]?.codes === slots ? this.#keyColumn : -1;
    const version = (isNamed ? 1 : 0) + (slotColumn < 0 ? 0 : 2);
    return (this.#versions[version] ??= this.#compile({ isNamed, slotColumn }));
  }

  #compile({ isNamed, slotColumn }: LoopShape): KernelVersions<ProcessLoop> {
    const schema = this.#schema;
    return new KernelVersions(this.#columns, (withNulls, withSelection) => {
      const input = { schema, withNulls };
      const record = recordLiteral(input, this.#columns, (_, c) => readColumn(input, c, c === slotColumn ? 'slot' : undefined));
      const text = `return (columns, zeros, selection, from, to, slots, call, cursor, user, method, context, out) => {
${hoistColumns(input, this.#columns)}
for (let j = from; j < to; j++) {
  const i = ${withSelection ? 'selection[j]' : 'j'};
  const slot = slots[i];
  cursor.slot = slot;
  call.row = i;
  ${isNamed ? `user.${this.#method}(` : 'method.call(user, '}${record}, context, out);
  if (call.isInterrupted) return j + 1;
}
return to;
};`;
      return compileKernel<ProcessLoop>([], text, []);
    });
  }
}

/** The first of the live rows `[from, count)` that does not stand before physical row `limit`. */
export function firstAtOrBehind({ selection }: Batch, from: number, count: number, limit: number): number {
  if (selection === null) return Math.max(from, Math.min(count, limit));
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((selection[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the text can only speak of its method by defining it: then it cannot put another in its place, which must not be called. */
function isOnlyDefined(code: string, method: string): boolean {
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
