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

/** Equal for equal windows. */
export function windowIdentity(window: TimeWindow): string {
  return `${window.start}/${window.end}`;
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
