/**
 * Where a record came from, in one number: `position * 4096 + source`.
 *
 * `position` is the record's place in its source (the physical line number of a file, the sequence number of a
 * generator), `source` the index of the source subtask in the execution graph. Comparing two origins compares positions first:
 * this *is* the order in which deterministic mode merges channels, so results do not depend on batch or step size.
 * Exact up to 2^41 positions.
 */
export const ORIGIN_SOURCES = 4096;

export function originOf(position: number, source: number): number {
  return position * ORIGIN_SOURCES + source;
}

export function positionOf(origin: number): number {
  return Math.floor(origin / ORIGIN_SOURCES);
}

export function sourceOf(origin: number): number {
  return origin % ORIGIN_SOURCES;
}
