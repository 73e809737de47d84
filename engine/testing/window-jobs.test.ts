import { describe, expect, it } from 'vitest';
import type { Row } from '../batch/schema.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { SeededRandom } from '../util/random.ts';
import { must } from '../util/assert.ts';
import type { MiniClusterRun } from './mini-cluster.ts';
import { runOnMiniCluster } from './mini-cluster.ts';

/** Windows in whole jobs: the same rows fused or not, stepped, restored midway, and (in another order) at another parallelism. */

const SUM = {
  aggregates: [
    { fn: 'sum', column: 'v', as: 'sum' },
    { fn: 'count', column: '', as: 'n' },
  ],
};

function job(type: string, config: Row, parallelism: number): PipelineDocument {
  const edge = (source: string, target: string): unknown => ({ id: `${source}-${target}`, source, target, sourcePort: 'out' });
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'v', type: 'double' },
  ];
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'window-job',
    job: { parallelism, autoWatermarkIntervalMs: 0 },
    nodes: [
      { id: 'file', type: 'file-source', config: { data: 'records', schema } },
      { id: 'time', type: 'timestamps-and-watermarks', config: { timestampField: 'timestamp', maxOutOfOrdernessMs: 500 } },
      { id: 'key', type: 'key-by', config: { columns: ['id'] } },
      { id: 'window', type, config: { ...SUM, ...config } },
      { id: 'table', type: 'table-sink', config: {} },
    ],
    edges: [edge('file', 'time'), edge('time', 'key'), edge('key', 'window'), edge('window', 'table')],
    data: [{ id: 'records', name: 'records.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } }],
  });
}

const RANDOM = new SeededRandom(7);
const LINES = Array.from({ length: 300 }, (_, i) => {
  const timestamp = Math.max(0, i * 100 + Math.floor(RANDOM.next() * 1500) - 900);
  return `s${Math.floor(RANDOM.next() * 5)},${timestamp},${Math.floor(RANDOM.next() * 100)}`;
});
const DATA = { records: new TextEncoder().encode(`id,timestamp,v\n${LINES.join('\n')}\n`) };

async function run(type: string, config: Row, options: Partial<MiniClusterRun> & { readonly parallelism?: number } = {}) {
  const { parallelism = 1, ...others } = options;
  const result = await runOnMiniCluster({ document: job(type, config, parallelism), lookup: definitionOf, data: DATA, ...others });
  expect(result.error).toBeNull();
  return result;
}

function sorted(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

describe.each<readonly [string, Row]>([
  ['tumbling-window', { size: 2000, time: 'processing' }],
  ['tumbling-window', { size: 2000, trigger: 'count', triggerCount: 4 }],
  ['sliding-window', { size: 3000, slide: 1000 }],
  ['session-window', { gap: 400 }],
  ['session-window', { gap: 900, time: 'processing' }],
  ['cumulating-window', { maxSize: 4000, step: 1000 }],
  ['count-window', { size: 4, slides: true, slide: 3 }],
  ['global-window', { trigger: 'count', triggerCount: 7, purge: true }],
  ['custom-window', {}],
  ['window-all', { windows: 'session', gap: 120 }],
])('a job with a %s %j', (type, config) => {
  it('gives the same rows however it runs', async () => {
    const reference = must((await run(type, config)).rows['table'], 'the rows of the table');
    expect(reference.length).toBeGreaterThan(3);
    for (const options of [{ fused: false }, { stepRecords: 1 }, { stepRecords: 7 }]) {
      expect((await run(type, config, options)).rows['table']).toEqual(reference);
    }
    for (const parallelism of [2, 3])
      expect(sorted((await run(type, config, { parallelism })).rows['table'] ?? [])).toEqual(sorted(reference));
    const { snapshot } = await run(type, config, { snapshotAfterRecords: 140 });
    const { state, rows } = must(snapshot, 'a snapshot');
    const rest = (await run(type, config, { restoreFrom: state })).rows['table'] ?? [];
    expect([...(rows['table'] ?? []), ...rest]).toEqual(reference);
  });
});
