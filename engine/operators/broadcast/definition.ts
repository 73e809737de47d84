import { defineOperator } from '../definition.ts';
import { repartitioned } from '../repartitioning.ts';

export const broadcast = defineOperator({
  type: 'broadcast',
  title: 'Broadcast',
  category: 'partitioning',
  summary: 'Sends every record to all subtasks.',
  keywords: ['copy', 'all', 'replicate', 'fan out', 'rules'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [{ name: 'out', title: 'Records' }],
  partitioner: () => ({ kind: 'broadcast' }),
  shapes: (_, inputs) => repartitioned('broadcast', inputs),
  face: () => '',
});
