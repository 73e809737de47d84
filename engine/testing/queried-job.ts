import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { JobMaster } from '../scheduler/job-master.ts';
import { TaskExecutor } from '../scheduler/task-executor.ts';

/** Records 0, 1, 2 … of three keys, the latest of each queryable as "last"; and by key and parity as "both". */
export function queriedDocument(parallelism: number, executionMode = 'streaming'): PipelineDocument {
  const node = (id: string, type: string, config = {}) => ({ id, type, config, position: { x: 0, y: 0 } });
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'queried',
    job: { parallelism, executionMode },
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
export async function startQueriedJob(
  parallelism = 1,
  executionMode?: string,
): Promise<{ readonly job: JobMaster; readonly graph: ExecutionGraph }> {
  const pipeline = queriedDocument(parallelism, executionMode);
  const analysis = analyzeDocument(pipeline, definitionOf);
  const graph = buildExecutionGraph(pipeline.job, buildJobGraph(pipeline, analysis, definitionOf));
  let clock = 0;
  const job = new JobMaster('job', graph, { speed: 'max', startPaused: true }, new Map(), {
    now: () => (clock += 1),
    later: () => () => undefined,
    startTaskWorker: (onReport) => {
      const soon = (work: () => void): void => void Promise.resolve().then(work);
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
  return { job, graph };
}
