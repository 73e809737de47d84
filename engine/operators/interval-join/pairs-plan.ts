import { BOOL, kindOf, STR } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { canRunAgain, compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { withoutSpreads } from '../../functions/expand-spreads.ts';
import { planPair } from '../../functions/pair-plan.ts';
import type { PairSource } from '../../functions/pair-plan.ts';
import type { ParsedFunction } from '../../functions/parse-function.ts';
import type { Joiner } from '../../joins/joined-record.ts';
import { mergedFields } from '../../joins/joined-record.ts';
import type { IntervalJoinConfig } from './definition.ts';
import { compilePairFunctionLoop } from './pair-function-loop.ts';
import type { PairFunctionLoop } from './pair-function-loop.ts';

/** How pairs become records: from where fields are handed on, and the loop that makes the others. */
export interface PairsPlan {
  readonly schema: Schema;
  /** By output field; null: it is computed. */
  readonly sources: readonly (PairSource | null)[];
  /** Null: every field is handed on. */
  readonly loop: PairFunctionLoop | null;
  /** The function as the specification calls it, when it has to be asked again for what the loop's threw: lines and columns are the user's in its text. */
  readonly ownError: Joiner | null;
  /** A pair that cannot be joined fails the job, and is not left out. */
  readonly failsJob: boolean;
}

/** @param join The specification. */
export function pairsPlan(
  { combine, onError }: Pick<IntervalJoinConfig, 'combine' | 'onError'>,
  schemas: readonly [Schema, Schema],
  schema: Schema,
  join: Joiner,
): PairsPlan {
  const failsJob = onError === 'fail';
  if (combine.trim() === '') {
    const sources = mergedFields(...schemas).map(({ side, from }) => ({ side, column: columnOf(schemas[side], from) }));
    return { schema, sources, loop: null, ownError: null, failsJob };
  }
  const fn = parsedFunction(combine);
  const { sources, columns } = planPair(fn, schemas, schema);
  const computed = schema.fields.filter((_, c) => sources[c] === null);
  const quick = canRunAgain(fn) ? quickFunction(fn, schemas, { fields: computed }) : null;
  const compiled = compileFunction(quick ?? fn) as (left: Row, right: Row) => unknown;
  return {
    schema,
    sources,
    loop: compilePairFunctionLoop(compiled, schemas, columns, computed),
    ownError: quick === null ? null : join,
    failsJob,
  };
}

/**
 * The same plan with the right key read from the left record, where equal keys are one value: a column that comes out twice is then gathered once.
 * @param keyColumns By side.
 */
export function withOneKey(plan: PairsPlan, schemas: readonly [Schema, Schema], keyColumns: readonly [number, number]): PairsPlan {
  const [left, right] = keyColumns.map((column, side) => schemas[side as 0 | 1].fields[column]);
  if (left === undefined || right === undefined || left.nullable === true || right.nullable === true) return plan;
  // 0 and −0 are one key.
  if (kindOf(left.type) !== STR && kindOf(left.type) !== BOOL) return plan;
  const isRightKey = (source: PairSource | null): boolean => source?.side === 1 && source.column === keyColumns[1];
  return { ...plan, sources: plan.sources.map((source) => (isRightKey(source) ? { side: 0, column: keyColumns[0] } : source)) };
}

/** With the fields written out that its result is asked for; null: there is nothing to write out. */
function quickFunction(fn: ParsedFunction, schemas: readonly [Schema, Schema], computed: Schema): ParsedFunction | null {
  const names = new Set(computed.fields.map(({ name }) => name));
  const [left, right] = schemas.map(({ fields }): Schema => {
    const asked = fields.filter(({ name }) => names.has(name));
    // One at least has to stand in the place of the spread.
    return { fields: asked.length > 0 ? asked : fields.slice(0, 1) };
  });
  return left === undefined ? null : withoutSpreads(fn, left, right);
}

function columnOf({ fields }: Schema, name: string): number {
  return fields.findIndex((field) => field.name === name);
}
