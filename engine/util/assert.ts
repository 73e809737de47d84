/** Throws when an invariant does not hold. The message states the invariant, not the symptom. */
export function assert(condition: unknown, invariant: string | (() => string)): asserts condition {
  if (!condition) throw new Error(`Invariant violated: ${typeof invariant === 'string' ? invariant : invariant()}`);
}

/** Returns the value, or throws naming what is missing. For look-ups that cannot fail unless we have a bug. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`Invariant violated: ${what} must exist`);
  return value;
}

/** Closes a switch over a union: a new member becomes a compile error here. */
export function unreachable(value: never): never {
  throw new Error(`Invariant violated: unexpected value ${JSON.stringify(value)}`);
}
