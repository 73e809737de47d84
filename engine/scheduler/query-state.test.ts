import { expect, test } from 'vitest';
import { startQueriedJob } from '../testing/queried-job.ts';

const ALL = { keyContains: '', limit: 10 };

test.each([1, 3])('a look-up sees what has come so far, by key, at parallelism %i', async (parallelism) => {
  const { job } = await startQueriedJob(parallelism);
  expect(await job.queryState({ stateName: 'last', ...ALL })).toEqual({ keyCount: 0, matchCount: 0, entries: [] });
  await job.step(4);
  expect(await job.queryState({ stateName: 'last', ...ALL })).toEqual({
    keyCount: 3,
    matchCount: 3,
    entries: [
      { key: 'k0', record: { id: 'k0', parity: 1, n: 3 } },
      { key: 'k1', record: { id: 'k1', parity: 1, n: 1 } },
      { key: 'k2', record: { id: 'k2', parity: 0, n: 2 } },
    ],
  });
  job.cancel();
});

test('keys are found by a part of their text, also those of several fields; only so many are sent', async () => {
  const { job } = await startQueriedJob();
  await job.step(12);
  const found = await job.queryState({ stateName: 'both', keyContains: ' K0, ', limit: 1 });
  expect(found).toEqual({ keyCount: 6, matchCount: 2, entries: [{ key: ['k0', 0], record: { id: 'k0', parity: 0, n: 6 } }] });
  job.cancel();
});

test('a name that the job does not have is refused with those it has, and so is every question after its end', async () => {
  const { job } = await startQueriedJob();
  await expect(job.queryState({ stateName: 'lost', ...ALL })).rejects.toMatchObject({
    error: { code: 'queryable-state-unknown', message: 'The job has no queryable state "lost". It has "last", "both".' },
  });
  const unanswered = job.queryState({ stateName: 'last', ...ALL });
  job.cancel();
  await expect(unanswered).rejects.toMatchObject({ error: { code: 'queryable-state-gone' } });
  await expect(job.queryState({ stateName: 'last', ...ALL })).rejects.toMatchObject({ error: { code: 'queryable-state-gone' } });
});

test('in batch execution there is nothing to see before the end, and that is said', async () => {
  const { job } = await startQueriedJob(1, 'batch');
  await expect(job.queryState({ stateName: 'last', ...ALL })).rejects.toMatchObject({ error: { code: 'batch-execution' } });
  job.cancel();
});
