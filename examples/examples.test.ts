import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Row } from '../engine/batch/schema.ts';
import { parseDocument } from '../engine/graph/migrations.ts';
import type { PipelineDocument } from '../engine/graph/document.ts';
import { definitionOf } from '../engine/operators/registry.ts';
import { runOnMiniCluster } from '../engine/testing/mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from '../engine/testing/mini-cluster.ts';

const here = import.meta.dirname;
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const read = (name: string, file: string): string => readFileSync(path.join(here, name, file), 'utf8');

async function run(document: PipelineDocument, how: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  const encoder = new TextEncoder();
  const data = Object.fromEntries(
    document.data.flatMap(({ id, source }) => (source.kind === 'inline' ? [[id, encoder.encode(source.text)]] : [])),
  );
  const result = await runOnMiniCluster({ document, lookup: definitionOf, data, ...how });
  expect(result.error).toBe(null);
  return result;
}

const sorted = (rows: Readonly<Record<string, readonly Row[]>>): unknown =>
  Object.fromEntries(Object.entries(rows).map(([sink, list]) => [sink, list.map((row) => JSON.stringify(row)).sort()]));

describe.each(names)('the example %s', (name) => {
  it('is complete', () => {
    const missing = ['pipeline.json', 'README.md', 'expected.json'].filter((file) => !existsSync(path.join(here, name, file)));
    expect(missing).toEqual([]);
  });

  it('gives the expected rows, however it is run', async () => {
    const document = parseDocument(read(name, 'pipeline.json'));
    const expected = JSON.parse(read(name, 'expected.json')) as Record<string, Row[]>;
    expect((await run(document)).rows).toEqual(expected);
    expect((await run(document, { fused: false })).rows).toEqual(expected);
    expect((await run(document, { stepRecords: 1 })).rows).toEqual(expected);
    const parallel = await run({ ...document, job: { ...document.job, parallelism: 4 } });
    expect(sorted(parallel.rows)).toEqual(sorted(expected));
  });
});
