import { describe, expect, it } from 'vitest';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { JobMaster } from './job-master.ts';
import { TaskExecutor } from './task-executor.ts';

/** Sensor readings, counted by sensor, into a table. */
function graph(parallelism: number, executionMode = 'streaming'): ExecutionGraph {
  const document = validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'checkpoints',
    job: { parallelism, executionMode },
    nodes: [
      { id: 'sensors', type: 'sensor-source', config: { count: 20_000, splits: 2 } },
      { id: 'key', type: 'key-by', config: { columns: ['id'] } },
      { id: 'highest', type: 'rolling-aggregate', config: { fn: 'max', column: 'temperature' } },
      { id: 'table', type: 'table-sink' },
    ],
    edges: [
      { id: 'a', source: 'sensors', target: 'key' },
      { id: 'b', source: 'key', target: 'highest' },
      { id: 'c', source: 'highest', target: 'table' },
    ],
  });
  const analysis = analyzeDocument(document, definitionOf);
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, definitionOf));
}

/** A job master and its task executor in one thread. */
class Cluster {
  readonly job: JobMaster;
  #ended: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });
  resultHash: string | undefined;

  constructor(of: ExecutionGraph, startPaused: boolean) {
    let clock = 0;
    this.job = new JobMaster('job', of, { speed: 'max', startPaused }, new Map(), {
      now: () => clock,
      later: () => () => undefined,
      data: { size: () => Promise.resolve(null), read: () => Promise.reject(new Error('there are no files')) },
      sharedWord: () => null,
      emit: (event) => {
        if (event.type !== 'status' || event.status !== 'FINISHED') return;
        this.resultHash = event.summary?.resultHash;
        this.#ended();
      },
      startTaskWorker: (onReport) => {
        const executor = new TaskExecutor({
          // Every look at the clock ends a slice, so that there is time for commands between batches.
          now: () => (clock += 10),
          soon: (task) => void setImmediate(task),
          later: () => () => undefined,
          loadOperator: (type) => must(definitionOf(type)?.load, type)(),
          port: { post: (report) => queueMicrotask(() => onReport(structuredClone(report))) },
        });
        return { post: (command) => queueMicrotask(() => executor.handle(structuredClone(command))), terminate: () => undefined };
      },
    });
  }
}

describe('the checkpoints of a job', () => {
  it('come one after the other, with rising ids, and a job goes on from the last', async () => {
    const first = new Cluster(graph(2), false);
    await first.job.start();
    const modes = ['aligned', 'unaligned', 'at-least-once', 'unaligned'] as const;
    const taken = await Promise.all(modes.map((mode) => first.job.triggerCheckpoint(mode)));
    expect(taken.map(({ checkpointId, mode }) => [checkpointId, mode])).toEqual(modes.map((mode, i) => [i + 1, mode]));
    await first.ended;
    for (const parallelism of [1, 2, 3]) {
      const second = new Cluster(graph(parallelism), false);
      await second.job.start(taken[3]?.snapshot, graph(2));
      await second.ended;
      expect(second.resultHash).toBe(first.resultHash);
    }
  });

  it('wait while the job is paused', async () => {
    const { job, ended } = new Cluster(graph(1), true);
    await job.start();
    let isTaken = false;
    const checkpoint = job.triggerCheckpoint().then(() => (isTaken = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTaken).toBe(false);
    job.resume();
    await checkpoint;
    await ended;
  });

  it('are refused in batch execution', async () => {
    const { job, ended } = new Cluster(graph(1, 'batch'), false);
    await job.start();
    await expect(job.triggerCheckpoint()).rejects.toMatchObject({ error: { code: 'batch-execution' } });
    await expect(job.snapshot()).rejects.toMatchObject({ error: { code: 'batch-execution' } });
    await ended;
  });

  it('are refused when the job has ended, or ends before', async () => {
    const { job, ended } = new Cluster(graph(1), true);
    await job.start();
    const never = job.triggerCheckpoint();
    job.cancel();
    await expect(never).rejects.toMatchObject({ error: { code: 'job-ended' } });
    await expect(job.triggerCheckpoint()).rejects.toMatchObject({ error: { code: 'job-ended' } });
    void ended;
  });
});
