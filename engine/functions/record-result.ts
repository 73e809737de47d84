import type { AnyNode, Expression, ObjectExpression } from 'acorn';
import type { Field, Schema } from '../batch/schema.ts';
import { alternativesOf } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { fieldOfType, inferType, joinTypes } from './infer-type.ts';
import type { InferenceContext, InferredType } from './infer-type.ts';
import { staticName } from './syntax-tree.ts';

/** One field of the record that a function returns. */
export interface OutputField {
  readonly name: string;
  /** The input field whose value it always has; null when it is computed. */
  readonly passthrough: string | null;
  /** How it is written, once for every place the function returns at; empty for fields that come with `...r`. */
  readonly values: readonly Expression[];
}

/** The shape of the records a function returns, read from the object literals it returns. */
export interface RecordResult {
  readonly fields: readonly OutputField[];
  /** Some literal names a field twice, so that evaluating the fields one by one would evaluate too little. */
  readonly hasOverwrites: boolean;
}

interface LiteralField {
  readonly passthrough: string | null;
  readonly value: Expression | null;
}

/** The fields that a whole record (`...r`, or `r` itself) brings: name in the result, and the field of the schema whose value it has. */
export type SpreadFields = (wholeRecord: AnyNode) => readonly (readonly [name: string, passthrough: string])[];

function spreadOf(schema: Schema): SpreadFields {
  return () => schema.fields.map(({ name }) => [name, name]);
}

/**
 * The shape of a function's records: every place it returns at must give an object literal (or the record itself), all with the same
 * fields. Null when that is not so.
 */
export function recordResultOf(analysis: FunctionAnalysis, schema: Schema, spread = spreadOf(schema)): RecordResult | null {
  const results = analysis.results.flatMap((result) => (result === null ? [null] : alternativesOf(result)));
  const literals = results.map((result) => (result === null ? null : literalFields(result, analysis, spread)));
  const [first] = literals;
  if (first === undefined || first === null) return null;
  const fields: OutputField[] = [];
  for (const [name, field] of first.fields) {
    const same = literals.map((literal) => literal?.fields.get(name));
    if (same.some((other) => other === undefined)) return null;
    const passthrough = same.every((other) => other?.passthrough === field.passthrough) ? field.passthrough : null;
    fields.push({ name, passthrough, values: same.flatMap((other) => (other?.value ? [other.value] : [])) });
  }
  const isUniform = literals.every((literal) => literal?.fields.size === fields.length);
  return isUniform ? { fields, hasOverwrites: literals.some((literal) => literal?.hasOverwrites) } : null;
}

interface Literal {
  readonly fields: ReadonlyMap<string, LiteralField>;
  readonly hasOverwrites: boolean;
}

function literalFields(result: Expression, analysis: FunctionAnalysis, spread: SpreadFields): Literal | null {
  if (analysis.wholeRecord.has(result)) return { fields: new Map(spreadFields(spread, result)), hasOverwrites: false };
  return result.type === 'ObjectExpression' ? objectFields(result, analysis, spread) : null;
}

function objectFields(node: ObjectExpression, analysis: FunctionAnalysis, spread: SpreadFields): Literal | null {
  const fields = new Map<string, LiteralField>();
  let hasOverwrites = false;
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      if (!analysis.wholeRecord.has(property)) return null;
      for (const [name, field] of spreadFields(spread, property)) {
        hasOverwrites ||= (fields.get(name)?.value ?? null) !== null;
        fields.set(name, field);
      }
      continue;
    }
    const name = property.kind === 'init' ? staticName(property.key, property.computed) : null;
    if (name === null || (name === '__proto__' && !property.shorthand)) return null;
    hasOverwrites ||= (fields.get(name)?.value ?? null) !== null;
    fields.set(name, { passthrough: analysis.fieldReads.get(property.value) ?? null, value: property.value });
  }
  return { fields, hasOverwrites };
}

function spreadFields(spread: SpreadFields, wholeRecord: AnyNode): [string, LiteralField][] {
  return spread(wholeRecord).map(([name, passthrough]) => [name, { passthrough, value: null }]);
}

export interface InferredRecord {
  readonly schema: Schema;
  /** Fields whose type could not be told; they are missing in `schema`. */
  readonly unknown: readonly string[];
}

/** The schema of a function's records; null when their fields are not known at all. */
export function inferRecord(analysis: FunctionAnalysis, schema: Schema, spread = spreadOf(schema)): InferredRecord | null {
  const result = analysis.opaque === null ? recordResultOf(analysis, schema, spread) : recordOfOpaque(analysis, schema);
  if (result === null) return null;
  const context: InferenceContext = { analysis, schema, nulls: 'declared' };
  const fields: Field[] = [];
  const unknown: string[] = [];
  for (const output of result.fields) {
    const field = inferField(output, context);
    if (field === null) unknown.push(output.name);
    else fields.push(field);
  }
  return { schema: { fields }, unknown };
}

/** An opaque function may have given the record more fields or other values, so its record is not what it was. */
function recordOfOpaque(analysis: FunctionAnalysis, schema: Schema): RecordResult | null {
  return analysis.wholeRecord.size > 0 ? null : recordResultOf(analysis, schema);
}

function inferField(output: OutputField, context: InferenceContext): Field | null {
  const types = output.values.map((value): InferredType | null => inferType(value, context));
  const input = context.schema.fields.find((field) => field.name === output.passthrough);
  if (input !== undefined) return { ...input, name: output.name };
  const [first, ...rest] = types;
  if (first === undefined) return null;
  const spread = context.schema.fields.find((field) => field.name === output.name);
  const isSometimesSpread = output.values.length < countOfResults(context.analysis) && spread !== undefined;
  const fromSpread = isSometimesSpread
    ? [{ type: spread.type, nullable: spread.nullable === true, fields: spread.fields, certain: false } as const]
    : [];
  return fieldOfType(output.name, [...rest, ...fromSpread].reduce(joinTypes, first));
}

function countOfResults(analysis: FunctionAnalysis): number {
  return analysis.results.reduce((sum, result) => sum + (result === null ? 1 : alternativesOf(result).length), 0);
}
