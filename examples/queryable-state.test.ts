import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { analyzeDocument } from '../engine/graph/analyze-document.ts';
import type { PipelineDocument } from '../engine/graph/document.ts';
import { buildExecutionGraph } from '../engine/graph/execution-graph.ts';
import { buildJobGraph } from '../engine/graph/job-graph.ts';
import { parseDocument } from '../engine/graph/migrations.ts';
import { definitionOf } from '../engine/operators/registry.ts';
import { QueryableStateView } from '../engine/scheduler/queryable-state-client.ts';
import { runOnMiniCluster } from '../engine/testing/mini-cluster.ts';
import { must } from '../engine/util/assert.ts';

function example(name: string): PipelineDocument {
  return parseDocument(readFileSync(path.join(import.meta.dirname, name, 'pipeline.json'), 'utf8'));
}

/** What a client sees of a job that was paused after so many records; null when it had ended by then. */
async function viewAfter(records: number, document: PipelineDocument): Promise<QueryableStateView | null> {
  const encoder = new TextEncoder();
  const inline = document.data.flatMap(({ id, source }) => (source.kind === 'inline' ? [[id, encoder.encode(source.text)] as const] : []));
  const data = Object.fromEntries(inline);
  const { snapshot } = await runOnMiniCluster({ document, lookup: definitionOf, data, snapshotAfterRecords: records });
  if (snapshot === null) return null;
  const analysis = analyzeDocument(document, definitionOf);
  const graph = buildExecutionGraph(document.job, buildJobGraph(document, analysis, definitionOf));
  return new QueryableStateView(graph, snapshot.state);
}

test('E-34: the highest and the last temperature of a sensor can be looked up while the job runs', async () => {
  const document = example('e34-queryable-maxima');
  const seen: unknown[] = [];
  for (let records = 0; records <= 8; records++) {
    const view = must(await viewAfter(records, document), 'a running job');
    seen.push(['maxTemperature', 'lastTemperature'].map((state) => view.get(state, 'sensor_1')?.['temperature'] ?? null));
  }
  // Readings of sensor_1: 20.5, 23 and 22 in the first ten seconds, 19 in the next, 18 in the third. Sensor_2's at 11 s makes the first window fire.
  expect(seen).toEqual([
    [null, null],
    [null, 20.5],
    [null, 20.5],
    [null, 23],
    [null, 22],
    [23, 22],
    [23, 19],
    [23, 19],
    [19, 18],
  ]);
});

const SENSORS = ['sensor_1', 'sensor_2', 'sensor_3', 'sensor_4', 'sensor_5'];

/** The dashboard: a line of five numbers. */
const line = (view: QueryableStateView): string =>
  SENSORS.map((sensor) => (view.get('maxTemperature', sensor)?.['temperature'] as number | undefined)?.toFixed(3) ?? '-').join(', ');

/** The same by a plain loop over the readings: 100 of them in ten seconds, so that window k is complete with the first reading behind it. */
function expectedLine(refresh: number): string {
  const complete = refresh - 2;
  if (complete < 0) return SENSORS.map(() => '-').join(', ');
  const highest = SENSORS.map(() => Number.NEGATIVE_INFINITY);
  for (let n = complete * 100; n < complete * 100 + 100; n++) {
    highest[n % 5] = Math.max(highest[n % 5] as number, 20 + 2 * (n % 5) + ((n * 7919) % 1000) / 128);
  }
  return highest.map((value) => value.toFixed(3)).join(', ');
}

test.each([1, 4])(
  'E-35: a dashboard that refreshes every ten seconds shows five numbers of one window, at parallelism %i',
  async (parallelism) => {
    const document = example('e35-temperature-dashboard');
    const job = { ...document.job, parallelism };
    const nodes = document.nodes.map((node) => (node.id === 'sensors' || node.id === 'time' ? { ...node, parallelism: 1 } : node));
    const lines: string[] = [];
    for (let refresh = 1; refresh <= 4; refresh++)
      lines.push(line(must(await viewAfter(refresh * 100, { ...document, job, nodes }), 'a running job')));
    expect(lines).toEqual([1, 2, 3, 4].map(expectedLine));
    expect(lines.slice(0, 2)).toEqual(['-, -, -, -, -', '27.617, 29.180, 31.641, 33.398, 35.664']);
  },
);
