import { expect, it } from 'vitest';
import { generateStreams, joinJob } from '../interval-join/join-job.ts';
import { runLimitLoop as joinLimit } from '../interval-join/limit-loop.ts';
import { runFraudLimit } from '../process-function/limit-loop.ts';
import { processJob } from '../process-function/process-job.ts';
import { FRAUD_RULE } from '../process-function/rules.ts';
import { generateTransactions } from '../process-function/transactions.ts';
import { runLimitLoop as sessionLimit } from '../session-window/limit-loop.ts';
import { generateVisits, sessionJob } from '../session-window/session-job.ts';
import { BenchJob } from './bench-job.ts';

const NEVER = Number.POSITIVE_INFINITY;

it('reads the same records pass after pass, whole, in steps, and between the duties of a worker', async () => {
  const visits = generateVisits(3000, 50);
  const job = await BenchJob.deploy(sessionJob(visits));
  const first = job.run();
  expect(first).toEqual(sessionLimit(visits));
  visits.passes.advance();
  expect(job.step()).toEqual(first);
  visits.passes.advance();
  expect(await job.runAsWorker({ metricsEveryMs: 0, snapshotEveryMs: 0 })).toEqual(first);
  visits.passes.advance();
  expect(await job.runAsWorker({ metricsEveryMs: NEVER, snapshotEveryMs: NEVER })).toEqual(first);
});

it('leaves no timer of one pass to the next', async () => {
  const transactions = generateTransactions(3000, 20);
  const job = await BenchJob.deploy(processJob(transactions, FRAUD_RULE));
  const first = job.run();
  expect(first).toEqual(runFraudLimit(transactions));
  transactions.passes.advance();
  expect(job.run()).toEqual(first);
});

it('reads two sources in the order of the records in both of them', async () => {
  const streams = generateStreams(3000, 1000);
  const job = await BenchJob.deploy(joinJob(streams));
  expect(job.run()).toEqual(joinLimit(streams));
  streams.merged.passes.advance();
  expect(job.run()).toEqual(joinLimit(streams));
});
