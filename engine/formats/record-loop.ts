import { BATCH_CAPACITY } from '../batch/batch.ts';
import { READ_BOOLEAN, READ_NOTHING, READ_OBJECT, READ_STRING } from './column-writer.ts';
import type { ByteWindow } from './byte-window.ts';
import type { ColumnWriter, Reading } from './column-writer.ts';
import { readOther } from './json-value.ts';
import { POWERS_OF_TEN } from './parse-number.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';
import type { RecordWriter } from './record-writer.ts';

/** V8 never optimises a function that is much too long, so that records of more fields are read in parts. */
const MAX_INLINED = 16;
/** Loops are kept for files of the same form: beyond so many all are forgotten. */
const MAX_LOOPS = 64;

/**
 * Reads on while records are as the loop expects them. Never reports anything: it returns at the first record that it does not expect, or that
 * is not whole, with the window before it.
 */
export type RecordLoop = (
  window: ByteWindow,
  writer: RecordWriter,
  columns: readonly (ColumnWriter | null)[],
  rowLimit: number,
  endLine: number,
) => void;

const FIRST_ROWS = 16;

/** A loop and the columns it fills. */
export class LoopRunner {
  readonly #loop: RecordLoop;
  readonly #columns: readonly (ColumnWriter | null)[];
  /** So many at a time. V8 compiles a loop that runs long while it runs, and then knows nothing of what follows it: it would give the code up at every end. */
  #rows = FIRST_ROWS;

  constructor(loop: RecordLoop, columns: readonly (ColumnWriter | null)[]) {
    this.#loop = loop;
    this.#columns = columns;
  }

  /** See `RecordLoop`. */
  run(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): void {
    for (;;) {
      const goal = Math.min(rowLimit, writer.rowCount + this.#rows);
      this.#loop(window, writer, this.#columns, goal, endLine);
      if (this.#rows < BATCH_CAPACITY) this.#rows *= 2;
      if (writer.rowCount < goal || goal === rowLimit || window.line >= endLine) return;
    }
  }
}

/** A column, as far as a loop depends on it. */
export interface ColumnForm {
  readonly reading: Reading;
  readonly isNullable: boolean;
}

/** Text that reads one field of a record. */
export interface FieldCode {
  readonly column: ColumnForm;
  /**
   * Moves `i` from the first byte of the field to the first of the next one, and fills row `row` of the column: `column3` for the field with
   * number 3, `values3`, `nulls3` if it is nullable and `interner3` if it is one of strings. See also `loop-code.ts`.
   * @param fail Statement that gives the record up.
   */
  readonly text: (fail: string) => string;
}

export function formOf(column: ColumnWriter | null): ColumnForm {
  return column ?? { reading: READ_NOTHING, isNullable: true };
}

const loops = new Map<string, RecordLoop>();

/**
 * The loop for records of these fields. It serves all files of the same form: it depends on nothing but the text it is made of.
 * @param isOther Condition under which the byte at `i` starts no record that the loop could read.
 */
export function recordLoop(fields: readonly FieldCode[], isOther: string): RecordLoop {
  const text = loopText(fields, isOther);
  const known = loops.get(text);
  if (known !== undefined) return known;
  if (loops.size === MAX_LOOPS) loops.clear();
  const globals = { parseIsoTimestamp, readOther, POWERS_OF_TEN };
  const loop = new Function(...Object.keys(globals), text)(...Object.values(globals)) as RecordLoop;
  loops.set(text, loop);
  return loop;
}

function loopText(fields: readonly FieldCode[], isOther: string): string {
  const parts = fields.length > MAX_INLINED ? partsOf(fields.length) : [];
  const read = (from: number, to: number, fail: string): string =>
    fields
      .slice(from, to)
      .map(({ text }) => text(fail))
      .join('\n    ');
  return `'use strict';
${parts
  .map(
    ([from, to]) => `function part${from}(bytes, words, columns, i, row) {
  ${hoistedText(fields, from, to)}
  ${read(from, to, 'return -1;')}
  return i;
}`,
  )
  .join('\n')}
return function readPlain(window, writer, columns, rowLimit, endLine) {
  const bytes = window.bytes, words = window.words, plainEnd = window.plainEnd, lines = writer.lines;
  ${parts.length > 0 ? '' : hoistedText(fields, 0, fields.length)}
  let i = window.position, line = window.line, row = writer.rowCount, start = i;
  records: for (; row < rowLimit && line < endLine; row++, line++, start = i) {
    if (i >= plainEnd || ${isOther}) break;
    ${parts.length > 0 ? parts.map(([from]) => `i = part${from}(bytes, words, columns, i, row); if (i < 0) break;`).join('\n    ') : read(0, fields.length, 'break records;')}
    lines[row] = line;
  }
  // A record that was left half-way must not leave a null mark to the next one in its row.
  writer.clearRow(row);
  window.position = start;
  window.line = line;
  writer.rowCount = row;
};`;
}

function partsOf(count: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  for (let from = 0; from < count; from += MAX_INLINED) parts.push([from, Math.min(count, from + MAX_INLINED)]);
  return parts;
}

function hoistedText(fields: readonly FieldCode[], from: number, to: number): string {
  return `let word = 0, found = 0, shift = 0, first = 0, hash = 0, value = 0, digitCount = 0, isNegative = false;
  ${fields
    .slice(from, to)
    .map(({ column }, k) => hoistedColumn(column, from + k))
    .join('\n  ')}`;
}

function hoistedColumn({ reading, isNullable }: ColumnForm, c: number): string {
  if (reading === READ_NOTHING) return `const column${c} = null;`;
  if (reading === READ_OBJECT) return `const column${c} = columns[${c}];`;
  const values = reading === READ_STRING ? 'codes' : reading === READ_BOOLEAN ? 'bytes' : 'f64';
  const nulls = isNullable ? `, nulls${c} = column${c}.nulls` : '';
  const interner = reading === READ_STRING ? `, interner${c} = column${c}.interner` : '';
  return `const column${c} = columns[${c}], values${c} = column${c}.${values}${nulls}${interner};`;
}
