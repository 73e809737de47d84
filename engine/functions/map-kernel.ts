import type { Expression } from 'acorn';
import type { Batch, BatchLease } from '../batch/batch.ts';
import { BOOL, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { Field, Row, Schema } from '../batch/schema.ts';
import { must, unreachable } from '../util/assert.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { canRunAgain, compileFunction } from './compile-function.ts';
import type { UserFunction } from './compile-function.ts';
import { conformRecord, NotARecordError } from './conform-record.ts';
import type { StageCode } from './fusion.ts';
import { inferType } from './infer-type.ts';
import { compileKernel, hoistColumns, inlineExpression, readColumn, recordLiteral, rowLoop, slotOf } from './kernel-code.ts';
import type { KernelInput, KernelTier, LeaveCode, RowErrorHandler } from './kernel-code.ts';
import { Leases } from '../batch/leases.ts';
import { KernelVersions } from './kernel-versions.ts';
import { planMap } from './map-plan.ts';
import type { MapPlan, PlannedField } from './map-plan.ts';
import { OutputColumn } from './output-column.ts';
import { branchFreePredicate, isCheapNumber } from './predicate-code.ts';

type Loop = (
  columns: readonly Column[],
  zeros: Uint8Array,
  selection: Int32Array | null,
  count: number,
  outputs: readonly OutputColumn[],
  onError: RowErrorHandler,
) => void;

/** Beyond so many columns, computing them for rows that are not kept costs more than it saves. */
const MAX_SPECULATIVE = 4;

/** Code for one row and one output column; `hoisted` stands before the loop. */
interface ColumnCode {
  readonly text: string;
  readonly hoisted: string;
  /** The string column of the input that it mostly takes its values from. */
  readonly source?: number;
}

/** All columns of one row. */
interface RowCode {
  readonly body: string;
  readonly hoisted: string;
  readonly leave: LeaveCode | null;
}

/** A record function over batches: one per operator instance, kept for the life of the job. */
export class MapKernel {
  readonly #input: Schema;
  readonly #output: Schema;
  readonly #analysis: FunctionAnalysis;
  readonly #specification: UserFunction;
  readonly #plan: MapPlan;
  readonly #computed: readonly OutputColumn[];
  readonly #versions: KernelVersions<Loop>;
  #batch: Batch | null = null;
  #onError: RowErrorHandler | null = null;
  readonly #leases = new Leases<readonly Column[]>();
  #finished: readonly Column[] = [];

  /** @param tier At most this tier, for comparing them. */
  constructor(analysis: FunctionAnalysis, input: Schema, output: Schema, tier: KernelTier = 3) {
    this.#analysis = analysis;
    this.#input = input;
    this.#output = output;
    this.#specification = compileFunction(analysis.fn);
    this.#plan = planMap(analysis, input, output, tier);
    this.#computed = this.#plan.fields.filter(({ kind }) => kind === 'computed').map(({ field }) => new OutputColumn(field));
    this.#versions = new KernelVersions(this.#plan.columns, (withNulls, withSelection) => this.#generate(withNulls, withSelection));
  }

  get tier(): KernelTier {
    return this.#plan.tier;
  }

  /**
   * The columns of the output schema, valid at the live rows of the batch that did not fail. Fields that are handed on share the input's
   * columns; computed ones are written at the same rows.
   */
  map(batch: Batch, onError: RowErrorHandler): readonly Column[] {
    const computed = this.begin(batch.rowCount);
    if (computed.length > 0 || this.tier < 3) {
      const handler = this.#plan.tier === 3 ? this.#specifying : onError;
      this.#batch = batch;
      this.#onError = onError;
      const zeros = this.#versions.zeros(batch.rowCount);
      this.#versions.for(batch)(batch.columns, zeros, batch.selection, batch.selectedCount, computed, handler);
      this.#batch = null;
    }
    return this.finish(batch);
  }

  /** The computed columns, ready for a batch. */
  begin(rowCount: number): readonly OutputColumn[] {
    const computed = this.#computed;
    const returned = this.#leases.takeReturned();
    for (let k = 0; k < computed.length; k++) (computed[k] as OutputColumn).begin(rowCount, returned?.[k] ?? null);
    return computed;
  }

  /** The columns of the output schema, after a loop has written the computed ones. */
  finish(batch: Batch): readonly Column[] {
    const finished: Column[] = [];
    const columns: Column[] = [];
    const { fields } = this.#plan;
    for (let c = 0; c < fields.length; c++) {
      const field = fields[c] as PlannedField;
      if (field.kind === 'passthrough') columns.push(must(batch.columns[field.input], 'a column that is handed on'));
      else {
        const column = must(this.#computed[finished.length], 'a computed column').finish();
        finished.push(column);
        columns.push(column);
      }
    }
    this.#finished = finished;
    return columns;
  }

  /** For the batch that the columns of the last `map` go into, if it has live rows. `inner`: the lease of the batch they were made of. */
  lease(inner: BatchLease | null): BatchLease {
    return this.#leases.lend(this.#finished, inner);
  }

  /** The function for a loop that others share; null when it must not be called again for the rows of a batch that failed. */
  code(): StageCode | null {
    if (this.tier < 3 && !canRunAgain(this.#analysis.fn)) return null;
    const { body, hoisted, leave } = this.#rowCode({ schema: this.#input, analysis: this.#analysis, withNulls: false });
    const globals = this.tier === 3 ? {} : { fn: compileFunction(this.#analysis.fn), refuse: refuseResult, is: Object.is };
    return { columns: this.#plan.columns, hoisted, text: body, leave, globals, isSpeculative: this.#isSpeculative };
  }

  /** All that is computed are a few numbers, without nulls. */
  get #isSpeculative(): boolean {
    const input: KernelInput = { schema: this.#input, analysis: this.#analysis, withNulls: false };
    const computed = this.#plan.fields.filter((field) => field.kind === 'computed');
    return (
      this.tier === 3 &&
      computed.length <= MAX_SPECULATIVE &&
      computed.every(({ field, expression }) => kindOf(field.type) === F64 && expression !== null && isCheapNumber(input, expression))
    );
  }

  #generate(withNulls: boolean, withSelection: boolean): Loop {
    const input: KernelInput = { schema: this.#input, analysis: this.#analysis, withNulls };
    const { body, hoisted, leave } = this.#rowCode(input);
    const text = `return (columns, zeros, selection, count, outputs, onError) => {
${hoistColumns(input, this.#plan.columns)}
${hoisted}
${rowLoop(body, withSelection, 'undefined', leave)}
};`;
    return compileKernel<Loop>(['fn', 'refuse', 'is'], text, [compileFunction(this.#analysis.fn), refuseResult, Object.is]);
  }

  #rowCode(input: KernelInput): RowCode {
    const codes = this.tier === 3 ? this.#inlinedColumns(input) : this.#columnsOfResult(input);
    const sources = new Set(codes.flatMap(({ source }) => source ?? []));
    const record = recordLiteral(input, this.#plan.columns, (_, c) => (sources.has(c) ? `v${c}` : readColumn(input, c)));
    const call = this.tier === 3 ? '' : `const o = fn(${record}); if (typeof o !== "object" || o === null) refuse(o);`;
    const body = [...readOnce(input, codes, sources), call, ...codes.map(({ text }) => text)].join('\n        ').trim();
    return { body, hoisted: codes.map(({ hoisted }) => hoisted).join('\n'), leave: leaveToEncode(codes) };
  }

  #columnsOfResult({ withNulls }: KernelInput): ColumnCode[] {
    return this.#computed.map(({ field }, k) => {
      const value = `o[${JSON.stringify(field.name)}]`;
      const c = this.tier === 1 && kindOf(field.type) === STR ? this.#sameString(field.name) : -1;
      if (c < 0) return { text: storeChecked(field, k, value), hoisted: hoistOutput(field, k) };
      return {
        text: storeTranslated(k, value, c, withNulls),
        hoisted: `${hoistOutput(field, k)}\nconst p${k} = w${k}.translationFrom(columns[${c}].dictionary);\nlet u${k} = -1;`,
        source: c,
      };
    });
  }

  /** The string column of the input with this name, whose values the function probably returns as they are; −1 when there is none. */
  #sameString(name: string): number {
    return this.#input.fields.findIndex((field) => field.name === name && kindOf(field.type) === STR);
  }

  #inlinedColumns(input: KernelInput): ColumnCode[] {
    const fields = this.#plan.fields.filter((field) => field.kind === 'computed');
    return fields.map(({ field, expression }, k) => inlinedColumn(input, field, k, must(expression, 'the expression of an inlined field')));
  }

  readonly #specifying: RowErrorHandler = (row, error) => {
    const record = must(this.#batch, 'the batch in hand').recordAt(row);
    return must(this.#onError, 'who handles errors')(row, this.#asSpecified(record, error));
  };

  /** As in the filter's kernel: the function itself throws the error the user can read. */
  #asSpecified(record: Row, error: unknown): unknown {
    try {
      conformRecord(this.#output, this.#specification(record));
      return error;
    } catch (specified) {
      return specified;
    }
  }
}

function refuseResult(value: unknown): never {
  throw new NotARecordError(value);
}

/** Names of output `k`: `w0` its builder, `x0` its values, and for strings `s0` and `q0`, the last string and its code. */
function hoistOutput(field: Field, k: number): string {
  const memo = kindOf(field.type) === STR ? `\nlet s${k}, q${k} = 0;` : '';
  return `const w${k} = outputs[${k}], x${k} = w${k}.${slotOf(field)};${memo}`;
}

function inlinedColumn(input: KernelInput, field: Field, k: number, expression: Expression): ColumnCode {
  const hoisted = hoistOutput(field, k);
  const type = inferType(expression, { ...input, nulls: input.withNulls ? 'possible' : 'never' });
  const isCertain = type !== null && type.type !== 'null' && type.certain && !type.nullable && kindOf(type.type) === kindOf(field.type);
  const value = inlineExpression(input, expression);
  if (!isCertain) return { text: storeChecked(field, k, value), hoisted };
  switch (kindOf(field.type)) {
    case F64:
      return { text: `x${k}[i] = ${value};`, hoisted };
    case BOOL:
      return storeBoolean(input, k, expression, hoisted);
    case STR:
      return constantStrings(input, k, expression, hoisted) ?? { text: storeChecked(field, k, value), hoisted };
    default:
      return { text: storeChecked(field, k, value), hoisted };
  }
}

function storeBoolean(input: KernelInput, k: number, expression: Expression, hoisted: string): ColumnCode {
  const branchFree = branchFreePredicate(input, expression, `b${k}_`);
  if (branchFree === null) return { text: `x${k}[i] = ${inlineExpression(input, expression)} | 0;`, hoisted };
  return { text: `x${k}[i] = ${branchFree.text} | 0;`, hoisted: `${hoisted}\n${branchFree.hoisted}` };
}

/** `test ? 'hot' : 'cold'`: the strings are encoded once per batch, and the loop chooses between their codes. */
function constantStrings(input: KernelInput, k: number, expression: Expression, hoisted: string): ColumnCode | null {
  const strings: string[] = [];
  const choice = (node: Expression): string | null => {
    if (node.type === 'Literal' && typeof node.value === 'string') return `t${k}_${strings.push(node.value) - 1}`;
    if (node.type !== 'ConditionalExpression') return null;
    const consequent = choice(node.consequent);
    const alternate = choice(node.alternate);
    return consequent === null || alternate === null ? null : `(${inlineExpression(input, node.test)} ? ${consequent} : ${alternate})`;
  };
  const code = choice(expression);
  if (code === null) return null;
  const encoded = strings.map((string, s) => `const t${k}_${s} = w${k}.encode(${JSON.stringify(string)});`);
  return { text: `x${k}[i] = ${code};`, hoisted: [hoisted, ...encoded].join('\n') };
}

/** The expected type is stored here, everything else by `OutputColumn.put`, which knows nulls and refusals. */
function storeChecked(field: Field, k: number, value: string): string {
  const put = `w${k}.put(i, v);`;
  const kind = kindOf(field.type);
  switch (kind) {
    case F64:
      return `{ const v = ${value}; if (typeof v === "number") x${k}[i] = v; else ${put} }`;
    case BOOL:
      return `{ const v = ${value}; if (v === true) x${k}[i] = 1; else if (v === false) x${k}[i] = 0; else ${put} }`;
    case STR:
      return `{ const v = ${value}; if (typeof v !== "string") ${put} else { if (v !== s${k}) { q${k} = w${k}.encode(v); s${k} = v; } x${k}[i] = q${k}; } }`;
    case OBJ:
      return `{ const v = ${value}; if (v === null || v === undefined) ${put} else x${k}[i] = v; }`;
    default:
      return unreachable(kind);
  }
}

/**
 * As `storeChecked` for strings, for a value that is mostly that of input column `c` in the same row, `v0`. Where V8 inlines the function it knows that
 * `is` holds for what is only handed on. With `===`, or after asking for its type, it would look into the string, which is in no cache.
 */
function storeTranslated(k: number, value: string, c: number, withNulls: boolean): string {
  const isSame = `is(v, v${c})${withNulls ? ` && n${c}[i] !== 1` : ''}`;
  return `{ const v = ${value}; if (${isSame}) { const q = p${k}[a${c}]; x${k}[i] = q; if (q < 0) u${k} = a${c}; } else if (typeof v !== "string") w${k}.put(i, v); else { if (v !== s${k}) { q${k} = w${k}.encode(v); s${k} = v; } x${k}[i] = q${k}; } }`;
}

/** The strings of the row that results are compared with: `a0` the code in column 0, and `v0` its string. */
function readOnce(input: KernelInput, codes: readonly ColumnCode[], sources: ReadonlySet<number>): string[] {
  const reset = codes.flatMap(({ source }, k) => (source === undefined ? [] : [`u${k} = -1;`]));
  return [...reset, ...[...sources].map((c) => `const a${c} = c${c}[i], v${c} = ${readColumn(input, c, `a${c}`)};`)];
}

/** Strings of the input that come back for the first time: `u0` is the code of one in output 0; below 0, it is known. */
function leaveToEncode(codes: readonly ColumnCode[]): LeaveCode | null {
  const outputs = codes.flatMap(({ source }, k) => (source === undefined ? [] : [{ k, c: source }]));
  if (outputs.length === 0) return null;
  return {
    when: outputs.map(({ k }) => `u${k} >= 0`).join(' || '),
    outside: outputs.map(({ k, c }) => `if (u${k} >= 0) x${k}[i] = p${k}[u${k}] = w${k}.encode(d${c}[u${k}]);`).join(' '),
  };
}
