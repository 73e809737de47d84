import type { Batch } from '../batch/batch.ts';
import { STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { Dictionary } from '../batch/dictionary.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { ChannelSelector } from '../channels/channel-selector.ts';
import { positionOf } from '../elements/origin.ts';
import { hashOfString } from '../functions/java-hash.ts';
import { KeyError, KeyReader } from '../functions/key-selector.ts';
import type { KeySource } from '../functions/key-selector.ts';
import { keyGroupOf, operatorIndexOf } from '../state/key-group.ts';

/** Reports a record without a usable key. Never returns. `cause`: what a key function threw. */
export type RefuseKey = (reason: string, position: number, record: Row, cause: unknown) => never;

/** Not computed yet. Channels are at most 128, so a byte has room for it. */
const UNKNOWN = 255;

/**
 * Key group of the record's key, then the subtask that owns the group (Flink: `KeyGroupStreamPartitioner`).
 * A string key is hashed once per dictionary entry: after that a record costs one array look-up.
 */
export class HashSelector implements ChannelSelector {
  readonly #reader: KeyReader;
  readonly #channels: number;
  readonly #maxParallelism: number;
  readonly #refuse: RefuseKey;
  readonly #targets = new WeakMap<Dictionary, Uint8Array>();

  constructor(key: KeySource, schema: Schema, channels: number, maxParallelism: number, refuse: RefuseKey) {
    this.#reader = new KeyReader(key, schema);
    this.#channels = channels;
    this.#maxParallelism = maxParallelism;
    this.#refuse = refuse;
  }

  select(batch: Batch, targets: Uint8Array): void {
    const column = this.#reader.columnIndex < 0 ? undefined : batch.columns[this.#reader.columnIndex];
    if (column !== undefined && column.kind === STR && column.nulls === null) this.#selectByCode(batch, column, targets);
    else for (let j = 0; j < batch.selectedCount; j++) targets[j] = this.#targetOf(batch, batch.rowAt(j));
  }

  #selectByCode(batch: Batch, column: Column, targets: Uint8Array): void {
    const known = this.#targetsOf(column.dictionary);
    const codes = column.codes;
    for (let j = 0; j < batch.selectedCount; j++) {
      const code = codes[batch.rowAt(j)] as number;
      let target = known[code] as number;
      if (target === UNKNOWN) {
        target = this.#channelOf(hashOfString(column.dictionary.values[code] as string));
        known[code] = target;
      }
      targets[j] = target;
    }
  }

  #targetsOf(dictionary: Dictionary): Uint8Array {
    const known = this.#targets.get(dictionary);
    if (known !== undefined && known.length >= dictionary.size) return known;
    const grown = new Uint8Array(Math.max(64, dictionary.size * 2)).fill(UNKNOWN);
    if (known !== undefined) grown.set(known);
    this.#targets.set(dictionary, grown);
    return grown;
  }

  #targetOf(batch: Batch, i: number): number {
    try {
      return this.#channelOf(this.#reader.hashOf(this.#reader.keyAt(batch, i)));
    } catch (error) {
      const reason = error instanceof KeyError ? error.message : 'the key function threw.';
      return this.#refuse(reason, positionOf(batch.origins[i] as number), batch.recordAt(i), error instanceof KeyError ? undefined : error);
    }
  }

  #channelOf(hash: number): number {
    return operatorIndexOf(keyGroupOf(hash, this.#maxParallelism), this.#maxParallelism, this.#channels);
  }
}
