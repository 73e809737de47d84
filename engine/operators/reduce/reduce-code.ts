import { kindOf, OBJ, STR } from '../../batch/column.ts';
import type { Field, Row, Schema } from '../../batch/schema.ts';
import { compileFunction } from '../../functions/compile-function.ts';
import { conformValue, NotARecordError } from '../../functions/conform-record.ts';
import { withoutSpreads } from '../../functions/expand-spreads.ts';
import { propertyKey } from '../../functions/kernel-code.ts';
import { planPair } from '../../functions/pair-plan.ts';
import type { PairPlan, PairSource } from '../../functions/pair-plan.ts';
import type { ParsedFunction } from '../../functions/parse-function.ts';
import { isPlain } from '../../keyed/reduce-code.ts';
import type { CombineCode, SlotFieldCode } from '../../keyed/reduce-code.ts';
import { must } from '../../util/assert.ts';

export type ReduceFunction = (accumulated: Row, record: Row) => unknown;

/** A reduce function as code, and whether it leaves the field number `keyColumn` as both records have it. */
export interface ReducerCode {
  readonly combine: CombineCode;
  readonly keepsKey: boolean;
  /** By field: it is that of the record that comes. */
  readonly takesOver: readonly boolean[];
}

/**
 * The function gets two literals with the fields that it uses, and what it returns is taken apart again; fields that it only hands on go from column to
 * column. Where V8 inlines the function, none of the three records ever exists.
 */
export function reducerCode(fn: ParsedFunction, schema: Schema, keyColumn: number): ReducerCode {
  const plan = planPair(fn, [schema, schema], schema, ({ column }, c) => column === c || isPlain(must(schema.fields[column], 'a source')));
  const conform = schema.fields.map((field) => (value: unknown) => conformValue(field, value));
  const computed = schema.fields.filter((_, c) => plan.sources[c] === null);
  const quick = compileFunction(withoutSpreads(fn, computed.length === 0 ? schema : { fields: computed }) ?? fn) as ReduceFunction;
  return {
    combine: { text: (fields) => combineText(schema, plan, fields), globals: { fn: quick, conform, NotARecordError } },
    keepsKey: plan.sources[keyColumn]?.column === keyColumn,
    takesOver: plan.sources.map((source, c) => source?.side === 1 && source.column === c),
  };
}

function combineText({ fields: schema }: Schema, { sources, columns }: PairPlan, fields: readonly SlotFieldCode[]): string {
  const [kept, next] = columns;
  const codeOf = (c: number): SlotFieldCode => must(fields[c], 'the code of a field');
  const literal = (numbers: readonly number[], part: 'kept' | 'next'): string =>
    `{ ${numbers.map((c) => `${propertyKey(must(schema[c], 'a field').name)}: ${codeOf(c)[part]}`).join(', ')} }`;
  return [
    ...kept.map((c) => codeOf(c).readKept),
    ...next.map((c) => codeOf(c).readNext),
    `const v = fn(${literal(kept, 'kept')}, ${literal(next, 'next')});`,
    'if (typeof v !== "object" || v === null) throw new NotARecordError(v);',
    ...schema.map((field, c) => takeText(field, c, sources[c] ?? null, codeOf)),
    ...schema.map((field, c) => storeText(field, c, sources[c] ?? null, columns, codeOf)),
  ].join('\n      ');
}

/** Takes a field from the returned record or from where it is handed on from, as `r0`: before anything is stored. */
function takeText(field: Field, c: number, source: PairSource | null, codeOf: (c: number) => SlotFieldCode): string {
  if (source !== null) {
    const { kept, next } = codeOf(source.column);
    return source.column === c ? '' : `const r${c} = ${source.side === 0 ? kept : next};`;
  }
  const value = `v[${JSON.stringify(field.name)}]`;
  const type = jsTypeOf(field);
  return type === null
    ? `const r${c} = conform[${c}](${value});`
    : `let r${c} = ${value}; if (typeof r${c} !== "${type}") r${c} = conform[${c}](r${c});`;
}

function storeText(
  field: Field,
  c: number,
  source: PairSource | null,
  [kept, next]: PairPlan['columns'],
  codeOf: (c: number) => SlotFieldCode,
): string {
  const code = codeOf(c);
  if (source?.column === c) return source.side === 0 ? code.keep : code.storeNext;
  if (source !== null || kindOf(field.type) !== STR || field.nullable === true) return code.store(`r${c}`);
  // Mostly one of the two strings that the function got comes back, and then nothing has to be looked up.
  const keeps = kept.includes(c) ? `if (r${c} === ${code.kept}) ${code.keep || ';'}\n      else ` : '';
  const takes = next.includes(c) ? `if (r${c} === ${code.next}) ${code.storeNext}\n      else ` : '';
  return `${keeps}${takes}{ ${code.store(`r${c}`)} }`;
}

/** What `typeof` says of the values of a field; null where that is not enough. */
function jsTypeOf({ type, nullable }: Field): string | null {
  const kind = kindOf(type);
  if (nullable === true || kind === OBJ) return null;
  return kind === STR ? 'string' : type === 'boolean' ? 'boolean' : 'number';
}
