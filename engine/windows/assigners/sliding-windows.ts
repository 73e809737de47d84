import { assert } from '../../util/assert.ts';
import type { TimeWindow } from '../time-window.ts';
import { windowStartOf } from '../time-window.ts';
import { OverlappingWindows } from './overlapping-windows.ts';
import type { TimeDomain } from './window-assigner.ts';

/**
 * A window of one size begins at every multiple of the slide: a record is in size / slide windows, or in none, when the slide is longer than
 * the size and it falls between two (Flink: `SlidingEventTimeWindows`, `SlidingProcessingTimeWindows`).
 */
export class SlidingWindows extends OverlappingWindows {
  readonly #sizeMs: number;
  readonly #slideMs: number;
  readonly #offsetMs: number;

  constructor(sizeMs: number, slideMs: number, offsetMs = 0, time: TimeDomain = 'event') {
    super(time);
    assert(
      isValidSliding(sizeMs, slideMs, offsetMs),
      'a sliding window has a positive size and slide, and its offset is smaller than the slide',
    );
    this.#sizeMs = sizeMs;
    this.#slideMs = slideMs;
    this.#offsetMs = offsetMs;
  }

  /** The latest window first. */
  windowsOf(time: number): readonly TimeWindow[] {
    const windows: TimeWindow[] = [];
    const last = windowStartOf(time, this.#offsetMs, this.#slideMs);
    for (let start = last; start > time - this.#sizeMs; start -= this.#slideMs) windows.push({ start, end: start + this.#sizeMs });
    return windows;
  }

  /** Bounds are where a window begins and where one ends. */
  spanOf(time: number): TimeWindow {
    const begun = windowStartOf(time, this.#offsetMs, this.#slideMs);
    const ended = windowStartOf(time, this.#offsetMs + this.#sizeMs, this.#slideMs);
    return { start: Math.max(begun, ended), end: Math.min(begun, ended) + this.#slideMs };
  }
}

export function isValidSliding(sizeMs: number, slideMs: number, offsetMs: number): boolean {
  return sizeMs > 0 && slideMs > 0 && Math.abs(offsetMs) < slideMs;
}
