import type { Batch } from '../batch/batch.ts';
import { WATERMARK } from '../elements/marks.ts';
import { assert } from '../util/assert.ts';

/** Batches a channel holds before its sender is out of credit. */
export const CHANNEL_CREDITS = 8;

/**
 * A bounded channel between two subtasks of one thread: batches are handed over by reference.
 *
 * **Credits.** The receiver grants `CHANNEL_CREDITS`; a published batch takes one, a taken batch gives it back. A sender without
 * credit on any of its channels does not take its next input (that is backpressure). One input may still produce several batches, so a
 * channel can overdraw while that input is worked off, like Flink's overdraft buffers.
 *
 * **Frontier.** The sender promises that nothing with an origin below `frontier` will follow. Input gates merge several channels by
 * origin up to the smallest frontier, which makes the merged order independent of scheduling, batch size and stepping.
 */
export class LocalChannel {
  readonly #queue: Batch[] = [];
  #head = 0;
  #frontier = Number.NEGATIVE_INFINITY;
  #ended = false;
  #records = 0;
  #watermark = Number.NEGATIVE_INFINITY;
  #last: Batch | null = null;

  get queued(): number {
    return this.#queue.length - this.#head;
  }

  get hasCredit(): boolean {
    return this.queued < CHANNEL_CREDITS;
  }

  get frontier(): number {
    return this.#frontier;
  }

  /** The sender is done and everything has been taken. */
  get isDrained(): boolean {
    return this.#ended && this.queued === 0;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** Records published so far. */
  get records(): number {
    return this.#records;
  }

  /** Highest watermark published so far. */
  get watermark(): number {
    return this.#watermark;
  }

  /** The batch published last, for looking at records on an edge; null before the first. */
  get lastBatch(): Batch | null {
    return this.#last;
  }

  publish(batch: Batch): void {
    assert(!this.#ended, 'nothing is published after the end of a channel');
    this.#records += batch.selectedCount;
    const marks = batch.marks;
    if (marks.count > 0 && marks.kinds[marks.count - 1] === WATERMARK) this.#watermark = marks.values[marks.count - 1] as number;
    if (batch.selectedCount > 0) this.#last = batch;
    this.#queue.push(batch);
  }

  advanceFrontier(origin: number): void {
    if (origin > this.#frontier) this.#frontier = origin;
  }

  end(): void {
    this.#ended = true;
    this.#frontier = Number.POSITIVE_INFINITY;
  }

  peek(): Batch | null {
    return this.#queue[this.#head] ?? null;
  }

  take(): Batch | null {
    const batch = this.#queue[this.#head];
    if (batch === undefined) return null;
    this.#head++;
    if (this.#head === this.#queue.length || this.#head > 64) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return batch;
  }
}
