import { defineOperator } from '../definition.ts';

export const tableSink = defineOperator({
  type: 'table-sink',
  title: 'Table',
  category: 'sink',
  summary: 'Shows the records it receives in a table, while the job runs.',
  keywords: ['print', 'output', 'result', 'show', 'collect', 'sinkto', 'printsink', 'view'],
  fields: {},
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: () => [],
  delivery: () => ({ kind: 'table' }),
  shapes: () => ({ ports: {}, problems: [] }),
  face: () => 'live table',
  load: () => import('./operator.ts'),
});
