import type { AnyNode } from 'acorn';
import type { Row, Schema } from '../batch/schema.ts';
import { alternativesOf, analyzeFunction } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { checkFunction } from './check-function.ts';
import { compileFunction, parsedFunction } from './compile-function.ts';
import type { ParsedFunction } from './parse-function.ts';
import type { InferredRecord, SpreadFields } from './record-result.ts';
import { inferRecord } from './record-result.ts';
import type { FunctionProblem } from './source-position.ts';
import { functionError } from './source-position.ts';
import { didYouMean } from '../util/nearest.ts';

/** A compiled user function of two records, each its own to keep and change. */
export type PairFunction = (first: Row, second: Row | null) => unknown;

/** What can be known of a function of two records: as a function of the one, and of the other. */
export interface PairAnalysis {
  readonly first: FunctionAnalysis;
  readonly second: FunctionAnalysis;
}

export interface CheckedPairFunction {
  /** Null when the text is not a function. */
  readonly analysis: PairAnalysis | null;
  /** In order of their place in the source. */
  readonly problems: readonly FunctionProblem[];
}

/** As `checkFunction`, for a function of two records: `(left, right) => ({ ...left, name: right.name })`. */
export function checkPairFunction(source: string, first: Schema, second: Schema): CheckedPairFunction {
  const checked = checkFunction(source, first);
  if (checked.analysis === null) return { analysis: null, problems: checked.problems };
  const analysis = pairAnalysisOf(checked.analysis);
  const problems = [...checked.problems, ...unknownFieldsOfSecond(analysis.second, second)];
  return { analysis, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** @param first The function as one of its first parameter. */
export function pairAnalysisOf(first: FunctionAnalysis): PairAnalysis {
  return { first, second: analyzeFunction(ofSecond(first.fn)) };
}

export function compilePairFunction(source: string): PairFunction {
  return compileFunction(parsedFunction(source));
}

/** The analysis looks at the first parameter only, so the second is put there. */
function ofSecond(fn: ParsedFunction): ParsedFunction {
  const [first, second] = fn.params;
  return { ...fn, params: second === undefined ? [] : first === undefined ? [second] : [second, first] };
}

/** @param analysis The `second` of a pair. */
export function unknownFieldsOfSecond({ fn, fieldUses }: FunctionAnalysis, schema: Schema): FunctionProblem[] {
  const names = schema.fields.map((field) => field.name);
  if (names.length === 0) return [];
  return fieldUses
    .filter(({ name }) => !names.includes(name))
    .map(({ name, offset }) => {
      const suggestion = didYouMean(name, names);
      const message = `The second record has no field "${name}".${suggestion === '' ? ` Its fields are ${names.join(', ')}.` : suggestion}`;
      return functionError(fn.source, offset, 'field-unknown', message);
    });
}

/** The name of a field of either record in one schema of both, which inference works on. */
export function joinedFieldName(side: 0 | 1, name: string): string {
  return `${side}/${name}`;
}

/** A function of two records as one of a single record, whose fields have the side they are of in their names. */
export interface JoinedAnalysis {
  readonly analysis: FunctionAnalysis;
  readonly schema: Schema;
  readonly spread: SpreadFields;
}

export function joinedAnalysisOf({ first, second }: PairAnalysis, firstSchema: Schema, secondSchema: Schema): JoinedAnalysis {
  const analysis: FunctionAnalysis = {
    ...first,
    opaque: first.opaque ?? second.opaque,
    fieldReads: new Map([...joinedReads(first.fieldReads, 0), ...joinedReads(second.fieldReads, 1)]),
    wholeRecord: new Set([...first.wholeRecord, ...second.wholeRecord]),
  };
  const spread: SpreadFields = (node) => {
    const side = first.wholeRecord.has(node) ? 0 : 1;
    return (side === 0 ? firstSchema : secondSchema).fields.map(({ name }) => [name, joinedFieldName(side, name)]);
  };
  return { analysis, schema: { fields: [...joinedFields(firstSchema, 0), ...joinedFields(secondSchema, 1)] }, spread };
}

/** The schema of a function's records; null when their fields are not known at all. */
export function inferPairRecord(pair: PairAnalysis, firstSchema: Schema, secondSchema: Schema): InferredRecord | null {
  const { analysis, schema, spread } = joinedAnalysisOf(pair, firstSchema, secondSchema);
  // Where one branch spreads a record and another names a field, the field's type would have to be joined over both.
  const resultCount = analysis.results.reduce((sum, result) => sum + (result === null ? 1 : alternativesOf(result).length), 0);
  return analysis.wholeRecord.size > 0 && resultCount > 1 ? null : inferRecord(analysis, schema, spread);
}

function joinedReads(reads: ReadonlyMap<AnyNode, string>, side: 0 | 1): [AnyNode, string][] {
  return [...reads].map(([node, name]) => [node, joinedFieldName(side, name)]);
}

function joinedFields(schema: Schema, side: 0 | 1): Schema['fields'][number][] {
  return schema.fields.map((field) => ({ ...field, name: joinedFieldName(side, field.name) }));
}
