import type { AnyNode } from 'acorn';
import type { Schema } from '../batch/schema.ts';
import { analyzeFunction } from './analyze-function.ts';
import type { ParsedFunction } from './parse-function.ts';

/**
 * The function with `...b` written out as the fields of the records, where both parameters are used for nothing but their fields. V8 then knows the
 * shape of what is returned and need not make it; a spread costs ten times as much. Columns behind a spread are not those of the user's
 * text any more: whoever catches what it throws asks the user's own function again. Null: there is nothing to write out.
 */
export function withoutSpreads(fn: ParsedFunction, schema: Schema, secondSchema = schema): ParsedFunction | null {
  const [first, second] = fn.params;
  if (first?.type !== 'Identifier' || second?.type !== 'Identifier') return null;
  // The analysis looks at the first parameter only, so each is put there in turn.
  const analyses = [analyzeFunction(fn), analyzeFunction({ ...fn, params: [second, first] })];
  if (analyses.some(({ opaque }) => opaque !== null)) return null;
  const spreads = analyses.flatMap(({ wholeRecord }, p) =>
    [...wholeRecord]
      .filter((node) => node.type === 'SpreadElement')
      .map((node) => (p === 0 ? { node, name: first.name, schema } : { node, name: second.name, schema: secondSchema })),
  );
  if (spreads.length === 0 || spreads.some((spread) => !canWriteOut(spread.schema))) return null;
  return { ...fn, javascript: replaced(fn.javascript, spreads) };
}

/** A field of that name would set the prototype; and without any, commas would be left over. */
function canWriteOut({ fields }: Schema): boolean {
  return fields.length > 0 && fields.every(({ name }) => name !== '__proto__');
}

interface Spread {
  readonly node: AnyNode;
  readonly name: string;
  readonly schema: Schema;
}

function replaced(text: string, spreads: readonly Spread[]): string {
  let result = text;
  for (const { node, name, schema } of spreads.toSorted((a, b) => b.node.start - a.node.start)) {
    const fields = schema.fields.map((field) => `${JSON.stringify(field.name)}: ${name}[${JSON.stringify(field.name)}]`);
    result = `${result.slice(0, node.start)}${fields.join(', ')}${result.slice(node.end)}`;
  }
  return result;
}
