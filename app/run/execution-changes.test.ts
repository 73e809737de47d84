import { expect, test } from 'vitest';
import { validateDocument } from '../../engine/api/index.ts';
import { runsDifferently } from './execution-changes.ts';

const STARTED = validateDocument({
  format: 'millrace/pipeline',
  version: 1,
  id: 'pipeline',
  job: { name: 'Averages' },
  nodes: [
    { id: 'a', type: 'reads', config: { data: 'd1' }, position: { x: 0, y: 0 } },
    { id: 'b', type: 'writes', config: {}, position: { x: 9, y: 0 } },
  ],
  edges: [{ id: 'ab', source: 'a', target: 'b' }],
  data: [
    { id: 'd1', name: 'used.csv', format: 'csv', source: { kind: 'inline', text: 'x\n1\n' } },
    { id: 'd2', name: 'unused.csv', format: 'csv', source: { kind: 'inline', text: '' } },
  ],
});
const [a, b] = STARTED.nodes as [(typeof STARTED.nodes)[0], (typeof STARTED.nodes)[0]];
const [used, unused] = STARTED.data as [(typeof STARTED.data)[0], (typeof STARTED.data)[0]];

test.each([
  ['the same document', STARTED],
  ['another view and name', { ...STARTED, view: { x: 1, y: 2, zoom: 3 }, job: { ...STARTED.job, name: 'Means' } }],
  ['a moved, renamed, annotated node', { ...STARTED, nodes: [{ ...a, position: { x: 5, y: 5 }, name: 'A', note: 'hm' }, b] }],
  ['another order of nodes', { ...STARTED, nodes: [b, a] }],
  ['other data that nobody reads', { ...STARTED, data: [used, { ...unused, name: 'other.csv' }] }],
])('%s runs the same', (_, now) => {
  expect(runsDifferently(STARTED, now)).toBe(false);
});

test.each([
  ['another seed', { ...STARTED, job: { ...STARTED.job, seed: 7 } }],
  ['another configuration', { ...STARTED, nodes: [a, { ...b, config: { format: 'csv' } }] }],
  ['another parallelism', { ...STARTED, nodes: [{ ...a, parallelism: 2 }, b] }],
  ['a node less', { ...STARTED, nodes: [a], edges: [] }],
  ['an edge less', { ...STARTED, edges: [] }],
  ['other text in data that is read', { ...STARTED, data: [{ ...used, source: { kind: 'inline' as const, text: 'x\n2\n' } }, unused] }],
])('%s runs differently', (_, now) => {
  expect(runsDifferently(STARTED, now)).toBe(true);
});
