import type { Schema } from '../batch/schema.ts';
import type { ChannelSelector } from '../channels/channel-selector.ts';
import { GlobalSelector, RoundRobinSelector, ShuffleSelector } from '../channels/channel-selector.ts';
import type { Partitioner } from '../operators/definition.ts';
import { unreachable } from '../util/assert.ts';
import { CustomSelector } from './custom-selector.ts';
import { HashSelector } from './hash-selector.ts';
import type { RefuseKey } from './hash-selector.ts';

/** How a result partition distributes: all records over its only channel, each to one channel, or each to all. */
export type PartitionChoice = 'only' | 'all' | ChannelSelector;

/** What the choice of channels depends on, besides the partitioner. */
export interface ChoiceSetting {
  /** Channels of this sender. */
  readonly channels: number;
  readonly senderIndex: number;
  /** Of the records. */
  readonly schema: Schema;
  /** Key groups of the receiving operator. */
  readonly maxParallelism: number;
  /** Of the exchange. */
  readonly seed: number;
  readonly refuse: RefuseKey;
}

/** Flink's choice of channels for each kind of partitioner. */
export function partitionChoice(partitioner: Partitioner, setting: ChoiceSetting): PartitionChoice {
  const { channels, senderIndex, schema, refuse } = setting;
  // Custom functions are asked even then: what they refuse must not depend on the parallelism.
  if (channels === 1 && partitioner.kind !== 'custom') return 'only';
  switch (partitioner.kind) {
    case 'hash':
      return new HashSelector(partitioner.key, schema, channels, setting.maxParallelism, refuse);
    case 'rebalance':
      // Flink begins anywhere; at the sender's own index, so that senders do not all begin at 0.
      return new RoundRobinSelector(channels, senderIndex);
    case 'rescale':
      return new RoundRobinSelector(channels, 0);
    case 'shuffle':
      return new ShuffleSelector(channels, setting.seed ^ Math.imul(senderIndex + 1, 0x9e3779b1));
    case 'broadcast':
      return 'all';
    case 'global':
      return new GlobalSelector();
    case 'custom':
      return new CustomSelector(partitioner.key, partitioner.partition, schema, channels, refuse);
    case 'forward':
      throw new Error('Invariant violated: a forward exchange has one channel per sender');
    default:
      return unreachable(partitioner);
  }
}
