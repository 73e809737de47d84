import type { Batch } from '../batch/batch.ts';

/** Chooses the receiving channel of each record (Flink: `ChannelSelector`). At most 128 channels. */
export interface ChannelSelector {
  /** Writes the channel of the `j`-th live row to `targets[j]`. */
  select(batch: Batch, targets: Uint8Array): void;
}

/** Round robin, record by record (Flink: `RebalancePartitioner`). Starts at the sender's own index so that senders do not all begin at 0. */
export class RebalanceSelector implements ChannelSelector {
  readonly #channels: number;
  #next: number;

  constructor(channels: number, senderIndex: number) {
    this.#channels = channels;
    this.#next = senderIndex % channels;
  }

  select(batch: Batch, targets: Uint8Array): void {
    for (let j = 0; j < batch.selectedCount; j++) {
      targets[j] = this.#next;
      this.#next = this.#next + 1 === this.#channels ? 0 : this.#next + 1;
    }
  }
}
