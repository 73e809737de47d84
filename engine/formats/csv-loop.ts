import { READ_BOOLEAN, READ_DOUBLE, READ_INT, READ_NOTHING, READ_OBJECT, READ_STRING, READ_TIMESTAMP } from './column-writer.ts';
import type { ByteWindow } from './byte-window.ts';
import type { ColumnWriter, Reading } from './column-writer.ts';
import { IS_FALSE, IS_TRUE, readDigits, readHashed, skipPlain } from './loop-code.ts';
import { MAX_FAST_DIGITS, POWERS_OF_TEN } from './parse-number.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';
import type { RecordWriter } from './record-writer.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const POINT = 46;

/** V8 never optimises a function that is much too long, so that records of more columns are read in parts. */
const MAX_INLINED = 16;
/** Loops are kept for files of the same form: beyond so many all are forgotten. */
const MAX_LOOPS = 64;

/**
 * Reads on while records are plain: on one line, with values that look the way they should. Never reports anything: it returns at the first
 * record that it does not expect, or that is not whole, with the window before it.
 */
export type CsvLoop = (
  window: ByteWindow,
  writer: RecordWriter,
  columns: readonly (ColumnWriter | null)[],
  rowLimit: number,
  endLine: number,
) => void;

/** One column of the file, as far as the loop depends on it. */
interface CsvColumn {
  readonly reading: Reading;
  readonly isNullable: boolean;
}

const loops = new Map<string, CsvLoop>();

/**
 * The loop for a file with these columns; null = the schema does not have it. Null when no record of such a file is plain.
 * One loop serves all files of this form: it depends on nothing but the text it is made of.
 */
export function csvLoop(delimiter: number, columns: readonly (ColumnWriter | null)[]): CsvLoop | null {
  const form = columns.map((column): CsvColumn => ({ reading: column?.reading ?? READ_NOTHING, isNullable: column?.isNullable ?? true }));
  if (form.length === 0 || form.some(({ reading }) => reading === READ_OBJECT)) return null;
  const name = `${delimiter}:${form.map(({ reading, isNullable }) => `${reading}${isNullable ? '?' : ''}`).join()}`;
  const known = loops.get(name);
  if (known !== undefined) return known;
  if (loops.size === MAX_LOOPS) loops.clear();
  const text = loopText(delimiter, form);
  const loop = new Function('parseIsoTimestamp', 'POWERS_OF_TEN', text)(parseIsoTimestamp, POWERS_OF_TEN) as CsvLoop;
  loops.set(name, loop);
  return loop;
}

