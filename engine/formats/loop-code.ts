import { FACTOR, FOLD } from './string-interner.ts';

/*
 * Text of generated loops that take bytes apart four at a time. Names in it: `bytes` and `words` the same memory, `i` the position,
 * `word` the four bytes at `i` (little-endian: the first one is the lowest). `found` marks bytes of the word in their high bits, exactly as far
 * as the first one that is marked; `shift` is 8 times the number of bytes before that one.
 */

const FIRST_FOUND = '((31 - Math.clz32(found & -found)) & 24)';
const HIGH_BITS = 0x80808080 | 0;
const ONES = 0x01010101;
/** Line feed and carriage return, and what is in no text. */
const LINE_ENDS_BELOW = 14;

/** Marks what ends a plain value: the delimiter, or any byte below 14. */
function endsIn(delimiter: number): string {
  const lineEnds = `(word - ${ONES * LINE_ENDS_BELOW} & ~word)`;
  if (delimiter < LINE_ENDS_BELOW) return `${lineEnds} & ${HIGH_BITS}`;
  const delimiters = ONES * delimiter;
  return `(${lineEnds} | (word ^ ${delimiters}) - ${ONES} & ~(word ^ ${delimiters})) & ${HIGH_BITS}`;
}

/** Moves `i` to what ends the plain value at `i`. */
export function skipPlain(delimiter: number): string {
  return `while ((found = ${endsIn(delimiter)}) === 0) word = words.getInt32(i += 4, true);
      i += ${FIRST_FOUND} >>> 3;`;
}

/** The same; `hash` becomes that of the value (see `StringInterner.find`). */
export function readHashed(delimiter: number): string {
  return `hash = 0;
      while ((found = ${endsIn(delimiter)}) === 0) {
        ${mixed('word')}
        word = words.getInt32(i += 4, true);
      }
      shift = ${FIRST_FOUND};
      if (shift !== 0) {
        ${mixed('(word & (1 << shift) - 1)')}
        i += shift >>> 3;
      }`;
}

function mixed(word: string): string {
  return `hash = Math.imul(hash ^ ${word}, ${FACTOR}); hash ^= hash >>> ${FOLD};`;
}

const NOT_DIGITS = '(word & 0xf0f0f0f0 ^ 0x30303030) | (word + 0x06060606 & 0xf0f0f0f0 ^ 0x30303030)';

/** The number that four digits spell: first neighbours are joined to pairs, then the pairs. */
function spelled(word: string): string {
  return `(Math.imul(Math.imul(${word} & 0x0f0f0f0f, 2561) >>> 8 & 0x00ff00ff, 6553601) >>> 16)`;
}

/**
 * Appends the digits at `i` to `value` and moves `i` behind them. There is no branch on how many there are in the last word: numbers of
 * different lengths come in no pattern. What follows the digits is shifted out, and zeros that say nothing come in before them.
 */
export function readDigits(): string {
  return `while ((found = ${NOT_DIGITS}) === 0) {
        value = value * 10000 + ${spelled('word')};
        word = words.getInt32(i += 4, true);
      }
      shift = ${FIRST_FOUND};
      if (shift !== 0) {
        value = value * POWERS_OF_TEN[shift >>> 3] + ${spelled('(word << 32 - shift)')};
        i += shift >>> 3;
      }`;
}

/** Whether `true` stands at `i`. */
export const IS_TRUE = 'word === 0x65757274';

/** Whether `false` stands at `i`. */
export const IS_FALSE = 'word === 0x736c6166 && bytes[i + 4] === 101';
