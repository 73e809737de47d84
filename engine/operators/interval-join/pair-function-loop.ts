import { BOOL, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { Field, Row, Schema } from '../../batch/schema.ts';
import { NotARecordError } from '../../functions/conform-record.ts';
import { compileKernel, propertyKey } from '../../functions/kernel-code.ts';
import type { RowErrorHandler } from '../../functions/kernel-code.ts';
import { hoistOutputs, storeOutput } from '../../functions/output-code.ts';
import type { OutputColumn } from '../../functions/output-column.ts';
import { must } from '../../util/assert.ts';
import type { LogColumn } from './log-column.ts';

/** Calls a function for the pairs `[0, count)` and stores what it makes of pair `p` in row `p`. `rows`: see `PairBuffer`. */
export type PairFunctionLoop = (
  count: number,
  rows: Int32Array,
  left: readonly LogColumn[],
  right: readonly LogColumn[],
  outputs: readonly OutputColumn[],
  onError: RowErrorHandler,
) => void;

/**
 * The function gets two literals with the fields of these columns, and the fields of what it returns become rows of the output columns. Where V8 inlines the
 * function, none of the three records ever exists.
 */
export function compilePairFunctionLoop(
  fn: (left: Row, right: Row) => unknown,
  schemas: readonly [Schema, Schema],
  columns: readonly [readonly number[], readonly number[]],
  computed: readonly Field[],
): PairFunctionLoop {
  const [left, right] = [sideCode('l', 'left', schemas[0], columns[0]), sideCode('r', 'right', schemas[1], columns[1])];
  const text = `return (count, rows, left, right, outputs, onError) => {
  ${left.hoisted}
  ${right.hoisted}
  ${hoistOutputs(computed, 'outputs')}
  let p = 0;
  for (;;) {
    try {
      for (; p < count; p++) {
        const l = rows[2 * p], r = rows[2 * p + 1];
        const o = fn(${left.literal}, ${right.literal});
        if (typeof o !== "object" || o === null) throw new NotARecordError(o);
        ${computed.map((field, k) => storeOutput(field, k, 'p', `o[${JSON.stringify(field.name)}]`)).join('\n        ')}
      }
      return;
    } catch (error) {
      if (!onError(p, error)) return;
      p++;
    }
  }
};`;
  return compileKernel<PairFunctionLoop>(['fn', 'NotARecordError'], text, [fn, NotARecordError]);
}

/** Names of a side's column 3: `l3` its values, `dl3` its dictionary, `nl3` its null marks. `l` is the row. */
function sideCode(
  row: 'l' | 'r',
  array: string,
  schema: Schema,
  columns: readonly number[],
): { readonly hoisted: string; readonly literal: string } {
  const fields = columns.map((c) => ({ c, name: `${row}${c}`, field: must(schema.fields[c], 'a field that the function uses') }));
  return {
    hoisted: fields.map(({ c, name, field }) => hoistColumn(name, `${array}[${c}]`, field)).join('\n  '),
    literal: `{ ${fields.map(({ name, field }) => `${propertyKey(field.name)}: ${readValue(name, row, field)}`).join(', ')} }`,
  };
}

function hoistColumn(name: string, column: string, field: Field): string {
  const kind = kindOf(field.type);
  const array = kind === STR ? 'codes' : kind === BOOL ? 'bytes' : kind === OBJ ? 'objects' : 'f64';
  const dictionary = kind === STR ? `, d${name} = ${column}.dictionary.values` : '';
  const nulls = canBeNull(field) ? `, n${name} = ${column}.nulls` : '';
  return `const ${name} = ${column}.${array}${dictionary}${nulls};`;
}

function readValue(name: string, row: string, field: Field): string {
  const at = `${name}[${row}]`;
  const kind = kindOf(field.type);
  const value = kind === STR ? `d${name}[${at}]` : kind === BOOL ? `(${at} === 1)` : at;
  return canBeNull(field) ? `(n${name} !== null && n${name}[${row}] === 1 ? null : ${value})` : value;
}

function canBeNull({ type, nullable }: Field): boolean {
  return nullable === true || type === 'any';
}
