import { BOOL, F64, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { conformValue, NotARecordError } from '../../functions/conform-record.ts';
import { compileKernel, fieldAt, hoistColumns, recordLiteral } from '../../functions/kernel-code.ts';
import type { KernelInput, RowErrorHandler } from '../../functions/kernel-code.ts';
import type { OutputColumn } from '../../functions/output-column.ts';
import { copyValue } from '../../state/copy-value.ts';
import { unreachable } from '../../util/assert.ts';

export type ReduceFunction = (accumulated: Row, record: Row) => unknown;

/**
 * Combines the first `count` rows with the records of their slots, and writes what comes out. Returns how many rows it did: with fewer than all,
 * the error of the next one went to `onError`.
 */
export type ReduceLoop = (
  columns: readonly Column[],
  rows: Int32Array,
  count: number,
  slots: ArrayLike<number>,
  records: (Row | undefined)[],
  outputs: readonly OutputColumn[],
  translations: readonly Int32Array[],
  onError: RowErrorHandler,
) => number;

/**
 * The loop around a reduce function: records are literals of known shape, so that V8 can inline the function and keep most of them off the heap; a result is
 * checked field by field, with the answer that is expected tested first.
 */
export function compileReduceLoop(fn: ReduceFunction, schema: Schema, withNulls: boolean): ReduceLoop {
  // `analysis` is for inlined expressions, of which there are none here.
  const input: KernelInput = { schema, withNulls, analysis: undefined as never };
  const numbers = schema.fields.map((_, c) => c);
  const text = `return (columns, rows, count, slots, records, outputs, translations, onError) => {
  ${hoistColumns(input, numbers).replaceAll('?? zeros', '?? NO_NULLS')}
  ${numbers.map((c) => hoistOutput(schema, c)).join('\n  ')}
  let j = 0, i = 0;
  try {
    for (; j < count; j++) {
      i = rows[j];
      const slot = slots[i];
      const next = ${ownRecord(input, numbers)};
      const kept = records[slot];
      let r = next;
      if (kept !== undefined) {
        const v = fn(kept, next);
        if (typeof v !== "object" || v === null) throw new NotARecordError(v);
        r = { ${numbers.map((c) => `${key(schema, c)}: ${conformed(schema, c)}`).join(', ')} };
      }
      records[slot] = r;
      ${numbers.map((c) => store(schema, c)).join('\n      ')}
    }
  } catch (error) {
    onError(i, error);
  }
  return j;
};`;
  const conform = schema.fields.map((field) => (value: unknown) => conformValue(field, value));
  return compileKernel<ReduceLoop>(['fn', 'conform', 'copy', 'NotARecordError', 'NO_NULLS'], text, [
    fn,
    conform,
    copyValue,
    NotARecordError,
    new Uint8Array(0),
  ]);
}

function key(schema: Schema, c: number): string {
  return `[${JSON.stringify(fieldAt(schema, c).name)}]`;
}

/** Nested values are shared with others who take the batch. */
function ownRecord(input: KernelInput, numbers: readonly number[]): string {
  const literal = recordLiteral(input, numbers);
  return numbers.some((c) => kindOf(fieldAt(input.schema, c).type) === OBJ) ? `copy(${literal})` : literal;
}

/** Field `c` of what the function returned. */
function conformed(schema: Schema, c: number): string {
  const read = `v${key(schema, c)}`;
  const checked = `conform[${c}](${read})`;
  switch (kindOf(fieldAt(schema, c).type)) {
    case F64:
      return `typeof ${read} === "number" ? ${read} : ${checked}`;
    case STR:
      return `typeof ${read} === "string" ? ${read} : ${checked}`;
    default:
      return checked;
  }
}

function hoistOutput(schema: Schema, c: number): string {
  const output = `const w${c} = outputs[${c}]`;
  switch (kindOf(fieldAt(schema, c).type)) {
    case F64:
      return `${output}, x${c} = w${c}.f64;`;
    case STR:
      return `${output}, x${c} = w${c}.codes, p${c} = translations[${c}]; let s${c} = null, q${c} = 0;`;
    default:
      return `${output};`;
  }
}

function store(schema: Schema, c: number): string {
  const value = `r${key(schema, c)}`;
  const kind = kindOf(fieldAt(schema, c).type);
  switch (kind) {
    case F64:
      return `{ const o = ${value}; if (o !== null) x${c}[i] = o; else w${c}.put(i, null); }`;
    case STR:
      // Mostly the string of this very row (the key, what changes), or the one before.
      return (
        `{ const o = ${value}, a = c${c}[i]; if (o === null) w${c}.put(i, null); ` +
        `else if (o === d${c}[a]) { let q = p${c}[a]; if (q < 0) p${c}[a] = q = w${c}.encode(o); x${c}[i] = q; } ` +
        `else { if (o !== s${c}) { q${c} = w${c}.encode(o); s${c} = o; } x${c}[i] = q${c}; } }`
      );
    case BOOL:
      return `w${c}.put(i, ${value});`;
    case OBJ:
      // What was emitted must not change with the state.
      return `w${c}.put(i, copy(${value}));`;
    default:
      return unreachable(kind);
  }
}
