import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const shuffle = defineOperator({
  type: 'shuffle',
  title: 'Shuffle',
  category: 'partitioning',
  summary: 'Sends each record to a subtask chosen by chance.',
  keywords: ['random', 'uniform', 'distribute', 'redistribute'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'shuffle' }),
  shapes: (_, inputs) => repartitioned('shuffle', inputs),
  face: () => '',
});
