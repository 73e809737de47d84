import type { Batch, BatchLease } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import type { StageCode } from './fusion.ts';
import { isClosedExpression } from './closed-expression.ts';
import { canRunAgain, compileFunction, nextTextNumber } from './compile-function.ts';
import type { UserFunction } from './compile-function.ts';
import { inferType } from './infer-type.ts';
import { columnNumbers, compileKernel, hoistColumns, inlineExpression, recordLiteral, rowLoop } from './kernel-code.ts';
import type { KernelInput, KernelTier, RowErrorHandler } from './kernel-code.ts';
import { KernelVersions } from './kernel-versions.ts';
import { Leases } from '../batch/leases.ts';
import { branchFreePredicate } from './predicate-code.ts';

type Loop = (
  columns: readonly Column[],
  zeros: Uint8Array,
  selection: Int32Array | null,
  count: number,
  kept: Int32Array,
  onError: RowErrorHandler,
) => number;

/** The live rows of a batch that a predicate keeps. */
export interface KeptRows {
  /** The first `count` of these; valid until the next batch, unless they are leased. */
  readonly rows: Int32Array;
  readonly count: number;
}

/** V8 keeps typed arrays of up to 64 bytes in its own heap: not worth a lease. */
const SMALL_SELECTION = 16;
const NO_ROWS = new Int32Array(0);

/** The best tier a predicate allows (engine-measurements §9). */
export function filterTierOf(analysis: FunctionAnalysis): KernelTier {
  if (analysis.opaque !== null) return 1;
  return analysis.expression !== null && isClosedExpression(analysis.expression, analysis) ? 3 : 2;
}

/** A predicate over batches: one per operator instance, kept for the life of the job. */
export class FilterKernel {
  readonly tier: KernelTier;
  readonly #schema: Schema;
  readonly #analysis: FunctionAnalysis;
  readonly #specification: UserFunction;
  readonly #versions: KernelVersions<Loop>;
  readonly #leases = new Leases<Int32Array>();
  /** The loop writes here. */
  #memory: Int32Array = NO_ROWS;
  /** All of a single row is kept, or nothing: nobody keeps this. */
  readonly #single = new Int32Array(1);
  #batch: Batch | null = null;
  #onError: RowErrorHandler | null = null;

  /** @param tier At most this tier, for comparing them. */
  constructor(analysis: FunctionAnalysis, schema: Schema, tier: KernelTier = 3) {
    this.#analysis = analysis;
    this.#schema = schema;
    this.tier = Math.min(tier, filterTierOf(analysis)) as KernelTier;
    this.#specification = compileFunction(analysis.fn);
    this.#versions = new KernelVersions(this.#usedColumns(), (withNulls, withSelection) => this.#generate(withNulls, withSelection));
  }

  /** The rows for which the predicate holds, in order. When `onError` stops the loop: those before the failed row. */
  keep(batch: Batch, onError: RowErrorHandler): KeptRows {
    const kept = this.roomFor(batch.selectedCount);
    const loop = this.#versions.for(batch);
    this.#batch = batch;
    this.#onError = onError;
    const handler = this.tier === 3 ? this.#specifying : onError;
    const count = loop(batch.columns, this.#versions.zeros(batch.rowCount), batch.selection, batch.selectedCount, kept, handler);
    this.#batch = null;
    return { rows: kept, count };
  }

  /** The predicate for a loop that others share; null when it must not be called again for the rows of a batch that failed. */
  code(): StageCode | null {
    if (this.tier < 3 && !canRunAgain(this.#analysis.fn)) return null;
    const input: KernelInput = { schema: this.#schema, analysis: this.#analysis, withNulls: false };
    const columns = this.#usedColumns();
    const name = `f${nextTextNumber()}`;
    if (this.tier === 3) return { ...this.#inlined(input, name), columns, globals: {}, isSpeculative: false };
    const text = `!!${name}(${recordLiteral(input, columns)})`;
    return { text, hoisted: '', columns, globals: { [name]: compileFunction(this.#analysis.fn) }, isSpeculative: false };
  }

  /** For the rows to keep of a batch with `count` live ones. */
  roomFor(count: number): Int32Array {
    if (count === 1) return this.#single;
    return count <= SMALL_SELECTION ? new Int32Array(count) : this.#memoryFor(count);
  }

  /** For the batch that `rows`, the last that were kept, go into: there are some. `inner`: the lease of the batch they were chosen from. */
  lease(rows: Int32Array, inner: BatchLease | null): BatchLease | null {
    if (rows !== this.#memory) return inner;
    this.#memory = NO_ROWS;
    return this.#leases.lend(rows, inner);
  }

  /** What was not lent after the last batch is still ours. */
  #memoryFor(rowCount: number): Int32Array {
    if (this.#memory.length < rowCount) this.#memory = this.#leases.takeReturned() ?? NO_ROWS;
    if (this.#memory.length < rowCount) this.#memory = new Int32Array(rowCount);
    return this.#memory;
  }

  #usedColumns(): number[] {
    if (this.tier === 1) return this.#schema.fields.map((_, c) => c);
    return columnNumbers(
      this.#schema,
      this.#analysis.fieldUses.map(({ name }) => name),
    );
  }

  #generate(withNulls: boolean, withSelection: boolean): Loop {
    const input: KernelInput = { schema: this.#schema, analysis: this.#analysis, withNulls };
    const columns = this.#usedColumns();
    const { text, hoisted } = this.tier === 3 ? this.#inlined(input) : { text: `!!fn(${recordLiteral(input, columns)})`, hoisted: '' };
    const loop = rowLoop(`kept[m] = i; m += (${text}) | 0;`, withSelection, 'm');
    return compileKernel<Loop>(
      ['fn'],
      `return (columns, zeros, selection, count, kept, onError) => {\n${hoistColumns(input, columns)}\n${hoisted}\nlet m = 0;${loop}\n};`,
      [compileFunction(this.#analysis.fn)],
    );
  }

  #inlined(input: KernelInput, prefix = 'b'): { readonly text: string; readonly hoisted: string } {
    const expression = this.#analysis.expression;
    if (expression === null) return { text: 'false', hoisted: '' };
    const branchFree = branchFreePredicate(input, expression, `${prefix}_`);
    if (branchFree !== null) return branchFree;
    const type = inferType(expression, { ...input, nulls: input.withNulls ? 'possible' : 'never' });
    const isBoolean = type !== null && type.type === 'boolean' && type.certain && !type.nullable;
    return { text: `${isBoolean ? '' : '!!'}${inlineExpression(input, expression)}`, hoisted: '' };
  }

  readonly #specifying: RowErrorHandler = (row, error) => {
    const record = must(this.#batch, 'the batch in hand').recordAt(row);
    return must(this.#onError, 'who handles errors')(row, this.#asSpecified(record, error));
  };

  /** An error in inlined text points into our loop; the function itself, which has no effects here, throws the one the user can read. */
  #asSpecified(record: Row, error: unknown): unknown {
    try {
      this.#specification(record);
      return error;
    } catch (specified) {
      return specified;
    }
  }
}
