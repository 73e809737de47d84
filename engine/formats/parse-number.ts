import { decodeUtf8 } from './utf8.ts';

/** Powers of ten that are exact as doubles. */
export const POWERS_OF_TEN = new Float64Array([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

/**
 * Up to so many digits (with at most 22 behind the point) the digits are an exact double, the power of ten is an exact double, and their
 * quotient is rounded once: the same bits as `Number(text)` (Clinger's fast path).
 */
export const MAX_FAST_DIGITS = 15;

/**
 * `Number(text)` of ASCII bytes, bit for bit, except that blank text is NaN and not 0. Plain decimals never become a string.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = i < end && bytes[i] === 45;
  if (negative) i++;
  const first = i;
  let value = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === -2 && point < 0) point = i;
    else break;
  }
  const digitCount = i - first - (point < 0 ? 0 : 1);
  if (i !== end || digitCount === 0 || digitCount > MAX_FAST_DIGITS) return slowNumber(bytes, start, end);
  if (point >= 0) value /= POWERS_OF_TEN[end - point - 1] as number;
  return negative ? -value : value;
}

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  const text = decodeUtf8(bytes, start, end);
  return text.trim() === '' ? Number.NaN : Number(text);
}
