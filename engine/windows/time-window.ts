/** A span of event time in ms: `start` inclusive, `end` exclusive. Plain data, so that it can be part of a snapshot. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** Stands where no window has been chosen yet. */
export const NO_WINDOW: TimeWindow = { start: 0, end: 0 };

/** The last timestamp that belongs to the window. Its results carry it, and the watermark that reaches it completes the window. */
export function maxTimestamp(window: TimeWindow): number {
  return window.end - 1;
}

/** Equal for equal windows. */
export function windowIdentity(window: TimeWindow): string {
  return `${window.start}/${window.end}`;
}

/**
 * Start of the window of `sizeMs` that holds `timestamp`, windows being aligned to `offsetMs` (Flink: `TimeWindow.getWindowStartWithOffset`).
 * `Math.floor` and not `%`, because a float remainder is slow and has the wrong sign before 1970. Exact for every safe integer.
 */
export function windowStartOf(timestamp: number, offsetMs: number, sizeMs: number): number {
  return Math.floor((timestamp - offsetMs) / sizeMs) * sizeMs + offsetMs;
}
