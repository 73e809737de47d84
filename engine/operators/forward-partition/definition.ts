import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const forwardPartition = defineOperator({
  type: 'forward-partition',
  title: 'Forward',
  category: 'partitioning',
  summary: 'Keeps every record in its subtask, and refuses to run where that is not possible.',
  keywords: ['forward', 'one to one', 'local', 'chain', 'keep'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'forward', isDemanded: true }),
  shapes: (_, inputs) => {
    const { ports, problems } = repartitioned('forward', inputs);
    // Nothing moves, so a subtask keeps its splits.
    const splits = inputs[0]?.splits;
    return splits === undefined || ports['out'] === undefined
      ? { ports, problems }
      : { ports: { out: { ...ports['out'], splits } }, problems };
  },
  face: () => '',
});
