import { kindOf, OBJ } from '../batch/column.ts';
import type { Field, Schema } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import { analyzeFunction } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { columnNumbers } from './kernel-code.ts';
import { canHandOn, neededFields } from './map-plan.ts';
import type { PlannedField } from './map-plan.ts';
import { joinedAnalysisOf, joinedFieldName, pairAnalysisOf } from './pair-function.ts';
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

/** Whether the column of an output field can be had from this column, instead of from what the function returned. */
export type HandsOn = (source: PairSource, outputColumn: number) => boolean;

/** @param handsOn Whoever cannot take over some columns says so; the function then gets them. */
export function planPair(fn: ParsedFunction, schemas: readonly [Schema, Schema], output: Schema, handsOn: HandsOn = () => true): PairPlan {
  const pair = pairAnalysisOf(analyzeFunction(fn));
  const joined = joinedAnalysisOf(pair, ...schemas);
  const { analysis } = joined;
  const result = analysis.opaque === null ? recordResultOf(analysis, joined.schema, joined.spread) : null;
  // Without knowing the shape of its results, a function that returns a record needs all of it.
  if (analysis.opaque !== null || (result === null && analysis.wholeRecord.size > 0)) return opaquePairPlan(schemas, output);
  const planWith = (isHandedOn: HandsOn): PairPlan => {
    const fields = output.fields.map((field, c) => planField(field, c, result, schemas, isHandedOn));
    const needed = (of: FunctionAnalysis, side: 0 | 1): number[] => columnNumbers(schemas[side], neededFields(of, fields, result));
    return { sources: fields.map(({ source }) => source), columns: [needed(pair.first, 0), needed(pair.second, 1)] };
  };
  const plan = planWith(handsOn);
  if (!sharesNested(plan, schemas)) return plan;
  return planWith((source, c) => handsOn(source, c) && kindOf(fieldOfSource(source, schemas).type) !== OBJ);
}

type PlannedPairField = PlannedField & { readonly source: PairSource | null };

function planField(
  field: Field,
  c: number,
  result: RecordResult | null,
  schemas: readonly [Schema, Schema],
  handsOn: HandsOn,
): PlannedPairField {
  const from = result?.fields.find(({ name }) => name === field.name)?.passthrough ?? null;
  const source = from === null ? null : sourceOf(from, schemas);
  if (source === null || !canHandOn(fieldOfSource(source, schemas), field) || !handsOn(source, c))
    return { kind: 'computed', field, expression: null, source: null };
  return { kind: 'passthrough', field, input: source.column, source };
}

/** Null for a field that the record does not have. */
function sourceOf(joinedName: string, schemas: readonly [Schema, Schema]): PairSource | null {
  for (const side of [0, 1] as const) {
    const column = schemas[side].fields.findIndex(({ name }) => joinedFieldName(side, name) === joinedName);
    if (column >= 0) return { side, column };
  }
  return null;
}

function fieldOfSource({ side, column }: PairSource, schemas: readonly [Schema, Schema]): Field {
  return must(schemas[side].fields[column], 'the field of a source');
}

/** A function that gets a nested value may change it, so it is not the column's any more. */
function sharesNested({ sources, columns }: PairPlan, schemas: readonly [Schema, Schema]): boolean {
  return sources.some(
    (source) => source !== null && columns[source.side].includes(source.column) && kindOf(fieldOfSource(source, schemas).type) === OBJ,
  );
}

function allColumns(schema: Schema): number[] {
  return schema.fields.map((_, c) => c);
}
