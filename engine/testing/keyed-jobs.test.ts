import { describe, expect, it } from 'vitest';
import type { Row } from '../batch/schema.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterRun } from './mini-cluster.ts';

/** Whole jobs whose keys are inside rows. */

const PEOPLE: readonly Row[] = [
  { name: 'Ada', ts: 1000, age: 36, address: { zip: '10115', house: { floor: 3 } } },
  { name: 'Alan', ts: 2000, age: 41, address: { zip: '20095', house: { floor: 1 } } },
  { name: 'Grace', ts: 3000, age: 85, address: { zip: '10115', house: { floor: 1 } } },
  { name: 'Edsger', ts: 12_000, age: 72, address: { zip: '10115', house: { floor: 3 } } },
];

/** The oldest person of each key in ten seconds, then of each `again` of the whole stream. */
async function oldestBy(columns: readonly string[], again: string, parallelism: number, how: Partial<MiniClusterRun> = {}) {
  const document = validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'keyed-job',
    job: { parallelism },
    nodes: [
      { id: 'people', type: 'inline-source', config: { rows: PEOPLE.map((person) => JSON.stringify(person)).join('\n') } },
      { id: 'time', type: 'timestamps-and-watermarks', config: { timestampField: 'ts', maxOutOfOrdernessMs: 0 } },
      { id: 'key', type: 'key-by', config: { columns } },
      { id: 'window', type: 'tumbling-window', config: { size: 10_000, aggregates: [{ fn: 'max', column: 'age', as: 'oldest' }] } },
      { id: 'again', type: 'key-by', config: { columns: [again] } },
      { id: 'ever', type: 'rolling-aggregate', config: { fn: 'max', column: 'oldest' } },
      { id: 'table', type: 'table-sink', parallelism: 1 },
    ],
    edges: ['people > time', 'time > key', 'key > window', 'window > again', 'again > ever', 'ever > table'].map((text) => {
      const [source, target] = text.split(' > ');
      return { id: text, source, target };
    }),
  });
  const { error, rows } = await runOnMiniCluster({ document, lookup: definitionOf, ...how });
  expect(error).toBeNull();
  return rows['table'];
}

describe('a key inside a row', () => {
  it.each([
    [1, true],
    [3, true],
    [3, false],
  ])('is called by its path in what follows (parallelism %i, fused: %s)', async (parallelism, fused) => {
    const end = (start: number) => ({ window_start: start, window_end: start + 10_000 });
    expect(await oldestBy(['address.zip'], 'address.zip', parallelism, { fused })).toEqual([
      { 'address.zip': '10115', ...end(0), oldest: 85 },
      { 'address.zip': '20095', ...end(0), oldest: 41 },
      { 'address.zip': '10115', ...end(0), oldest: 85 },
    ]);
  });

  it('is all fields of a row when the row is named', async () => {
    const rows = await oldestBy(['address'], 'address.house.floor', 2);
    expect(rows?.map((row) => [row['address.zip'], row['address.house.floor'], row['oldest']])).toEqual([
      ['10115', 3, 36],
      ['20095', 1, 41],
      ['20095', 1, 85],
      ['10115', 3, 72],
    ]);
  });
});
