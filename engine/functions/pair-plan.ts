import { kindOf, OBJ } from '../batch/column.ts';
import type { Field, Schema } from '../batch/schema.ts';
import { analyzeFunction } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { columnNumbers } from './kernel-code.ts';
import { canHandOn, neededFields } from './map-plan.ts';
import type { PlannedField } from './map-plan.ts';
import { joinedAnalysisOf, pairAnalysisOf } from './pair-function.ts';
import type { PairAnalysis } from './pair-function.ts';
import type { ParsedFunction } from './parse-function.ts';
import { recordResultOf } from './record-result.ts';
import type { RecordResult } from './record-result.ts';

/** Where the value of an output field is, when the function only hands it on. */
export interface PairSource {
  /** 0: the first record, 1: the second. */
  readonly side: 0 | 1;
  readonly column: number;
}

/** How the records of a function of two records become columns. */
export interface PairPlan {
  /** In the order of the output schema; null: it has to be read from what the function returned. */
  readonly sources: readonly (PairSource | null)[];
  /** Numbers of the columns that the function has to get, by side. */
  readonly columns: readonly [readonly number[], readonly number[]];
}

/** The plan of a function of which nothing is known: it gets both records whole. */
export function opaquePairPlan(schemas: readonly [Schema, Schema], output: Schema): PairPlan {
  return { sources: output.fields.map(() => null), columns: [allColumns(schemas[0]), allColumns(schemas[1])] };
}

export function planPair(fn: ParsedFunction, schemas: readonly [Schema, Schema], output: Schema): PairPlan {
  const pair = pairAnalysisOf(analyzeFunction(fn));
  const { analysis, schema, spread } = joinedAnalysisOf(pair, ...schemas);
  const result = analysis.opaque === null ? recordResultOf(analysis, schema, spread) : null;
  // Without knowing the shape of its results, a function that returns a record needs all of it.
  if (analysis.opaque !== null || (result === null && analysis.wholeRecord.size > 0)) return opaquePairPlan(schemas, output);
  const plan = planWith(pair, result, schemas, output, schema, false);
  return sharesNested(plan, schemas) ? planWith(pair, result, schemas, output, schema, true) : plan;
}

function planWith(
  pair: PairAnalysis,
  result: RecordResult | null,
  schemas: readonly [Schema, Schema],
  output: Schema,
  joined: Schema,
  computesNested: boolean,
): PairPlan {
  const fields = output.fields.map((field): PlannedField => {
    const from = result?.fields.find(({ name }) => name === field.name)?.passthrough ?? null;
    const input = from === null ? -1 : joined.fields.findIndex(({ name }) => name === from);
    const source = joined.fields[input];
    const isHandedOn = source !== undefined && canHandOn(source, field) && !(computesNested && kindOf(field.type) === OBJ);
    return isHandedOn ? { kind: 'passthrough', field, input } : { kind: 'computed', field, expression: null };
  });
  const needed = (analysis: FunctionAnalysis, side: 0 | 1): number[] =>
    columnNumbers(schemas[side], neededFields(analysis, fields, result));
  const firstCount = schemas[0].fields.length;
  return {
    sources: fields.map((field) => (field.kind === 'passthrough' ? sourceOf(field.input, firstCount) : null)),
    columns: [needed(pair.first, 0), needed(pair.second, 1)],
  };
}

function sourceOf(joinedColumn: number, firstCount: number): PairSource {
  return joinedColumn < firstCount ? { side: 0, column: joinedColumn } : { side: 1, column: joinedColumn - firstCount };
}

/** A function that gets a nested value may change it, so it is not the column's any more. */
function sharesNested({ sources, columns }: PairPlan, schemas: readonly [Schema, Schema]): boolean {
  return sources.some(
    (source) =>
      source !== null &&
      columns[source.side].includes(source.column) &&
      kindOf((schemas[source.side].fields[source.column] as Field).type) === OBJ,
  );
}

function allColumns(schema: Schema): number[] {
  return schema.fields.map((_, c) => c);
}
