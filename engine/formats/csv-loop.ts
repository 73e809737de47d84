import { READ_BOOLEAN, READ_DOUBLE, READ_NOTHING, READ_OBJECT, READ_STRING, READ_TIMESTAMP } from './column-writer.ts';
import type { ColumnWriter, Reading } from './column-writer.ts';
import { ends, IS_FALSE, IS_TRUE, readDigits, readFraction, readHashed, skipTo, tooLong } from './loop-code.ts';
import { formOf, recordLoop } from './record-loop.ts';
import type { ColumnForm, FieldCode, RecordLoop } from './record-loop.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const DASH = 45;

/** Line ends, and what is in no text. */
const LINE_ENDS_BELOW = 14;

/**
 * The loop for the records of a file with these columns that are plain: on one line, with values that look the way they should. Null when no
 * record of such a file is plain. A column that is null is in the file and not in the schema.
 */
export function csvLoop(delimiter: number, columns: readonly (ColumnWriter | null)[]): RecordLoop | null {
  const forms = columns.map(formOf);
  if (forms.length === 0 || forms.some(({ reading }) => reading === READ_OBJECT)) return null;
  const fields = forms.map((form, c): FieldCode => {
    const terminator = c === forms.length - 1 ? LINE_FEED : delimiter;
    return { column: form, text: (fail) => fieldText(form, c, terminator, delimiter, fail) };
  });
  return recordLoop(fields, `bytes[i] <= ${SPACE}`);
}

function fieldText(form: ColumnForm, c: number, terminator: number, delimiter: number, fail: string): string {
  const lineEnd = `if (bytes[i] !== ${LINE_FEED}) {
      if (bytes[i] !== ${CARRIAGE_RETURN} || bytes[i + 1] !== ${LINE_FEED}) ${fail}
      i++;
    }`;
  return `word = words.getInt32(i, true);
    ${valueText(form, c, terminator, delimiter, fail)}
    ${terminator === LINE_FEED ? lineEnd : `if (bytes[i] !== ${terminator}) ${fail}`}
    i++;`;
}

function valueText({ reading, isNullable }: ColumnForm, c: number, terminator: number, delimiter: number, fail: string): string {
  const empty = isNullable ? `nulls${c}[row] = 1; column${c}.hasNulls = true;` : fail;
  const isEmpty = [terminator, ...(terminator === LINE_FEED ? [CARRIAGE_RETURN] : [])]
    .map((byte) => `(word & 255) === ${byte}`)
    .join(' || ');
  const orEmpty = (text: string): string => `if (${isEmpty}) { ${empty} } else {\n      ${text}\n    }`;
  switch (reading) {
    case READ_STRING:
      return stringText(c, isNullable ? `if (i === first) { ${empty} } else ` : '', delimiter, fail);
    case READ_BOOLEAN:
      return orEmpty(`if (${IS_TRUE}) { values${c}[row] = 1; i += 4; }
      else if (${IS_FALSE}) { values${c}[row] = 0; i += 5; }
      else ${fail}`);
    case READ_NOTHING:
      return `if ((word & 255) === ${QUOTE}) {
      ${quotedText(fail)}
      i++;
    } else {
      ${skipTo(plainEnds(delimiter))}
    }`;
    default:
      return orEmpty(numberText(reading, c, terminator, fail));
  }
}

/** What ends a plain value, whatever it is: the delimiter, or a line end. */
function plainEnds(delimiter: number): string {
  return ends(LINE_ENDS_BELOW, delimiter < LINE_ENDS_BELOW ? [] : [delimiter]);
}

function stringText(c: number, unlessEmpty: string, delimiter: number, fail: string): string {
  return `if ((word & 255) === ${QUOTE}) {
      ${quotedText(fail)}
      values${c}[row] = interner${c}.intern(bytes, first, i);
      i++;
    } else {
      first = i;
      ${readHashed(plainEnds(delimiter))}
      ${unlessEmpty}values${c}[row] = interner${c}.find(bytes, words, first, i, hash);
    }`;
}

/** From the opening quote to the closing one. A doubled quote looks like one that something follows, and is left to the general path. */
function quotedText(fail: string): string {
  return `first = ++i;
      while (bytes[i] !== ${QUOTE} && bytes[i] !== ${LINE_FEED}) i++;
      if (bytes[i] !== ${QUOTE}) ${fail}`;
}

function numberText(reading: Reading, c: number, terminator: number, fail: string): string {
  return `isNegative = (word & 255) === ${DASH};
      if (isNegative) word = words.getInt32(++i, true);
      first = i;
      value = 0;
      ${readDigits()}
      digitCount = i - first;
      ${reading === READ_DOUBLE ? readFraction('', fail) : reading === READ_TIMESTAMP ? dateText(terminator, fail) : ''}
      if (digitCount === 0 || ${tooLong(reading)}) ${fail}
      values${c}[row] = isNegative ? -value : value;`;
}

function dateText(terminator: number, fail: string): string {
  return `if (bytes[i] === ${DASH} && !isNegative) {
        while (bytes[i] !== ${terminator} && bytes[i] !== ${LINE_FEED} && bytes[i] !== ${CARRIAGE_RETURN}) i++;
        value = parseIsoTimestamp(bytes, first, i);
        if (value !== value) ${fail}
      }`;
}
