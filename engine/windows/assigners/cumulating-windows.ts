import { assert } from '../../util/assert.ts';
import type { TimeWindow } from '../time-window.ts';
import { windowStartOf } from '../time-window.ts';
import { OverlappingWindows } from './overlapping-windows.ts';
import type { TimeDomain } from './window-assigner.ts';

/**
 * Windows that begin together and end one step after another, up to the largest size; then the next ones begin (Flink SQL: `CUMULATE`). A record is in
 * every window of its round that has not ended at its time.
 */
export class CumulatingWindows extends OverlappingWindows {
  readonly #maxSizeMs: number;
  readonly #stepMs: number;
  readonly #offsetMs: number;

  constructor(maxSizeMs: number, stepMs: number, offsetMs = 0, time: TimeDomain = 'event') {
    super(time);
    assert(
      isValidCumulating(maxSizeMs, stepMs, offsetMs),
      'the largest cumulating window is a multiple of the step, and larger than the offset',
    );
    this.#maxSizeMs = maxSizeMs;
    this.#stepMs = stepMs;
    this.#offsetMs = offsetMs;
  }

  /** The longest window first. */
  windowsOf(time: number): readonly TimeWindow[] {
    const windows: TimeWindow[] = [];
    const start = windowStartOf(time, this.#offsetMs, this.#maxSizeMs);
    for (let end = start + this.#maxSizeMs; end > time; end -= this.#stepMs) windows.push({ start, end });
    return windows;
  }

  spanOf(time: number): TimeWindow {
    const start = windowStartOf(time, this.#offsetMs, this.#stepMs);
    return { start, end: start + this.#stepMs };
  }
}

export function isValidCumulating(maxSizeMs: number, stepMs: number, offsetMs: number): boolean {
  return stepMs > 0 && maxSizeMs > 0 && maxSizeMs % stepMs === 0 && Math.abs(offsetMs) < maxSizeMs;
}