function loopText(delimiter: number, form: readonly CsvColumn[]): string {
  const isWide = form.length > MAX_INLINED;
  const parts = isWide ? partsOf(form.length) : [];
  const fields = (from: number, to: number, fail: string): string =>
    form
      .slice(from, to)
      .map((column, k) => fieldText(column, from + k, from + k === form.length - 1 ? LINE_FEED : delimiter, delimiter, fail))
      .join('');
  return `'use strict';
${parts
  .map(
    ([from, to]) => `function part${from}(bytes, words, columns, i, row) {
  ${hoistedText(form, from, to)}
  ${fields(from, to, 'return -1')}
  return i;
}`,
  )
  .join('\n')}
return function readPlain(window, writer, columns, rowLimit, endLine) {
  const bytes = window.bytes, words = window.words, plainEnd = window.plainEnd, lines = writer.lines;
  ${isWide ? '' : hoistedText(form, 0, form.length)}
  let i = window.position, line = window.line, row = writer.rowCount, start = i;
  records: for (; row < rowLimit && line < endLine; row++, line++, start = i) {
    if (i >= plainEnd || bytes[i] <= ${SPACE}) break;
    ${isWide ? parts.map(([from]) => `i = part${from}(bytes, words, columns, i, row); if (i < 0) break;`).join('\n    ') : fields(0, form.length, 'break records')}
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

/** What fields share, and the arrays of columns `[from, to)`: `values3`, `nulls3`, `interner3`. */
function hoistedText(form: readonly CsvColumn[], from: number, to: number): string {
  const arrays = form.slice(from, to).map(({ reading, isNullable }, k) => {
    const c = from + k;
    if (reading === READ_NOTHING) return '';
    const values = reading === READ_STRING ? 'codes' : reading === READ_BOOLEAN ? 'bytes' : 'f64';
    const interner = reading === READ_STRING ? `, interner${c} = column${c}.interner` : '';
    return `const column${c} = columns[${c}], values${c} = column${c}.${values}${isNullable ? `, nulls${c} = column${c}.nulls` : ''}${interner};`;
  });
  return `let word = 0, found = 0, shift = 0, first = 0, hash = 0, value = 0, digitCount = 0, isNegative = false;
  ${arrays.join('\n  ')}`;
}

/** Reads field `c`, which starts at `i`, and moves `i` behind what ends it. `fail` gives the record up. */
function fieldText(column: CsvColumn, c: number, terminator: number, delimiter: number, fail: string): string {
  const end =
    terminator === LINE_FEED
      ? `if (bytes[i] !== ${LINE_FEED}) {
      if (bytes[i] !== ${CARRIAGE_RETURN} || bytes[i + 1] !== ${LINE_FEED}) ${fail};
      i++;
    }`
      : `if (bytes[i] !== ${terminator}) ${fail};`;
  return `
    word = words.getInt32(i, true);
    ${valueText(column, c, terminator, delimiter, fail)}
    ${end}
    i++;`;
}

function valueText({ reading, isNullable }: CsvColumn, c: number, terminator: number, delimiter: number, fail: string): string {
  const empty = isNullable ? `nulls${c}[row] = 1; column${c}.hasNulls = true;` : `${fail};`;
  const isEmpty =
    terminator === LINE_FEED ? `(word & 255) === ${LINE_FEED} || (word & 255) === ${CARRIAGE_RETURN}` : `(word & 255) === ${terminator}`;
  const orEmpty = (text: string): string => `if (${isEmpty}) { ${empty} } else {${text}\n    }`;
  switch (reading) {
    case READ_STRING:
      return stringText(c, isNullable ? `if (i === first) { ${empty} } else ` : '', delimiter, fail);
    case READ_BOOLEAN:
      return orEmpty(`
      if (${IS_TRUE}) { values${c}[row] = 1; i += 4; }
      else if (${IS_FALSE}) { values${c}[row] = 0; i += 5; }
      else ${fail};`);
    case READ_NOTHING:
      return `if ((word & 255) === ${QUOTE}) {${quotedText(fail)}
      i++;
    } else {
      ${skipPlain(delimiter)}
    }`;
    default:
      return orEmpty(numberText(reading, c, terminator, fail));
  }
}

function stringText(c: number, unlessEmpty: string, delimiter: number, fail: string): string {
  return `if ((word & 255) === ${QUOTE}) {${quotedText(fail)}
      values${c}[row] = interner${c}.intern(bytes, first, i);
      i++;
    } else {
      first = i;
      ${readHashed(delimiter)}
      ${unlessEmpty}values${c}[row] = interner${c}.find(bytes, words, first, i, hash);
    }`;
}

/** From the opening quote to the closing one. A doubled quote looks like one that something follows, and is left to the general path. */
function quotedText(fail: string): string {
  return `
      first = ++i;
      while (bytes[i] !== ${QUOTE} && bytes[i] !== ${LINE_FEED}) i++;
      if (bytes[i] !== ${QUOTE}) ${fail};`;
}

function numberText(reading: Reading, c: number, terminator: number, fail: string): string {
  return `
      isNegative = (word & 255) === ${DASH};
      if (isNegative) word = words.getInt32(++i, true);
      first = i;
      value = 0;
      ${readDigits()}
      digitCount = i - first;
      ${reading === READ_DOUBLE ? fractionText(fail) : reading === READ_TIMESTAMP ? dateText(terminator, fail) : ''}
      if (digitCount === 0 || digitCount > ${MAX_FAST_DIGITS}${reading === READ_INT ? ' || value > 2147483647' : ''}) ${fail};
      values${c}[row] = isNegative ? -value : value;`;
}

function fractionText(fail: string): string {
  return `if (bytes[i] === ${POINT}) {
        first = ++i;
        word = words.getInt32(i, true);
        ${readDigits()}
        digitCount += i - first;
        if (digitCount > ${MAX_FAST_DIGITS}) ${fail};
        value /= POWERS_OF_TEN[i - first];
      }`;
}

function dateText(terminator: number, fail: string): string {
  return `if (bytes[i] === ${DASH} && !isNegative) {
        while (bytes[i] !== ${terminator} && bytes[i] !== ${LINE_FEED} && bytes[i] !== ${CARRIAGE_RETURN}) i++;
        value = parseIsoTimestamp(bytes, first, i);
        if (value !== value) ${fail};
      }`;
}
