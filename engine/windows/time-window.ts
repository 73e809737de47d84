/** A span of time in ms: `start` inclusive, `end` exclusive. Plain data, so that it can be part of a snapshot. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** The one window of all time (Flink: `GlobalWindow`): it never ends by itself. */
export const GLOBAL_WINDOW: TimeWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** Namespace of what belongs to the key alone (Flink: `VoidNamespace`), and what stands where no window has been chosen yet. */
export const NO_WINDOW: TimeWindow = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };

/** The last timestamp that belongs to the window. Its results carry it, and the watermark that reaches it completes the window. */
export function maxTimestamp(window: TimeWindow): number {
  return window.end - 1;
}

const MEMO_BITS = 10;
const memoStarts = new Float64Array(1 << MEMO_BITS).fill(Number.NaN);
const memoEnds = new Float64Array(1 << MEMO_BITS).fill(Number.NaN);
const memoIdentities = new Array<string>(1 << MEMO_BITS).fill('');

/**
 * Equal for equal windows. Asked for several times per record and window, while few windows are open at a time: writing two numbers as text took a
 * third of the time of a sliding window, so that the texts made last are kept.
 */
export function windowIdentity({ start, end }: TimeWindow): string {
  const at = (Math.imul(start, 0x9e3779b1) ^ Math.imul(end, 0x85ebca6b)) >>> (32 - MEMO_BITS);
  if (memoStarts[at] === start && memoEnds[at] === end) return memoIdentities[at] as string;
  const identity = `${start}/${end}`;
  memoStarts[at] = start;
  memoEnds[at] = end;
  memoIdentities[at] = identity;
  return identity;
}

export function isSameWindow(a: TimeWindow, b: TimeWindow): boolean {
  return a.start === b.start && a.end === b.end;
}

/** Whether they overlap or touch; both make sessions one (Flink: `TimeWindow.intersects`). */
export function intersects(a: TimeWindow, b: TimeWindow): boolean {
  return a.start <= b.end && a.end >= b.start;
}

/** The smallest window that holds both. */
export function cover(a: TimeWindow, b: TimeWindow): TimeWindow {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/**
 * Start of the window of `sizeMs` that holds `timestamp`, windows being aligned to `offsetMs` (Flink: `TimeWindow.getWindowStartWithOffset`).
 * `Math.floor` and not `%`, because a float remainder is slow and has the wrong sign before 1970. Exact for every safe integer.
 */
export function windowStartOf(timestamp: number, offsetMs: number, sizeMs: number): number {
  return Math.floor((timestamp - offsetMs) / sizeMs) * sizeMs + offsetMs;
}
