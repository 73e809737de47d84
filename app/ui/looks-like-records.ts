/**
 * Is this the beginning of a file with one JSON value per line? A pretty-printed document is not: its first line is only a brace.
 * A document on one line is told by its format, which the caller looks for first.
 */
export function looksLikeRecords(beginning: string): boolean {
  const [first] = beginning.split('\n').filter((line) => line.trim() !== '');
  if (first === undefined) return false;
  try {
    const value: unknown = JSON.parse(first);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // Not JSON by itself, so not a record.
    return false;
  }
}
