import type { Expression } from 'acorn';
import { kindOf } from '../batch/column.ts';
import { fieldOf } from '../batch/schema.ts';
import type { Field, Schema } from '../batch/schema.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { isClosedExpression } from './closed-expression.ts';
import { columnNumbers, readsIn } from './kernel-code.ts';
import type { KernelTier } from './kernel-code.ts';
import { recordResultOf } from './record-result.ts';
import type { OutputField, RecordResult } from './record-result.ts';

/** How one field of the output comes about. */
export type PlannedField =
  /** The input column itself is handed on. */
  | { readonly kind: 'passthrough'; readonly field: Field; readonly input: number }
  /** `expression`: the one expression it is written as; null when it must be read from what the function returned. */
  | { readonly kind: 'computed'; readonly field: Field; readonly expression: Expression | null };

/** How the records of a function become columns. */
export interface MapPlan {
  readonly tier: KernelTier;
  /** In the order of the output schema. */
  readonly fields: readonly PlannedField[];
  /** Numbers of the input columns that the function gets (tiers 1 and 2) or that its expressions read (tier 3). */
  readonly columns: readonly number[];
}

/** @param tier At most this tier. */
export function planMap(analysis: FunctionAnalysis, input: Schema, output: Schema, tier: KernelTier): MapPlan {
  const result = analysis.opaque === null && tier > 1 ? recordResultOf(analysis, input) : null;
  const fields = output.fields.map((field) => planField(field, result, input));
  // Without knowing the shape of its results, a function that returns the record needs all of it.
  if (analysis.opaque !== null || tier === 1 || (result === null && analysis.wholeRecord.size > 0))
    return { tier: 1, fields, columns: input.fields.map((_, c) => c) };
  const inlined = tier === 3 && result !== null ? inlinedFields(fields, result, analysis) : null;
  if (inlined === null) return { tier: 2, fields, columns: columnNumbers(input, neededFields(analysis, fields, result)) };
  const read = inlined.flatMap(({ expression }) => (expression === null ? [] : readsIn(expression, analysis)));
  return {
    tier: 3,
    fields,
    columns: columnNumbers(
      input,
      read.flatMap((node) => analysis.fieldReads.get(node) ?? []),
    ),
  };
}

function planField(field: Field, result: RecordResult | null, input: Schema): PlannedField {
  const written = result?.fields.find(({ name }) => name === field.name);
  const source = written?.passthrough == null ? undefined : fieldOf(input, written.passthrough);
  if (source !== undefined && canHandOn(source, field)) return { kind: 'passthrough', field, input: input.fields.indexOf(source) };
  return { kind: 'computed', field, expression: soleValue(written) };
}

function soleValue(written: OutputField | undefined): Expression | null {
  const [value, other] = written?.values ?? [];
  return value === undefined || other !== undefined ? null : value;
}

/** Every value of the one is a value of the other, stored the same way. */
export function canHandOn(from: Field, to: Field): boolean {
  const mayBeNull = (field: Field): boolean => field.nullable === true || field.type === 'any';
  return kindOf(from.type) === kindOf(to.type) && (mayBeNull(to) || !mayBeNull(from));
}

/**
 * The computed fields, when the function is nothing but an object literal of closed expressions, each of which is evaluated exactly once
 * field by field; else null.
 */
function inlinedFields(
  fields: readonly PlannedField[],
  result: RecordResult,
  analysis: FunctionAnalysis,
): readonly Extract<PlannedField, { kind: 'computed' }>[] | null {
  const { expression } = analysis;
  const isLiteral = expression !== null && (expression.type === 'ObjectExpression' || analysis.wholeRecord.has(expression));
  if (!isLiteral || result.hasOverwrites) return null;
  const computed = fields.filter((field) => field.kind === 'computed');
  if (computed.some((field) => field.expression === null || !isClosedExpression(field.expression, analysis))) return null;
  // A field that the declared output leaves out is still evaluated by the function, and may throw.
  const names = new Set(fields.map(({ field }) => field.name));
  return result.fields.every(({ name, passthrough }) => names.has(name) || passthrough !== null) ? computed : null;
}

/** The fields a function has to get: all it uses, but for those it only hands on. */
export function neededFields(analysis: FunctionAnalysis, fields: readonly PlannedField[], result: RecordResult | null): Set<string> {
  const needed = new Set(analysis.fieldUses.map(({ name }) => name));
  const handedOn = new Set(fields.flatMap((field) => (field.kind === 'passthrough' ? [field.field.name] : [])));
  const handedOnAt = new Set((result?.fields ?? []).flatMap(({ name, values }) => (handedOn.has(name) ? values : [])));
  for (const name of needed) {
    if (analysis.untracedFields.has(name)) continue;
    const reads = [...analysis.fieldReads].filter(([, field]) => field === name);
    if (reads.every(([node]) => handedOnAt.has(node as Expression))) needed.delete(name);
  }
  // What comes with `...r` and is not handed on as a column is read from the function's result.
  if (analysis.wholeRecord.size > 0) for (const { kind, field } of fields) if (kind === 'computed') needed.add(field.name);
  return needed;
}
