import { BOOL, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { Field, Row, Schema } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';
import { NotARecordError } from './conform-record.ts';
import type { GrowingColumn } from './growing-column.ts';
import { compileKernel, fieldAt, hoistColumns, recordLiteral, slotOf } from './kernel-code.ts';
import type { RowErrorHandler } from './kernel-code.ts';
import type { MapPlan, PlannedField } from './map-plan.ts';

/** What a function gets to hand out its records: a function, and under Flink's name a method. */
export interface Collector {
  (record: unknown): void;
  collect(record: unknown): void;
}

export type FlatMapFunction = (record: Row, out: Collector) => unknown;

/** Hands out what a function returned, which is neither null nor undefined. */
export type TakeReturned = (returned: unknown, collect: Collector) => void;

/** A function and its collector, generated together. */
export interface FlatMapLoop {
  /** From here on rows of these columns are read, and records are written from row 0 on. There is room for `capacity`; it takes more itself. */
  begin(columns: readonly Column[], outputs: readonly GrowingColumn[], sources: Int32Array, capacity: number): void;
  /**
   * The live rows `[from, to)`, until `limit` records are there. Returns where it stopped; −1 when `onError` said no.
   * @param selection Null: all rows are alive.
   */
  run(selection: Int32Array | null, from: number, to: number, limit: number, onError: RowErrorHandler): number;
  /** Records written since `begin`. */
  count(): number;
  /** For every record the row that it was made of. */
  sources(): Int32Array;
}

/**
 * The function gets the fields that it uses, and a collector that stores the fields of what it gets; fields that are only handed on go from column to
 * column. Where V8 inlines the function, neither the record nor those that are made of it ever exist.
 * @param withNulls The version for batches in which a column that the function gets has nulls.
 */
export function compileFlatMapLoop(
  fn: FlatMapFunction,
  schema: Schema,
  plan: MapPlan,
  takeReturned: TakeReturned,
  withNulls: boolean,
): FlatMapLoop {
  const codes = plan.fields.map((planned, k) => outputCode(planned, k, schema));
  const lines = (part: keyof OutputCode, indent: string): string =>
    codes
      .map((code) => code[part])
      .filter((text) => text !== '')
      .join(`\n${indent}`);
  const input = { schema, withNulls };
  const hoisted = hoistColumns(input, plan.columns).replaceAll('columns[', 'inputs[').replaceAll('?? zeros', '?? NO_NULLS');
  const text = `let inputs = [], outputs = [], src = new Int32Array(0), capacity = 0, n = 0, i = 0;
${lines('declared', '')}
const bind = () => {
  ${lines('bound', '  ')}
};
const grow = () => {
  capacity = Math.max(16, capacity * 2);
  for (const output of outputs) output.grow(capacity);
  if (src.length < capacity) {
    const grown = new Int32Array(capacity);
    grown.set(src);
    src = grown;
  }
  bind();
};
const collect = (o) => {
  if (typeof o !== "object" || o === null) throw new NotARecordError(o);
  if (n === capacity) grow();
  const q = n;
  ${lines('stored', '  ')}
  src[q] = i;
  n = q + 1;
};
const out = Object.assign(collect, { collect });
return {
  begin: (columns, growing, sources, room) => {
    inputs = columns;
    outputs = growing;
    src = sources;
    capacity = room;
    n = 0;
    ${lines('read', '    ')}
    bind();
  },
  run: (selection, from, to, limit, onError) => {
    ${hoisted}
    let j = from, first = n;
    for (;;) {
      try {
        for (; j < to; j++) {
          i = selection === null ? j : selection[j];
          first = n;
          const returned = fn(${recordLiteral(input, plan.columns)}, out);
          if (returned !== undefined && returned !== null) takeReturned(returned, out);
          if (n >= limit) return j + 1;
        }
        return to;
      } catch (error) {
        // All records of one, or none if it fails.
        n = first;
        if (!onError(i, error)) return -1;
        j++;
      }
    }
  },
  count: () => n,
  sources: () => src,
};`;
  return compileKernel<FlatMapLoop>(['fn', 'takeReturned', 'NotARecordError', 'NO_NULLS'], text, [
    fn,
    takeReturned,
    NotARecordError,
    new Uint8Array(0),
  ]);
}

/**
 * Text for one output field; names end in its number. `w0` its column, `x0` the values of that, `l0` its null marks; for strings `s0` and `q0`, the last one and
 * its code. Of the input column that it is handed on from: `c0` the values, `e0` the null marks, `t0` the texts, `p0` the codes in the output.
 */
interface OutputCode {
  readonly declared: string;
  /** When a batch begins. */
  readonly read: string;
  /** When there are new arrays to write to. */
  readonly bound: string;
  /** Stores the field of record `o` as row `q`. */
  readonly stored: string;
}

function outputCode(planned: PlannedField, k: number, schema: Schema): OutputCode {
  const { field } = planned;
  const canBeNull = field.nullable === true || field.type === 'any';
  const bound = `x${k} = w${k}.${slotOf(field)};${canBeNull ? ` l${k} = w${k}.nulls;` : ''}`;
  const declared = `let w${k}, x${k}${canBeNull ? `, l${k}` : ''}`;
  const isString = kindOf(field.type) === STR;
  if (planned.kind === 'computed') {
    const value = `o[${JSON.stringify(field.name)}]`;
    return {
      declared: `${declared}${isString ? `, s${k}, q${k} = 0` : ''};`,
      // Codes are those of the dictionary that the column has now.
      read: `w${k} = outputs[${k}];${isString ? ` s${k} = undefined;` : ''}`,
      bound,
      stored: storeChecked(field, k, value, canBeNull),
    };
  }
  const column = `inputs[${planned.input}]`;
  const from = fieldAt(schema, planned.input);
  const sourceNulls = from.nullable === true || from.type === 'any';
  const strings = isString ? ` t${k} = ${column}.dictionary.values; p${k} = w${k}.translationFrom(${column}.dictionary);` : '';
  return {
    declared: `${declared}, c${k}${sourceNulls ? `, e${k}` : ''}${isString ? `, t${k}, p${k}` : ''};`,
    read: `w${k} = outputs[${k}]; c${k} = ${column}.${slotOf(from)};${sourceNulls ? ` e${k} = ${column}.nulls;` : ''}${strings}`,
    bound,
    stored: storeHandedOn(field, k, canBeNull, sourceNulls),
  };
}

function storeHandedOn(field: Field, k: number, canBeNull: boolean, sourceNulls: boolean): string {
  const value =
    kindOf(field.type) === STR
      ? `{ const a = c${k}[i]; let p = p${k}[a]; if (p < 0) p${k}[a] = p = w${k}.encode(t${k}[a]); x${k}[q] = p; }`
      : `x${k}[q] = c${k}[i];`;
  if (!canBeNull) return value;
  if (!sourceNulls) return `l${k}[q] = 0; ${value}`;
  const ofNull = kindOf(field.type) === OBJ ? `x${k}[q] = null;` : '';
  return `if (e${k} !== null && e${k}[i] === 1) { l${k}[q] = 1; ${ofNull} } else { l${k}[q] = 0; ${value} }`;
}

/** The expected type is stored here, everything else by `GrowingColumn.put`, which knows nulls and refusals. */
function storeChecked(field: Field, k: number, value: string, canBeNull: boolean): string {
  const put = `w${k}.put(q, v);`;
  const isValue = canBeNull ? `l${k}[q] = 0; ` : '';
  const kind = kindOf(field.type);
  switch (kind) {
    case F64:
      return `{ const v = ${value}; if (typeof v === "number") { ${isValue}x${k}[q] = v; } else ${put} }`;
    case BOOL:
      return `{ const v = ${value}; if (typeof v === "boolean") { ${isValue}x${k}[q] = v ? 1 : 0; } else ${put} }`;
    case STR:
      return `{ const v = ${value}; if (typeof v !== "string") ${put} else { ${isValue}if (v !== s${k}) { q${k} = w${k}.encode(v); s${k} = v; } x${k}[q] = q${k}; } }`;
    case OBJ:
      return `w${k}.put(q, ${value});`;
    default:
      return unreachable(kind);
  }
}
