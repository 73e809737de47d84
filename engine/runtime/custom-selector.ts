import type { Batch } from '../batch/batch.ts';
import type { Schema } from '../batch/schema.ts';
import type { ChannelSelector } from '../channels/channel-selector.ts';
import { positionOf } from '../elements/origin.ts';
import { compileFunction, parsedFunction } from '../functions/compile-function.ts';
import { KeyError, KeyReader } from '../functions/key-selector.ts';
import type { KeySource } from '../functions/key-selector.ts';
import { userErrorText } from '../functions/user-error.ts';
import type { RefuseKey } from './hash-selector.ts';

/** The user's function says which channel a key goes to (Flink: `CustomPartitionerWrapper`). */
export class CustomSelector implements ChannelSelector {
  readonly #reader: KeyReader;
  readonly #partition: (key: unknown, channels: number) => unknown;
  readonly #channels: number;
  readonly #refuse: RefuseKey;

  /** @param partition Source text of the checked function. */
  constructor(key: KeySource, partition: string, schema: Schema, channels: number, refuse: RefuseKey) {
    this.#reader = new KeyReader(key, schema);
    // A user function is compiled as it stands; that its first parameter is a key and not a record is between the user and us.
    this.#partition = compileFunction(parsedFunction(partition)) as (key: unknown, channels: number) => unknown;
    this.#channels = channels;
    this.#refuse = refuse;
  }

  select(batch: Batch, targets: Uint8Array): void {
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      try {
        targets[j] = this.#channelOf(this.#partition(this.#reader.keyAt(batch, i), this.#channels));
      } catch (error) {
        const reason = error instanceof KeyError ? error.message : `The function threw ${userErrorText(error)}.`;
        this.#refuse(reason, positionOf(batch.origins[i] as number), batch.recordAt(i), error instanceof KeyError ? undefined : error);
      }
    }
  }

  #channelOf(channel: unknown): number {
    if (Number.isInteger(channel) && (channel as number) >= 0 && (channel as number) < this.#channels) return channel as number;
    throw new KeyError(
      `The function chose the channel ${String(channel)}; there are ${this.#channels}, so it must return a whole number from 0 to ${this.#channels - 1}.`,
    );
  }
}
