import { BOOL, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { Field } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';
import { slotOf } from './kernel-code.ts';

/**
 * Text that takes the fields of records which a function made and stores them in output columns. Names for field `k`: `w0` its `OutputColumn`, `x0` the values of
 * that, and for strings `s0` and `q0`, the last string and its code.
 */
export function hoistOutputs(fields: readonly Field[], outputs: string): string {
  return fields
    .map((field, k) => {
      const memo = kindOf(field.type) === STR ? ` let s${k}, q${k} = 0;` : '';
      return `const w${k} = ${outputs}[${k}], x${k} = w${k}.${slotOf(field)};${memo}`;
    })
    .join('\n');
}

/** The expected type is stored here, everything else by `OutputColumn.put`, which knows nulls and refusals. */
export function storeOutput(field: Field, k: number, row: string, value: string): string {
  const put = `w${k}.put(${row}, v);`;
  const kind = kindOf(field.type);
  switch (kind) {
    case F64:
      return `{ const v = ${value}; if (typeof v === "number") x${k}[${row}] = v; else ${put} }`;
    case BOOL:
      return `{ const v = ${value}; if (v === true) x${k}[${row}] = 1; else if (v === false) x${k}[${row}] = 0; else ${put} }`;
    case STR:
      return `{ const v = ${value}; if (typeof v !== "string") ${put} else { if (v !== s${k}) { q${k} = w${k}.encode(v); s${k} = v; } x${k}[${row}] = q${k}; } }`;
    case OBJ:
      return `{ const v = ${value}; if (v === null || v === undefined) ${put} else x${k}[${row}] = v; }`;
    default:
      return unreachable(kind);
  }
}
