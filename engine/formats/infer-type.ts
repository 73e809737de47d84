import type { FieldType } from '../batch/schema.ts';
import { parseIsoTimestamp } from './parse-timestamp.ts';

/** A type is taken when at most this share of the values does not fit: a few malformed lines do not turn a number into text. */
const MISFIT_SHARE = 0.05;
/** Whole numbers above are counters that may outgrow an `int` further down the file. */
const SAFE_INT = 1_000_000;
/** Milliseconds since 1970 of the years 1973 to 2286: other numbers are no present-day timestamps. */
const FIRST_EPOCH_MS = 1e11;
const LAST_EPOCH_MS = 1e13;
const TIME_NAME = /time|date|stamp|(?:^|_)(?:ts|at|when)$|[a-z](?:Ts|At)$/i;
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
/** House numbers, postal codes, article numbers: digits that are text. */
const LEADING_ZERO = /^\s*[+-]?0\d/;
const BOOLEAN = /^\s*(?:true|false)\s*$/i;

export interface InferredType {
  readonly type: FieldType;
  /** How many values do not fit it. */
  readonly misfits: number;
}

/** The type of a column of text values, none of them empty. `name` helps to tell timestamps from other large numbers. */
export function inferTextType(name: string, values: readonly string[]): InferredType {
  const allowed = values.length * MISFIT_SHARE;
  const fitting = (fits: (value: string) => boolean): InferredType['misfits'] =>
    values.reduce((sum, value) => sum + (fits(value) ? 0 : 1), 0);
  const candidates: readonly (readonly [FieldType, number])[] = [
    ['boolean', fitting((value) => BOOLEAN.test(value))],
    ['timestamp', fitting(isIsoTimestamp)],
    ['double', fitting((value) => NUMBER.test(value) && !LEADING_ZERO.test(value))],
  ];
  for (const [type, misfits] of candidates) {
    if (values.length === 0 || misfits > allowed || misfits === values.length) continue;
    if (type !== 'double') return { type, misfits };
    const numbers = values.filter((value) => NUMBER.test(value)).map(Number);
    return { type: inferNumberType(name, numbers), misfits };
  }
  return { type: 'string', misfits: 0 };
}

/** `int`, `long`, `timestamp` or `double`: the narrowest that holds all of the numbers. */
export function inferNumberType(name: string, numbers: readonly number[]): FieldType {
  if (!numbers.every((number) => Number.isSafeInteger(number))) return 'double';
  if (TIME_NAME.test(name) && numbers.every((number) => number >= FIRST_EPOCH_MS && number <= LAST_EPOCH_MS)) return 'timestamp';
  return numbers.every((number) => Math.abs(number) <= SAFE_INT) ? 'int' : 'long';
}

export function isIsoTimestamp(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return false;
  const bytes = Uint8Array.from(text, (character) => Math.min(character.charCodeAt(0), 255));
  return !Number.isNaN(parseIsoTimestamp(bytes, 0, bytes.length));
}
