import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const rebalance = defineOperator({
  type: 'rebalance',
  title: 'Rebalance',
  category: 'partitioning',
  summary: 'Deals records out to all subtasks in turn, so that each gets about the same number.',
  keywords: ['round robin', 'distribute', 'skew', 'load', 'redistribute'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'rebalance' }),
  shapes: (_, inputs) => repartitioned('rebalance', inputs),
  face: () => '',
});
