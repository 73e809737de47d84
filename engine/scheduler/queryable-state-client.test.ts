import { expect, test } from 'vitest';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { JobMaster } from './job-master.ts';
import { QueryableStateClient } from './queryable-state-client.ts';
import { TaskExecutor } from './task-executor.ts';

/** Records 0, 1, 2 … of three keys, the latest of each queryable as "last"; and by key and parity as "both". */
function document(parallelism: number) {
  const node = (id: string, type: string, config = {}) => ({ id, type, config, position: { x: 0, y: 0 } });
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'queried',
    job: { parallelism },
    nodes: [
      {
        ...node('numbers', 'custom-source', { generator: "(ctx) => ({ id: 'k' + (ctx.n % 3), parity: ctx.n % 2, n: ctx.n })", count: 20 }),
        parallelism: 1,
      },
      node('by-id', 'key-by', { columns: ['id'] }),
      node('last', 'queryable-state', { stateName: 'last' }),
      node('by-both', 'key-by', { columns: ['id', 'parity'] }),
      node('both', 'queryable-state', { stateName: 'both' }),
    ],
    edges: [
      ['numbers', 'by-id'],
      ['by-id', 'last'],
      ['numbers', 'by-both'],
      ['by-both', 'both'],
    ].map(([source, target]) => ({ id: `${source}-${target}`, source, target })),
  });
}

/** A paused job with a real job master and a task executor in this thread. */
async function started(parallelism = 1) {
  const pipeline = document(parallelism);
  const analysis = analyzeDocument(pipeline, definitionOf);
  const graph = buildExecutionGraph(pipeline.job, buildJobGraph(pipeline, analysis, definitionOf));
  let clock = 0;
  const job = new JobMaster('job', graph, { speed: 'max', startPaused: true }, new Map(), {
    now: () => (clock += 1),
    later: () => () => undefined,
    startTaskWorker: (onReport) => {
      const soon = (work: () => void): void => void setTimeout(work);
      const executor = new TaskExecutor({
        now: () => (clock += 1),
        soon,
        later: (_delayMs, work) => {
          soon(work);
          return () => undefined;
        },
        loadOperator: (type) => must(definitionOf(type)?.load, type)(),
        port: { post: (report) => soon(() => onReport(report)) },
      });
      return { post: (command) => soon(() => executor.handle(command)), terminate: () => undefined };
    },
    data: { size: () => Promise.resolve(null), read: () => Promise.resolve(new Uint8Array(0)) },
    sharedWord: () => null,
    emit: () => undefined,
  });
  await job.start();
  return { job, client: new QueryableStateClient(job, graph) };
}

test.each([1, 3])('a client sees the latest record of a key between the steps of a paused job, at parallelism %i', async (parallelism) => {
  const { job, client } = await started(parallelism);
  expect(await client.getKvState('last', 'k0')).toBe(null);
  await job.step(8);
  expect(await client.getKvState('last', 'k0')).toEqual({ id: 'k0', parity: 0, n: 6 });
  expect(await client.getKvState('last', 'k1')).toEqual({ id: 'k1', parity: 1, n: 7 });
  expect(await client.getKvState('last', 'nobody')).toBe(null);
  await job.step(1);
  expect(await client.getKvState('last', 'k2')).toEqual({ id: 'k2', parity: 0, n: 8 });
  job.cancel();
});

test('a view shows all keys at one position, also those of several fields', async () => {
  const { job, client } = await started();
  await job.step(9);
  const view = await client.view();
  await job.step(5);
  expect(view.position).toBe(9);
  expect(['k0', 'k1', 'k2'].map((key) => view.get('last', key)?.['n'])).toEqual([6, 7, 8]);
  expect([view.get('both', ['k0', 0])?.['n'], view.get('both', ['k0', 1])?.['n'], view.get('both', ['k0', 2])]).toEqual([6, 3, null]);
  job.cancel();
});

test('a name that the job does not have is refused with those it has', async () => {
  const { job, client } = await started();
  await expect(client.getKvState('lost', 'k0')).rejects.toMatchObject({
    error: { code: 'queryable-state-unknown', message: 'The job has no queryable state "lost". It has "last", "both".' },
  });
  job.cancel();
});

test('when the job has ended there is nothing to ask for', async () => {
  const { job, client } = await started();
  job.cancel();
  await expect(client.getKvState('last', 'k0')).rejects.toMatchObject({
    error: {
      code: 'queryable-state-gone',
      message: 'State can be asked for only while the job runs. It has ended; keep results that should outlive it with a sink.',
    },
  });
});

test('two states cannot have the same name', () => {
  const twice = document(1);
  const nodes = twice.nodes.map((node) => (node.id === 'both' ? { ...node, config: { stateName: ' last' } } : node));
  expect(analyzeDocument({ ...twice, nodes }, definitionOf).problems.filter(({ severity }) => severity === 'error')).toEqual([
    {
      severity: 'error',
      code: 'queryable-state-twice',
      message: 'Queryable state is queryable as "last" already. Choose another name.',
      nodeId: 'both',
      field: 'stateName',
    },
  ]);
});
