import { READ_INT } from './column-writer.ts';
import type { Reading } from './column-writer.ts';
import { MAX_FAST_DIGITS } from './parse-number.ts';
import { FACTOR, FOLD } from './string-interner.ts';

/*
 * Text of generated loops that take bytes apart four at a time. Names in it: `bytes` and `words` the same memory, `i` the position,
 * `word` the four bytes at `i` (little-endian: the first one is the lowest). `found` marks bytes of the word in their high bits, exactly as far
 * as the first one that is marked; `shift` is 8 times the number of bytes before that one.
 */

const FIRST_FOUND = '((31 - Math.clz32(found & -found)) & 24)';
const HIGH_BITS = 0x80808080 | 0;
const ONES = 0x01010101;
const POINT = 46;

/** Marks what ends a text: bytes below `limit`, which is at most 128, and these. */
export function ends(limit: number, others: readonly number[]): string {
  const below = `word - ${ONES * limit} & ~word`;
  const equal = others.map((byte) => `(word ^ ${ONES * byte}) - ${ONES} & ~(word ^ ${ONES * byte})`);
  return `(${[below, ...equal].join(' | ')}) & ${HIGH_BITS}`;
}

/** Moves `i` to what ends the text at `i`. */
export function skipTo(end: string): string {
  return `while ((found = ${end}) === 0) word = words.getInt32(i += 4, true);
      i += ${FIRST_FOUND} >>> 3;`;
}

/** The same; `hash` becomes that of the text (see `StringInterner.find`). */
export function readHashed(end: string): string {
  return `hash = 0;
      while ((found = ${end}) === 0) {
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

/**
 * What follows the point, if there is one at `i`; `digitCount` counts on.
 * @param isWrong Condition under which a fraction is wrong, or nothing; it starts at `first`.
 */
export function readFraction(isWrong: string, fail: string): string {
  return `if (bytes[i] === ${POINT}) {
        first = ++i;
        word = words.getInt32(i, true);
        ${readDigits()}
        digitCount += i - first;
        if (${isWrong === '' ? '' : `${isWrong} || `}digitCount > ${MAX_FAST_DIGITS}) ${fail}
        value /= POWERS_OF_TEN[i - first];
      }`;
}

/** Whether the number that was read may be inexact, or is out of range. */
export function tooLong(reading: Reading): string {
  return `digitCount > ${MAX_FAST_DIGITS}${reading === READ_INT ? ' || value > 2147483647' : ''}`;
}

/** Whether the bytes at `i` are these, which hold no line end. `fail` is reached without reading behind a line end. */
export function unlessBytes(expected: Uint8Array, fail: string): string {
  if (expected.length === 0) return '';
  const differences: string[] = [];
  for (let k = 0; k < expected.length; k += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = expected.subarray(k, k + 4);
    const word = a | (b << 8) | (c << 16) | (d << 24);
    const rest = expected.length - k;
    const read = `words.getInt32(i${k === 0 ? '' : ` + ${k}`}, true)`;
    differences.push(rest >= 4 ? `${read} !== ${word}` : `(${read} & ${(1 << (rest * 8)) - 1}) !== ${word}`);
  }
  return `if (${differences.join(' || ')}) ${fail}
      i += ${expected.length};`;
}

/** Whether `true` stands at `i`. */
export const IS_TRUE = 'word === 0x65757274';

/** Whether `false` stands at `i`. */
export const IS_FALSE = 'word === 0x736c6166 && bytes[i + 4] === 101';
