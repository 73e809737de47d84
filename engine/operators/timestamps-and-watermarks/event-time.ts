/** Event time has whole milliseconds, as in Flink; fractions of a `double` are cut off downwards. Adding 0 turns -0 into 0. */
export function eventTimeOf(value: number): number {
  return Math.floor(value) + 0;
}

/** Why a record has no event time. */
export function noEventTime(fieldName: string, value: unknown): string {
  // Not JSON: it has no word for NaN and infinity.
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value ?? null);
  return `Field "${fieldName}" is ${shown}, so the record has no event time.`;
}
