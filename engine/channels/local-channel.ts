import type { Batch } from '../batch/batch.ts';
import type { CheckpointBarrier } from '../elements/checkpoint-barrier.ts';
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

/** A barrier on its way through a channel. */
export interface ChannelBarrier {
  readonly barrier: CheckpointBarrier;
  /** Its place in the merge: what precedes it has a smaller origin or the same, what follows a larger one or the same. */
  readonly origin: number;
  /** How many batches were published before it. */
  readonly after: number;
}

/** The receiver, as a channel knows it. */
export interface ChannelReceiver {
  /** A barrier is in the channel. An unaligned one is to be handled before the batches that it overtakes. */
  barrierArrived(barrier: CheckpointBarrier): void;
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
 *
 * **Barriers** stand between batches. One that is next is a wall: nothing is read, and the frontier stays at its origin, until it is taken.
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
  #published = 0;
  readonly #barriers: ChannelBarrier[] = [];
  /** The first of them; null most of the time. */
  #barrier: ChannelBarrier | null = null;
  #receiver: ChannelReceiver | null = null;
  #record: ((batch: Batch) => void) | null = null;
  #changes = 0;

  /** Grows with everything that can give the receiver something to do. */
  get changes(): number {
    return this.#changes;
  }

  get queued(): number {
    return this.#queue.length - this.#head;
  }

  get hasCredit(): boolean {
    return this.queued < CHANNEL_CREDITS;
  }

  get frontier(): number {
    return this.#barrier !== null && this.isBarrierNext ? Math.min(this.#barrier.origin, this.#frontier) : this.#frontier;
  }

  /** The sender is done and everything has been taken. */
  get isDrained(): boolean {
    return this.#ended && this.queued === 0 && this.#barrier === null;
  }

  /** The barrier that comes first, wherever it stands. */
  get barrier(): ChannelBarrier | null {
    return this.#barrier;
  }

  /** No batch stands before it. */
  get isBarrierNext(): boolean {
    return this.#barrier !== null && this.#barrier.after === this.#published - this.queued;
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

  /** Those of them that stand before its first barrier; all, if there is none. */
  get waitingBeforeBarrier(): readonly Batch[] {
    const { waiting } = this;
    return this.#barrier === null ? waiting : waiting.slice(0, this.#barrier.after - (this.#published - this.queued));
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
    if (batch.selectedCount > 0) this.#keepLast(batch);
    this.#published++;
    this.#changes++;
    this.#queue.push(batch);
    if (this.#record !== null) this.#record(batch);
  }

  /** Instead of the one before. */
  #keepLast(batch: Batch): void {
    batch.lease?.retain();
    this.#last?.lease?.release();
    this.#last = batch;
  }

  /** Behind everything published so far; also after the end, when the sender has finished and the receiver has not read everything. */
  publishBarrier(barrier: CheckpointBarrier, origin: number): void {
    const placed = { barrier, origin, after: this.#published };
    this.#changes++;
    this.#barriers.push(placed);
    this.#barrier ??= placed;
    this.#receiver?.barrierArrived(barrier);
  }

  /** What stands behind the first barrier may be read. */
  takeBarrier(): void {
    this.#changes++;
    this.#barriers.shift();
    this.#barrier = this.#barriers[0] ?? null;
  }

  /** To be told of barriers. */
  setReceiver(receiver: ChannelReceiver): void {
    this.#receiver = receiver;
  }

  /** `record` sees every batch as it is published, until it is replaced; null = nobody does. */
  recordArrivals(record: ((batch: Batch) => void) | null): void {
    this.#record = record;
  }

  advanceFrontier(origin: number): void {
    if (origin <= this.#frontier) return;
    this.#frontier = origin;
    this.#changes++;
  }

  end(): void {
    this.#changes++;
    this.#ended = true;
    this.#frontier = Number.POSITIVE_INFINITY;
  }

  /** As the sender sees it. */
  snapshot(): LocalChannelState {
    const { isEnded, records, watermark, isIdle } = this;
    return { frontier: this.#frontier, isEnded, records, watermark, idle: isIdle };
  }

  /** @param waiting The batches that were in it. */
  restore({ frontier, isEnded, records, watermark, idle }: LocalChannelState, waiting: readonly Batch[]): void {
    this.#changes++;
    this.#queue.push(...waiting);
    this.#published = waiting.length;
    this.#frontier = frontier;
    this.#ended = isEnded;
    this.#records = records;
    this.#watermark = watermark;
    this.#idle = idle;
  }

  peek(): Batch | null {
    return this.#barrier !== null && this.isBarrierNext ? null : (this.#queue[this.#head] ?? null);
  }

  /** What follows the first batch has this origin or a later one. */
  get horizon(): number {
    const barrier = this.#barrier;
    const isBarrierSecond = barrier !== null && barrier.after === this.#published - this.queued + 1;
    if (this.queued === 0 || this.isBarrierNext) return this.frontier;
    if (isBarrierSecond) return Math.min(barrier.origin, this.#frontier);
    const second = this.#queue[this.#head + 1];
    return second === undefined ? this.#frontier : Math.min(firstOrigin(second), this.#frontier);
  }

  take(): Batch | null {
    const batch = this.peek();
    if (batch === null) return null;
    this.#head++;
    if (this.#head === this.#queue.length) {
      // Mostly it held one: then this is cheaper than to cut the array.
      if (this.#head === 1) this.#queue.pop();
      else this.#queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 64) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return batch;
  }
}

/** Of a batch in which nothing is left nothing is known. */
function firstOrigin(batch: Batch): number {
  const { marks, selectedCount } = batch;
  const row = selectedCount === 0 ? Number.POSITIVE_INFINITY : (batch.origins[batch.rowAt(0)] as number);
  const mark = marks.count === 0 ? Number.POSITIVE_INFINITY : (marks.origins[0] as number);
  return selectedCount === 0 && marks.count === 0 ? Number.NEGATIVE_INFINITY : Math.min(row, mark);
}
