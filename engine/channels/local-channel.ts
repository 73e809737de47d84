import type { Batch } from '../batch/batch.ts';
import { WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import { assert } from '../util/assert.ts';

/** Plain data: what a channel remembers besides the batches in it. */
export interface LocalChannelState {
  readonly frontier: number;
  readonly isEnded: boolean;
  readonly records: number;
  readonly watermark: number;
  readonly idle: boolean;
}

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
  #idle = false;
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

  /** The sender said last that nothing is to be expected of it for now. */
  get isIdle(): boolean {
    return this.#idle;
  }

  /** The batches in it, the next one first. */
  get waiting(): readonly Batch[] {
    return this.#queue.slice(this.#head);
  }

  /** The batch published last, for looking at records on an edge; null before the first. */
  get lastBatch(): Batch | null {
    return this.#last;
  }

  publish(batch: Batch): void {
    assert(!this.#ended, 'nothing is published after the end of a channel');
    this.#records += batch.selectedCount;
    const marks = batch.marks;
    if (marks.count > 0) {
      const watermark = marks.kinds.lastIndexOf(WATERMARK, marks.count - 1);
      if (watermark >= 0) this.#watermark = marks.values[watermark] as number;
      const status = marks.kinds.lastIndexOf(WATERMARK_STATUS, marks.count - 1);
      if (status >= 0) this.#idle = marks.values[status] === 1;
    }
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

  snapshot(): LocalChannelState {
    const { frontier, isEnded, records, watermark, isIdle } = this;
    return { frontier, isEnded, records, watermark, idle: isIdle };
  }

  /** @param waiting The batches that were in it. */
  restore({ frontier, isEnded, records, watermark, idle }: LocalChannelState, waiting: readonly Batch[]): void {
    this.#queue.push(...waiting);
    this.#frontier = frontier;
    this.#ended = isEnded;
    this.#records = records;
    this.#watermark = watermark;
    this.#idle = idle;
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
