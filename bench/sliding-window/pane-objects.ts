import type { ObjectOperator } from '../objects/object-operator.ts';
import type { Reading, WindowSum } from '../objects/window-outcome.ts';
import type { Pane } from './panes.ts';
import { addTo, paneAt } from './panes.ts';
import { SIZE_MS, SLIDE_MS } from './sliding-job.ts';

/** Every record is added to the pane of its slide, and the panes of a window are put together when it fires. */
export class PaneObjects implements ObjectOperator<Reading> {
  readonly #emit: (result: WindowSum) => void;
  /** By start. */
  readonly #panes = new Map<number, Pane>();
  #nextEnd = Number.NaN;

  constructor(emit: (result: WindowSum) => void) {
    this.#emit = emit;
  }

  processElement({ id, timestamp, temperature }: Reading): void {
    const start = timestamp - (timestamp % SLIDE_MS);
    // The records of a pass begin with its first millisecond.
    if (Number.isNaN(this.#nextEnd)) this.#nextEnd = start + SLIDE_MS;
    addTo(paneAt(this.#panes, start), id, temperature, 1);
  }

  processWatermark(watermark: number): void {
    for (; this.#nextEnd - 1 <= watermark && this.#panes.size > 0; this.#nextEnd += SLIDE_MS) this.#fire(this.#nextEnd);
  }

  #fire(end: number): void {
    const total: Pane = new Map();
    for (let start = end - SIZE_MS; start < end; start += SLIDE_MS) {
      for (const [id, { sum, count }] of this.#panes.get(start) ?? []) addTo(total, id, sum, count);
    }
    for (const [id, { sum, count }] of total) this.#emit({ id, end, sum, count });
    this.#panes.delete(end - SIZE_MS);
  }
}
