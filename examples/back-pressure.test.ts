import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from '../engine/graph/migrations.ts';
import { definitionOf } from '../engine/operators/registry.ts';
import { DeterministicScheduler } from '../engine/scheduler/deterministic-scheduler.ts';
import { MetricsReader } from '../engine/scheduler/metrics-reader.ts';
import { ReplayPacer } from '../engine/scheduler/replay-pacer.ts';
import { deployInMemory, graphOf } from '../engine/testing/shuffled-cluster.ts';
import { must } from '../engine/util/assert.ts';

/** In 15 seconds until the full minute, 10:13. */
const CLICKS_OF_EVEN_MINUTE = 6000;
/** What the additions of a click take, in ms of the clock; everything else takes next to nothing. */
const MS_PER_SLOW_CLICK = 0.02;

test('E-57: while an operator is slow it is busy, all before it is backpressured, and all behind it idle', async () => {
  const document = parseDocument(readFileSync(path.join(import.meta.dirname, 'e57-back-pressure', 'pipeline.json'), 'utf8'));
  const graph = graphOf(document, definitionOf);
  let rows = 0;
  const job = await deployInMemory({ document, lookup: definitionOf, data: {} }, () => rows++);
  const clicksOf = (nodeId: string): number =>
    must(
      job.subtasks.flatMap(({ chain }) => chain.links).find(({ stats }) => stats.nodeId === nodeId),
      nodeId,
    ).stats.recordsIn;
  let looks = 0;
  const clock = (): number => Math.min(clicksOf('slow'), CLICKS_OF_EVEN_MINUTE) * MS_PER_SLOW_CLICK + looks++ * 1e-4;

  const metrics = new MetricsReader(graph, job);
  const scheduler = new DeterministicScheduler(job, new ReplayPacer('max'), clock);
  for (const subtask of job.subtasks) subtask.open();
  metrics.read(clock());
  /** Shares in percent since the last time. */
  const loads = (): Record<string, readonly number[]> =>
    Object.fromEntries(
      metrics.read(clock()).nodes.map(({ nodeId, subtasks: [first] }) => {
        const { busy, backpressured, idle } = must(first, 'a subtask');
        return [nodeId, [busy, backpressured, idle].map((share) => Math.round(share * 100))];
      }),
    );
  // One batch of one subtask at a time.
  const work = (): string => scheduler.runSlice(1e-9).kind;
  for (let batches = 0; batches < 1000 && clicksOf('slow') < CLICKS_OF_EVEN_MINUTE; batches++) work();
  expect(loads()).toEqual({
    'click-source': [0, 100, 0],
    'event-time': [0, 100, 0],
    slow: [100, 0, 0],
    counter: [0, 0, 100],
    statistics: [0, 0, 100],
  });

  for (let batches = 0; batches < 1000 && work() !== 'finished'; batches++);
  expect(loads()['slow']?.[0]).toBeLessThan(50);
  expect(rows).toBe(12);
});
