import { timeOf } from './vector.ts';

/** Doubles may differ in the last bits. */
const RELATIVE_ERROR = 1e-12;

/** Whether an actual value is the expected one: numbers by value, objects by their fields, no field too many. Missing is not null. */
export function sameValue(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number') return sameNumber(actual, expected);
  if (typeof actual === 'bigint') return String(actual) === String(expected);
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) return actual === expected;
  if (Array.isArray(actual) || Array.isArray(expected)) {
    if (!Array.isArray(actual) || !Array.isArray(expected) || actual.length !== expected.length) return false;
    return actual.every((item, i) => sameValue(item, expected[i]));
  }
  const fields = Object.keys(actual);
  return (
    fields.length === Object.keys(expected).length &&
    fields.every(
      (name) =>
        Object.hasOwn(expected, name) && sameValue((actual as Record<string, unknown>)[name], (expected as Record<string, unknown>)[name]),
    )
  );
}

function sameNumber(actual: number, expected: unknown): boolean {
  if (typeof expected === 'string' && !Number.isSafeInteger(actual)) return actual === timeOf(expected);
  if (typeof expected !== 'number') return false;
  if (Object.is(actual, expected) || actual === expected) return true;
  // Last bits are those of fractions: whole numbers, times among them, are exact, and nothing is close to infinity.
  if (!Number.isFinite(actual) || (Number.isInteger(actual) && Number.isInteger(expected))) return false;
  return Math.abs(actual - expected) <= RELATIVE_ERROR * Math.max(Math.abs(actual), Math.abs(expected));
}

/** Whether every actual item can be paired with an expected one. */
export function sameMultiset<A, E>(actual: readonly A[], expected: readonly E[], same: (actual: A, expected: E) => boolean): boolean {
  const left = [...expected];
  for (const item of actual) {
    const at = left.findIndex((candidate) => same(item, candidate));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** Short text of a value, for messages. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    if (inner === Number.POSITIVE_INFINITY) return 'MAX';
    return inner === Number.NEGATIVE_INFINITY ? 'MIN' : inner;
  });
}

/** @throws with both values unless they are the same. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!sameValue(actual, expected)) throw new Error(`${what}: expected ${textOf(expected)}, got ${textOf(actual)}`);
}
