import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const globalPartition = defineOperator({
  type: 'global-partition',
  title: 'Global',
  category: 'partitioning',
  summary: 'Sends every record to the first subtask.',
  keywords: ['single', 'one subtask', 'gather', 'collect'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'global' }),
  shapes: (_, inputs) => repartitioned('global', inputs),
  face: () => '',
});
