import type { Batch } from '../batch/batch.ts';
import { SeededRandom } from '../util/random.ts';

/** Chooses the receiving channel of each record (Flink: `ChannelSelector`). At most 128 channels. */
export interface ChannelSelector {
  /** Writes the channel of the `j`-th live row to `targets[j]`. */
  select(batch: Batch, targets: Uint8Array): void;
  /** Of selectors whose next choice depends on earlier ones: plain data that `restore` goes on from. */
  snapshot?(): number;
  restore?(state: number): void;
}

/** One after the other, record by record (Flink: `RebalancePartitioner`, `RescalePartitioner`). */
export class RoundRobinSelector implements ChannelSelector {
  readonly #channels: number;
  #next: number;

  constructor(channels: number, first: number) {
    this.#channels = channels;
    this.#next = first % channels;
  }

  select(batch: Batch, targets: Uint8Array): void {
    for (let j = 0; j < batch.selectedCount; j++) {
      targets[j] = this.#next;
      this.#next = this.#next + 1 === this.#channels ? 0 : this.#next + 1;
    }
  }

  snapshot(): number {
    return this.#next;
  }

  restore(state: number): void {
    this.#next = state;
  }
}

/** A channel by chance, each as likely as the others (Flink: `ShufflePartitioner`). */
export class ShuffleSelector implements ChannelSelector {
  readonly #channels: number;
  #random: SeededRandom;

  /** @param seed Different for every sender, or they would all choose alike. */
  constructor(channels: number, seed: number) {
    this.#channels = channels;
    this.#random = new SeededRandom(seed);
  }

  select(batch: Batch, targets: Uint8Array): void {
    for (let j = 0; j < batch.selectedCount; j++) targets[j] = this.#random.nextInt(this.#channels);
  }

  snapshot(): number {
    return this.#random.state;
  }

  restore(state: number): void {
    this.#random = SeededRandom.restore(state);
  }
}

/** Always the first channel (Flink: `GlobalPartitioner`). */
export class GlobalSelector implements ChannelSelector {
  select(batch: Batch, targets: Uint8Array): void {
    targets.fill(0, 0, batch.selectedCount);
  }
}
