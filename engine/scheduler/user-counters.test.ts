import { expect, it } from 'vitest';
import type { NodeMetrics } from '../api/engine-api.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { JobMaster } from './job-master.ts';
import { TaskExecutor } from './task-executor.ts';

const CODE = `({
  open(ctx) {
    const group = ctx.getRuntimeContext().getMetricGroup();
    this.seen = group.counter('seen');
    this.balance = group.counter('balance');
  },
  processElement(value, ctx, out) { this.seen.inc(); this.balance.dec(2); },
})`;

/** Two hundred sensor readings in two subtasks that count them. */
function graph() {
  const document = validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'counters',
    job: { parallelism: 2 },
    nodes: [
      { id: 'sensors', type: 'sensor-source', config: { count: 200 }, parallelism: 1 },
      { id: 'key', type: 'key-by', config: { columns: ['id'] } },
      { id: 'counting', type: 'keyed-process-function', config: { code: CODE, schema: [{ name: 'none', type: 'string' }] } },
      { id: 'table', type: 'table-sink' },
    ],
    edges: [
      { id: 'a', source: 'sensors', target: 'key' },
      { id: 'b', source: 'key', target: 'counting' },
      { id: 'c', source: 'counting', target: 'table' },
    ],
  });
  const analysis = analyzeDocument(document, definitionOf);
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, definitionOf));
}

it.each([true, false])('what user code counts is among the metrics of its operator, over all subtasks (fused: %s)', async (fused) => {
  let clock = 0;
  let nodes: readonly NodeMetrics[] = [];
  await new Promise<void>((ended) => {
    const job = new JobMaster('job', graph(), { speed: 'max', startPaused: false }, new Map(), {
      now: () => clock,
      later: () => () => undefined,
      data: { size: () => Promise.resolve(null), read: () => Promise.reject(new Error('there are no files')) },
      sharedWord: () => null,
      emit: (event) => {
        if (event.type === 'metrics') nodes = event.nodes;
        if (event.type === 'status' && event.status === 'FINISHED') ended();
      },
      startTaskWorker: (onReport) => {
        const executor = new TaskExecutor({
          now: () => (clock += 10),
          soon: (task) => void setImmediate(task),
          later: (_delayMs, task) => {
            setImmediate(task);
            return () => undefined;
          },
          loadOperator: (type) => must(definitionOf(type)?.load, type)(),
          port: { post: onReport },
        });
        return {
          post: (command) => executor.handle(command.kind === 'deploy' ? { ...command, fused } : command),
          terminate: () => undefined,
        };
      },
    });
    void job.start();
  });
  expect(nodes.map(({ nodeId, counters }) => [nodeId, counters])).toEqual([
    ['sensors', []],
    [
      'counting',
      [
        { name: 'seen', count: 200 },
        { name: 'balance', count: -400 },
      ],
    ],
    ['table', []],
  ]);
});
