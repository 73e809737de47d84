import { BOOL, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { Field, Schema } from '../batch/schema.ts';
import { compileKernel } from '../functions/kernel-code.ts';
import type { RowErrorHandler } from '../functions/kernel-code.ts';
import { copyValue } from '../state/copy-value.ts';
import type { SlotColumn } from './slot-column.ts';

/**
 * Combines the first `count` live rows with the records of their slots, and writes what comes out. Returns how many rows it did: with fewer than
 * all, the error of the next one went to `onError`.
 * @param rows Live rows; null: all.
 * @param hasRecord 1 for slots that have a record.
 */
export type ReduceLoop = (
  columns: readonly Column[],
  rows: Int32Array | null,
  count: number,
  slots: ArrayLike<number>,
  hasRecord: Uint8Array,
  states: readonly SlotColumn[],
  outputs: readonly Column[],
  onError: RowErrorHandler,
) => number;

/**
 * Text for one field of the records; names in it end in the field's number. Row `i` of the batch is combined with the record of `slot`: `c0` and `k0` are
 * what they hold, `x0` what comes out, `s0` the state.
 */
export interface SlotFieldCode {
  /** Before the loop. */
  readonly hoisted: string;
  /** Statements before `kept` and `next` can be used. */
  readonly readKept: string;
  readonly readNext: string;
  /** Expressions of both values, as user code sees them. */
  readonly kept: string;
  readonly next: string;
  /** A condition under which `storeFirst` and `storeNext` need `learn` first, and the statement; null: they never do. */
  readonly unknown: string | null;
  readonly learn: string;
  /** The slot, which had none, gets the value of the row, and it comes out. */
  readonly storeFirst: string;
  /** The same for a slot that has one. */
  readonly storeNext: string;
  /** What the slot has comes out. */
  readonly keep: string;
  /** The slot gets the value of an expression, which fits the field, and it comes out. */
  store(value: string): string;
}

/** How a record comes to be combined with the one of its key. */
export interface CombineCode {
  /** Statements, in which `continue` is the end. Nothing has been stored when they throw. */
  text(fields: readonly SlotFieldCode[]): string;
  /** What the text calls by name. */
  readonly globals: Readonly<Record<string, unknown>>;
}

/**
 * The loop around the code that combines two records. Records live in arrays, a column per field. What is rare and needs a call, the first record of a
 * key and texts that were not met before, leaves the inner loop: after a call in it V8 looks at every array anew.
 * @param shared By field: its column comes out as it came in.
 * @param key The one of them that is the key; −1: none.
 */
export function compileReduceLoop(schema: Schema, combine: CombineCode, shared: readonly boolean[], key: number): ReduceLoop {
  const fields = schema.fields.map((field, c) => {
    const code = fieldCode(field, c);
    if (shared[c] !== true) return code;
    const state = sharedCode(code, field, c);
    // Equal keys are one value, so it is stored once.
    return c === key ? { ...state, storeNext: '', keep: '', store: () => '' } : state;
  });
  const lines = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n      ');
  const body = combine.text(fields);
  const stops = fields.flatMap(({ unknown, storeNext }) => (unknown !== null && body.includes(storeNext) ? [unknown] : []));
  const loop = (withRows: boolean): ReduceLoop => {
    const row = withRows ? 'rows[j]' : 'j';
    const text = `return (columns, rows, count, slots, hasRecord, states, outputs, onError) => {
  ${lines(fields.map(({ hoisted }) => hoisted))}
  let j = 0, i = 0;
  try {
    while (j < count) {
      for (; j < count; j++) {
        i = ${row};
        const slot = slots[i];
        if (${['hasRecord[slot] === 0', ...stops].join(' || ')}) break;
        ${body}
      }
      if (j === count) break;
      i = ${row};
      const slot = slots[i];
      ${lines(fields.map(({ learn }) => learn))}
      if (hasRecord[slot] === 0) {
        hasRecord[slot] = 1;
        ${lines(fields.map(({ storeFirst }) => storeFirst))}
        j++;
      }
    }
  } catch (error) {
    onError(i, error);
  }
  return j;
};`;
    const globals = { copy: copyValue, ...combine.globals };
    return compileKernel<ReduceLoop>(Object.keys(globals), text, Object.values(globals));
  };
  let [whole, selected]: (ReduceLoop | null)[] = [null, null];
  return (columns, rows, ...rest) =>
    rows === null ? (whole ??= loop(false))(columns, rows, ...rest) : (selected ??= loop(true))(columns, rows, ...rest);
}

const NOTHING_TO_LEARN = { unknown: null, learn: '' };

function fieldCode(field: Field, c: number): SlotFieldCode {
  const kind = kindOf(field.type);
  if (field.nullable === true || kind === OBJ) return anyCode(c);
  return kind === STR ? textCode(c) : plainCode(c, kind === BOOL);
}

/** Numbers, and booleans as bytes. */
function plainCode(c: number, isBoolean: boolean): SlotFieldCode {
  const array = isBoolean ? 'bytes' : 'f64';
  const value = (text: string): string => (isBoolean ? `(${text} === 1)` : text);
  const storeNext = `x${c}[i] = k${c}[slot] = c${c}[i];`;
  return {
    hoisted: `const c${c} = columns[${c}].${array}, k${c} = states[${c}].${array}, x${c} = outputs[${c}].${array};`,
    readKept: '',
    readNext: '',
    kept: value(`k${c}[slot]`),
    next: value(`c${c}[i]`),
    ...NOTHING_TO_LEARN,
    storeFirst: storeNext,
    storeNext,
    keep: `x${c}[i] = k${c}[slot];`,
    store: (text) => `x${c}[i] = k${c}[slot] = ${isBoolean ? `${text} ? 1 : 0` : text};`,
  };
}

/** Codes go from column to slot through a table of those that were met before. */
function textCode(c: number): SlotFieldCode {
  const storeNext = `x${c}[i] = k${c}[slot] = p${c}[c${c}[i]] - 1;`;
  return {
    hoisted:
      `const c${c} = columns[${c}].codes, d${c} = columns[${c}].dictionary.values, s${c} = states[${c}], k${c} = s${c}.codes, ` +
      `e${c} = s${c}.values, p${c} = s${c}.translationFrom(columns[${c}].dictionary), x${c} = outputs[${c}].codes;`,
    readKept: `const a${c} = e${c}[k${c}[slot]];`,
    readNext: `const b${c} = d${c}[c${c}[i]];`,
    kept: `a${c}`,
    next: `b${c}`,
    unknown: `p${c}[c${c}[i]] === 0`,
    learn: `if (p${c}[c${c}[i]] === 0) p${c}[c${c}[i]] = s${c}.encode(d${c}[c${c}[i]]) + 1;`,
    storeFirst: storeNext,
    storeNext,
    keep: `x${c}[i] = k${c}[slot];`,
    store: (text) => `x${c}[i] = k${c}[slot] = s${c}.encode(${text});`,
  };
}

/** Whatever can be null or is nested. Nested values are shared with others who take the batch, so slots and functions get their own. */
function anyCode(c: number): SlotFieldCode {
  const storeNext = `s${c}.set(slot, copy(c${c}.valueAt(i))); s${c}.copyTo(x${c}, i, slot);`;
  return {
    hoisted: `const c${c} = columns[${c}], s${c} = states[${c}], x${c} = outputs[${c}];`,
    readKept: `const a${c} = s${c}.valueAt(slot);`,
    readNext: `const b${c} = copy(c${c}.valueAt(i));`,
    kept: `a${c}`,
    next: `b${c}`,
    ...NOTHING_TO_LEARN,
    storeFirst: storeNext,
    storeNext,
    keep: `s${c}.copyTo(x${c}, i, slot);`,
    store: (text) => `s${c}.set(slot, ${text}); s${c}.copyTo(x${c}, i, slot);`,
  };
}

/** What comes out is what came in, so only the slot is written to. */
function sharedCode(code: SlotFieldCode, { type, nullable }: Field, c: number): SlotFieldCode {
  const isText = kindOf(type) === STR;
  const stored =
    nullable === true ? `s${c}.store(slot, c${c}, i);` : isText ? `k${c}[slot] = p${c}[c${c}[i]] - 1;` : `k${c}[slot] = c${c}[i];`;
  return { ...code, storeFirst: stored, storeNext: stored };
}

/** Whether a field can be taken over from another column: the codes of texts mean something in their own column only. */
export function isPlain({ type, nullable }: Field): boolean {
  return nullable !== true && (kindOf(type) === F64 || kindOf(type) === BOOL);
}
