import type { AnyNode } from 'acorn';
import { BOOL, F64, kindOf, OBJ, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';
import type { Field, Schema } from '../batch/schema.ts';
import { must, unreachable } from '../util/assert.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { nextTextNumber } from './compile-function.ts';
import { childrenOf } from './syntax-tree.ts';

/**
 * Text of generated loops. Names in it: `columns` the input columns, `i` the physical row, and per column number `c3` its values (codes
 * for strings), `d3` its dictionary, `n3` its null marks.
 */
export interface KernelInput {
  readonly schema: Schema;
  readonly analysis: FunctionAnalysis;
  /** The version for batches in which some used column has nulls. */
  readonly withNulls: boolean;
}

/** What text needs that reads columns only. */
export type ColumnInput = Pick<KernelInput, 'schema' | 'withNulls'>;

/** Numbers of the columns of these fields, ascending. */
export function columnNumbers(schema: Schema, fields: Iterable<string>): number[] {
  const wanted = new Set(fields);
  return schema.fields.flatMap(({ name }, c) => (wanted.has(name) ? [c] : []));
}

const SLOTS: Readonly<Record<ColumnKind, string>> = { [F64]: 'f64', [STR]: 'codes', [BOOL]: 'bytes', [OBJ]: 'objects' };

export function slotOf(field: Field): string {
  return SLOTS[kindOf(field.type)];
}

/** Declarations that take the arrays of the columns into locals, before the loop. */
export function hoistColumns({ schema, withNulls }: ColumnInput, numbers: readonly number[]): string {
  return numbers
    .map((c) => {
      const field = fieldAt(schema, c);
      const dictionary = kindOf(field.type) === STR ? `, d${c} = columns[${c}].dictionary.values` : '';
      const nulls = withNulls ? `, n${c} = columns[${c}].nulls ?? zeros` : '';
      return `const c${c} = columns[${c}].${slotOf(field)}${dictionary}${nulls};`;
    })
    .join('\n');
}

/**
 * The value of field `c` in row `i`, as user code sees it.
 * @param code Text of the code of a string, where something else than its column has it too.
 */
export function readColumn({ schema, withNulls }: ColumnInput, c: number, code?: string): string {
  const value = code === undefined ? readSlot(kindOf(fieldAt(schema, c).type), c) : `d${c}[${code}]`;
  return withNulls ? `(n${c}[i] === 1 ? null : ${value})` : value;
}

function readSlot(kind: ColumnKind, c: number): string {
  switch (kind) {
    case F64:
    case OBJ:
      return `c${c}[i]`;
    case STR:
      return `d${c}[c${c}[i]]`;
    case BOOL:
      return `(c${c}[i] === 1)`;
    default:
      return unreachable(kind);
  }
}

/**
 * An object literal with these columns: the record that is handed to a user function. V8 removes it where it inlines the function.
 * @param read The text of a value that is read.
 */
export function recordLiteral(
  input: ColumnInput,
  numbers: readonly number[],
  read: (input: ColumnInput, c: number) => string = readColumn,
): string {
  const properties = numbers.map((c) => `${propertyKey(fieldAt(input.schema, c).name)}: ${read(input, c)}`);
  return `{ ${properties.join(', ')} }`;
}

/** Computed, because a plain `"__proto__"` in a literal would set the prototype. */
export function propertyKey(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

/** The text of a closed expression with its field reads replaced by columns; in parentheses. */
export function inlineExpression(input: KernelInput, node: AnyNode): string {
  const { fn } = input.analysis;
  let text = '';
  let at = node.start;
  for (const read of readsIn(node, input.analysis)) {
    text += fn.javascript.slice(at, read.start) + readColumn(input, columnOfRead(input, read));
    at = read.end;
  }
  text += fn.javascript.slice(at, node.end);
  // The text may end in, or hold, a line comment.
  return `(${text}${text.includes('//') ? '\n' : ''})`;
}

/** Field reads below `node`, in source order. */
export function readsIn(node: AnyNode, analysis: FunctionAnalysis): AnyNode[] {
  if (analysis.fieldReads.has(node)) return [node];
  return childrenOf(node)
    .flatMap((child) => readsIn(child, analysis))
    .toSorted((a, b) => a.start - b.start);
}

export function columnOfRead({ schema, analysis }: KernelInput, read: AnyNode): number {
  const name = analysis.fieldReads.get(read);
  return must(columnNumbers(schema, name === undefined ? [] : [name])[0], `the column of field ${name}`);
}

export function fieldAt(schema: Schema, c: number): Field {
  return must(schema.fields[c], `column ${c}`);
}

/**
 * What few rows need and what makes calls. After a call in a loop V8 loads and checks every array again, so it stands outside of it: a row for which
 * the condition `when` holds after its other statements leaves the loop, which goes on with the next one after the statements `outside`. Neither may throw.
 */
export interface LeaveCode {
  readonly when: string;
  readonly outside: string;
}

/**
 * A loop over `j` from where it is up to `to`, without the part that declares `i` and `j`.
 * @param row The text of the physical row number, `i` in the body.
 */
export function loopThatLeaves(body: string, row: string, to: string, leave: LeaveCode | null): string {
  if (leave === null) return `for (; j < ${to}; j++) {\n        i = ${row};\n        ${body}\n      }`;
  return `for (; j < ${to}; j++) {
        for (; j < ${to}; j++) {
          i = ${row};
          ${body}
          if (${leave.when}) break;
        }
        if (j < ${to}) { ${leave.outside} }
      }`;
}

/**
 * The loop around `body`, which handles row `i`. What the body throws goes to `onError(i, error)`; when that returns true the loop goes on
 * with the next row, else it stops. The `try` stands outside the loop, because one inside keeps V8 from optimising it well.
 * @param withSelection The version for batches with a selection vector.
 */
export function rowLoop(body: string, withSelection: boolean, result: string, leave: LeaveCode | null = null): string {
  return `
  let i = 0, j = 0;
  for (;;) {
    try {
      ${loopThatLeaves(body, withSelection ? 'selection[j]' : 'j', 'count', leave)}
      return ${result};
    } catch (error) {
      if (!onError(i, error)) return ${result};
      j++;
    }
  }`;
}

/** Compiles generated text. The running number makes it unlike any other text (see `nextTextNumber`). */
export function compileKernel<T>(parameters: readonly string[], text: string, args: readonly unknown[]): T {
  const number = nextTextNumber();
  return new Function(...parameters, `"use strict"; /* kernel ${number} */\n${text}\n//# sourceURL=millrace-kernel-${number}.js`)(
    ...args,
  ) as T;
}

/** Called with a row whose processing threw. True: leave the row out and go on. False: stop before it. It may throw itself. */
export type RowErrorHandler = (row: number, error: unknown) => boolean;

/** How a function is called from a loop: 3 its text stands in the loop, 2 it gets the fields it uses, 1 it gets the whole record. */
export type KernelTier = 1 | 2 | 3;
