import { expect, test } from 'vitest';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import type { TaskReport } from './messages.ts';
import { TaskExecutor } from './task-executor.ts';

/** Two hundred sensor readings into a table. */
function graph() {
  const document = validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'steps',
    job: {},
    nodes: [
      { id: 'sensors', type: 'sensor-source', config: { count: 200 } },
      { id: 'table', type: 'table-sink' },
    ],
    edges: [{ id: 'e', source: 'sensors', target: 'table' }],
  });
  const analysis = analyzeDocument(document, definitionOf);
  return buildExecutionGraph(document.job, buildJobGraph(document, analysis, definitionOf));
}

test('steps asked for while an earlier one is still at work are all taken', async () => {
  const work: (() => void)[] = [];
  let rows = 0;
  let clock = 0;
  const reports: TaskReport['kind'][] = [];
  const executor = new TaskExecutor({
    now: () => (clock += 1),
    soon: (task) => work.push(task),
    later: (_delayMs, task) => {
      work.push(task);
      return () => undefined;
    },
    loadOperator: (type) => must(definitionOf(type)?.load, type)(),
    port: {
      post: (report) => {
        reports.push(report.kind);
        if (report.kind === 'rows') rows += report.rowCount;
      },
    },
  });
  const run = () => {
    for (let task = work.shift(); task !== undefined; task = work.shift()) task();
  };
  executor.handle({ kind: 'deploy', graph: graph(), speed: 'max', startPaused: true, fused: true, inputs: {}, running: null });
  await expect.poll(() => reports.includes('deployed')).toBe(true);
  // The job has not even paused yet.
  executor.handle({ kind: 'step', records: 1 });
  executor.handle({ kind: 'step', records: 1 });
  run();
  expect(rows).toBe(2);
  executor.handle({ kind: 'step', records: 1 });
  executor.handle({ kind: 'step', records: 3 });
  run();
  expect(rows).toBe(6);
  expect(reports.at(-1)).toBe('paused');
});
