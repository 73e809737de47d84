import type { Schema } from '../../../batch/schema.ts';
import { LocalChannel } from '../../../channels/local-channel.ts';
import { pointwiseTargets } from '../../../graph/execution-graph.ts';
import type { Partitioner } from '../../../operators/definition.ts';
import { partitionChoice } from '../../../runtime/partition-choice.ts';
import { ResultPartition } from '../../../runtime/result-partition.ts';
import { batchOf } from '../../rows.ts';
import { expectSame, textOf } from '../same-value.ts';
import type { Adapter, Adapters, Json } from '../vector.ts';

/** Which channels records take, seen at a result partition with real channels; and which channels there are. */
export const adapters: Adapters = {
  'table/partitionChannels': ({ cases = [] }) => {
    for (const one of cases) expectSame(channelsOf(one.in as Json), one.out, textOf(one.in));
  },
  'table/pointwiseTargets': (({ cases = [] }) => {
    for (const one of cases) {
      const { upstream, downstream } = one.in as Json;
      expectSame(pointwiseTargets(Number(upstream), Number(downstream)), one.out, textOf(one.in));
    }
  }) satisfies Adapter,
};

const SCHEMA: Schema = { fields: [{ name: 'n', type: 'int' }] };

function partitionerOf(name: unknown): Partitioner {
  switch (name) {
    case 'forward':
    case 'rebalance':
    case 'rescale':
    case 'shuffle':
    case 'broadcast':
    case 'global':
      return { kind: name };
    default:
      throw new Error(`there is no partitioner ${String(name)}`);
  }
}

/** The channel of each record; all of them where a record takes several. */
function channelsOf({ partitioner: name, channels: count, records, firstChannel = 0 }: Json): readonly unknown[] {
  const partitioner = partitionerOf(name);
  // A forward exchange has one channel per sender.
  const channels = Array.from({ length: partitioner.kind === 'forward' ? 1 : Number(count) }, () => new LocalChannel());
  const choice = partitionChoice(partitioner, {
    channels: channels.length,
    senderIndex: Number(firstChannel),
    schema: SCHEMA,
    maxParallelism: 128,
    seed: 1,
    refuse: (reason) => {
      throw new Error(reason);
    },
  });
  const partition = new ResultPartition(channels, choice);
  return Array.from({ length: Number(records) }, (_, n) => {
    const before = channels.map((channel) => channel.records);
    partition.emit(batchOf(SCHEMA, [{ record: { n }, origin: n }]));
    const taken = channels.flatMap((channel, c) => (channel.records > (before[c] as number) ? [c] : []));
    return partitioner.kind === 'broadcast' ? taken : taken[0];
  });
}
