import type { ObjectOperator } from '../objects/object-operator.ts';
import type { Reading, WindowSum } from '../objects/window-outcome.ts';
import type { Pane } from './panes.ts';
import { addTo, paneAt } from './panes.ts';
import { SIZE_MS, SLIDE_MS } from './sliding-job.ts';

/** Every record is added to each of its windows, as Flink does. */
export class SlidingObjects implements ObjectOperator<Reading> {
  readonly #emit: (result: WindowSum) => void;
  /** By end. */
  readonly #windows = new Map<number, Pane>();

  constructor(emit: (result: WindowSum) => void) {
    this.#emit = emit;
  }

  processElement({ id, timestamp, temperature }: Reading): void {
    const firstEnd = timestamp - (timestamp % SLIDE_MS) + SLIDE_MS;
    for (let end = firstEnd; end < firstEnd + SIZE_MS; end += SLIDE_MS) addTo(paneAt(this.#windows, end), id, temperature, 1);
  }

  processWatermark(watermark: number): void {
    for (const [end, window] of this.#windows) {
      if (end - 1 > watermark) continue;
      this.#windows.delete(end);
      for (const [id, { sum, count }] of window) this.#emit({ id, end, sum, count });
    }
  }
}
