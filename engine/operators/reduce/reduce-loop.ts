import { BOOL, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { Column } from '../../batch/column.ts';
import type { Field, Row, Schema } from '../../batch/schema.ts';
import { conformValue, NotARecordError } from '../../functions/conform-record.ts';
import { compileKernel } from '../../functions/kernel-code.ts';
import type { RowErrorHandler } from '../../functions/kernel-code.ts';
import type { SlotColumn } from '../../keyed/slot-column.ts';
import { copyValue } from '../../state/copy-value.ts';

export type ReduceFunction = (accumulated: Row, record: Row) => unknown;

/**
 * Combines the first `count` rows with the records of their slots, and writes what comes out. Returns how many rows it did: with fewer than all,
 * the error of the next one went to `onError`.
 * @param hasRecord 1 for slots that have a record.
 */
export type ReduceLoop = (
  columns: readonly Column[],
  rows: Int32Array,
  count: number,
  slots: ArrayLike<number>,
  hasRecord: Uint8Array,
  states: readonly SlotColumn[],
  outputs: readonly Column[],
  onError: RowErrorHandler,
) => number;

/**
 * The loop around a reduce function. Records live in arrays, a column per field; the function gets two literals, and what it returns is taken apart
 * again. Where V8 inlines the function, none of the three records ever exists.
 */
export function compileReduceLoop(fn: ReduceFunction, schema: Schema): ReduceLoop {
  const codes = schema.fields.map(fieldCode);
  const all = (part: keyof FieldCode): string => codes.map((code) => code[part]).join('\n      ');
  const literal = (part: 'kept' | 'next'): string =>
    schema.fields.map(({ name }, c) => `${propertyKey(name)}: ${codes[c]?.[part]}`).join(', ');
  const text = `return (columns, rows, count, slots, hasRecord, states, outputs, onError) => {
  ${all('hoisted')}
  let j = 0, i = 0;
  try {
    for (; j < count; j++) {
      i = rows[j];
      const slot = slots[i];
      ${all('read')}
      if (hasRecord[slot] === 0) {
        hasRecord[slot] = 1;
        ${all('storeNext')}
        continue;
      }
      ${all('readKept')}
      const v = fn({ ${literal('kept')} }, { ${literal('next')} });
      if (typeof v !== "object" || v === null) throw new NotARecordError(v);
      ${all('conform')}
      ${all('store')}
    }
  } catch (error) {
    onError(i, error);
  }
  return j;
};`;
  const conform = schema.fields.map((field) => (value: unknown) => conformValue(field, value));
  return compileKernel<ReduceLoop>(['fn', 'conform', 'copy', 'NotARecordError'], text, [fn, conform, copyValue, NotARecordError]);
}

/** Computed only where a plain one would set the prototype: literals with computed keys are slow to make and to copy. */
function propertyKey(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

/** Text for one field; names end in its number. */
interface FieldCode {
  /** Before the loop. */
  readonly hoisted: string;
  /** What the row has. */
  readonly read: string;
  /** What the slot has. */
  readonly readKept: string;
  /** Values for the two literals. */
  readonly next: string;
  readonly kept: string;
  /** The first record of a key becomes its record, and the result. */
  readonly storeNext: string;
  /** Takes the field from the returned record `v`, checked. Nothing has been stored when it throws. */
  readonly conform: string;
  readonly store: string;
}

function fieldCode(field: Field, c: number): FieldCode {
  const kind = kindOf(field.type);
  if (field.nullable === true || kind === OBJ) return anyCode(field, c);
  if (kind === STR) return textCode(field, c);
  return plainCode(field, c, kind === BOOL);
}

/** Numbers, and booleans as bytes. */
function plainCode({ name }: Field, c: number, isBoolean: boolean): FieldCode {
  const array = isBoolean ? 'bytes' : 'f64';
  const value = (text: string): string => (isBoolean ? `(${text} === 1)` : text);
  return {
    hoisted: `const c${c} = columns[${c}].${array}, k${c} = states[${c}].${array}, x${c} = outputs[${c}].${array};`,
    read: '',
    readKept: '',
    next: value(`c${c}[i]`),
    kept: value(`k${c}[slot]`),
    storeNext: `x${c}[i] = k${c}[slot] = c${c}[i];`,
    conform: `let r${c} = v[${JSON.stringify(name)}]; if (typeof r${c} !== "${isBoolean ? 'boolean' : 'number'}") r${c} = conform[${c}](r${c});`,
    store: `x${c}[i] = k${c}[slot] = ${isBoolean ? `r${c} ? 1 : 0` : `r${c}`};`,
  };
}

/** Mostly one of the two strings that the function got comes back, and then nothing has to be looked up. */
function textCode({ name }: Field, c: number): FieldCode {
  return {
    hoisted:
      `const c${c} = columns[${c}].codes, d${c} = columns[${c}].dictionary.values, s${c} = states[${c}], k${c} = s${c}.codes, ` +
      `e${c} = s${c}.values, p${c} = s${c}.translationFrom(columns[${c}].dictionary), x${c} = outputs[${c}].codes;`,
    read: `const b${c} = d${c}[c${c}[i]];`,
    readKept: `const a${c} = e${c}[k${c}[slot]];`,
    next: `b${c}`,
    kept: `a${c}`,
    storeNext: `{ let t = p${c}[c${c}[i]]; if (t === 0) p${c}[c${c}[i]] = t = s${c}.encode(b${c}) + 1; x${c}[i] = k${c}[slot] = t - 1; }`,
    conform: `let r${c} = v[${JSON.stringify(name)}]; if (typeof r${c} !== "string") r${c} = conform[${c}](r${c});`,
    store:
      `if (r${c} === a${c}) x${c}[i] = k${c}[slot]; ` +
      `else if (r${c} === b${c}) { let t = p${c}[c${c}[i]]; if (t === 0) p${c}[c${c}[i]] = t = s${c}.encode(b${c}) + 1; x${c}[i] = k${c}[slot] = t - 1; } ` +
      `else x${c}[i] = k${c}[slot] = s${c}.encode(r${c});`,
  };
}

/** Whatever can be null or is nested. Nested values are shared with others who take the batch, so the function gets its own. */
function anyCode({ name }: Field, c: number): FieldCode {
  return {
    hoisted: `const c${c} = columns[${c}], s${c} = states[${c}], x${c} = outputs[${c}];`,
    read: `const b${c} = copy(c${c}.valueAt(i));`,
    readKept: '',
    next: `b${c}`,
    kept: `s${c}.valueAt(slot)`,
    storeNext: `s${c}.set(slot, b${c}); s${c}.copyTo(x${c}, i, slot);`,
    conform: `const r${c} = conform[${c}](v[${JSON.stringify(name)}]);`,
    store: `s${c}.set(slot, r${c}); s${c}.copyTo(x${c}, i, slot);`,
  };
}
