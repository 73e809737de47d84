import { READ_DOUBLE, READ_NOTHING, READ_STRING } from './column-writer.ts';
import type { ColumnWriter, Reading } from './column-writer.ts';
import { ends, readDigits, readFraction, readHashed, tooLong, unlessBytes } from './loop-code.ts';
import { formOf, recordLoop } from './record-loop.ts';
import type { ColumnForm, FieldCode, RecordLoop } from './record-loop.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const DASH = 45;
const BACKSLASH = 92;

const NO_COLUMN: ColumnForm = { reading: READ_NOTHING, isNullable: true };

/**
 * The loop for lines that differ in their values only. Its columns are `columns`, then null, then `missing`.
 * @param literals What precedes each value, and what follows the last one.
 * @param columns By value; null = the schema has no such field.
 * @param missing Nullable columns that the lines say nothing about.
 */
export function jsonLoop(
  literals: readonly Uint8Array[],
  columns: readonly (ColumnWriter | null)[],
  missing: readonly ColumnWriter[],
): RecordLoop {
  const literal = (k: number, fail: string): string => unlessBytes(literals[k] as Uint8Array, fail);
  const values = columns.map((column, c): FieldCode => {
    const form = formOf(column);
    return { column: form, text: (fail) => `${literal(c, fail)}\n    ${valueText(form.reading, c, fail)}` };
  });
  const end: FieldCode = {
    column: NO_COLUMN,
    text: (fail) => `${literal(columns.length, fail)}
    if (bytes[i] === ${CARRIAGE_RETURN}) i++;
    if (bytes[i] !== ${LINE_FEED}) ${fail}
    i++;`,
  };
  const nulls = missing.map(
    (column, k): FieldCode => ({ column: formOf(column), text: () => `column${columns.length + 1 + k}.setNull(row);` }),
  );
  return recordLoop([...values, end, ...nulls], 'false');
}

function valueText(reading: Reading, c: number, fail: string): string {
  const other = `i = readOther(bytes, i, ${reading}, column${c}, row);
      if (i < 0) ${fail}`;
  if (reading > READ_STRING) return other;
  if (reading === READ_STRING) {
    return `if (bytes[i] !== ${QUOTE}) {
      ${other}
    } else {
      first = ++i;
      word = words.getInt32(i, true);
      ${readHashed(ends(32, [QUOTE, BACKSLASH]))}
      if (bytes[i] !== ${QUOTE}) ${fail}
      values${c}[row] = interner${c}.find(bytes, words, first, i, hash);
      i++;
    }`;
  }
  return `word = words.getInt32(i, true);
    isNegative = (word & 255) === ${DASH};
    if (isNegative) word = words.getInt32(++i, true);
    first = i;
    value = 0;
    ${readDigits()}
    digitCount = i - first;
    if (digitCount === 0) {
      if (isNegative) ${fail}
      ${other}
    } else {
      ${numberEndText(reading, fail)}
      values${c}[row] = isNegative ? -value : value;
    }`;
}

/** JSON knows no leading zeros and no number that ends with its point. */
function numberEndText(reading: Reading, fail: string): string {
  return `if (digitCount > 1 && bytes[first] === 48) ${fail}
      ${reading === READ_DOUBLE ? readFraction('i === first', fail) : ''}
      if (${tooLong(reading)}) ${fail}`;
}
