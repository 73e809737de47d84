import { expect, test } from 'vitest';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { definitionOf } from '../operators/registry.ts';
import { queriedDocument, startQueriedJob } from '../testing/queried-job.ts';
import type { JobMaster } from './job-master.ts';
import { QueryableStateClient } from './queryable-state-client.ts';

async function started(parallelism = 1): Promise<{ readonly job: JobMaster; readonly client: QueryableStateClient }> {
  const { job, graph } = await startQueriedJob(parallelism);
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
  const twice = queriedDocument(1);
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
