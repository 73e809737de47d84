import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const rescale = defineOperator({
  type: 'rescale',
  title: 'Rescale',
  category: 'partitioning',
  summary: 'Deals records out in turn among the few subtasks that belong to the sender.',
  keywords: ['round robin', 'local', 'pointwise', 'subset', 'redistribute'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'rescale' }),
  shapes: (_, inputs) => repartitioned('rescale', inputs),
  face: () => '',
});
