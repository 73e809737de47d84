import { beforeEach, expect, test } from 'vitest';
import type { NodeMetrics, RowsEvent } from '../../engine/api/index.ts';
import { emptyDocument } from '../../engine/api/index.ts';
import { FakeEngine } from '../engine-client/fake-engine.ts';
import type { RunStore } from './create-run-store.ts';
import { createRunStore } from './create-run-store.ts';

const DOCUMENT = emptyDocument('pipeline');

let engine: FakeEngine;
let store: RunStore;
let frames: (() => void)[];

/** Everything that waits for the next frame happens. */
function paint(): void {
  for (const frame of frames.splice(0)) frame();
}

beforeEach(() => {
  engine = new FakeEngine();
  frames = [];
  store = createRunStore({ engine, document: () => DOCUMENT, scheduleFrame: (callback) => frames.push(callback) });
});

function facts() {
  const { status, paused, jobId, error } = store.getState();
  return { status, paused, jobId, error };
}

function rows(jobId: string, firstRow: number, values: readonly number[]): RowsEvent {
  return {
    type: 'rows',
    jobId,
    nodeId: 'sink',
    schema: { fields: [{ name: 'average', type: 'double' }] },
    firstRow,
    rowCount: values.length,
    columns: [{ kind: 'numbers', values: Float64Array.from(values), nulls: null }],
  };
}

function metricsOf(nodeId: string, recordsIn: number): NodeMetrics {
  return {
    nodeId,
    recordsIn,
    recordsOut: 0,
    recordsInPerSecond: 0,
    recordsOutPerSecond: 0,
    watermark: null,
    busy: 0,
    backpressured: 0,
    idle: 1,
    lateRecords: 0,
    malformedRecords: 0,
    failedRecords: 0,
    counters: [],
    subtasks: [],
  };
}

test('runs, pauses, resumes and stops', async () => {
  await store.getState().start();
  expect(facts()).toEqual({ status: 'RUNNING', paused: false, jobId: 'job-1', error: null });
  expect(engine.startedDocument).toBe(DOCUMENT);
  await store.getState().pause();
  paint();
  expect(facts()).toEqual({ status: 'RUNNING', paused: true, jobId: 'job-1', error: null });
  await store.getState().resume();
  await store.getState().setSpeed('max');
  await store.getState().stop();
  paint();
  expect(facts()).toEqual({ status: 'CANCELED', paused: false, jobId: 'job-1', error: null });
  expect(engine.calls).toEqual(['start 10', 'pause', 'resume', 'setSpeed max', 'stop']);
});

test('stepping starts a paused job, or pauses the running one', async () => {
  await store.getState().step();
  await store.getState().step(5);
  await store.getState().resume();
  paint();
  await store.getState().step();
  expect(engine.calls).toEqual(['start 10 paused', 'step 1', 'step 5', 'resume', 'pause', 'step 1']);
});

test('many events between two frames are one change of the store', async () => {
  await store.getState().start();
  paint();
  let changes = 0;
  store.subscribe(() => changes++);
  for (let i = 0; i < 100; i++) engine.emit(rows('job-1', i * 2, [i, i + 0.5]));
  engine.emit(
    {
      type: 'metrics',
      jobId: 'job-1',
      elapsedMs: 10,
      nodes: [metricsOf('map', 1)],
      edges: [],
      progress: { done: 1, total: 9, unit: 'bytes' },
    },
    {
      type: 'metrics',
      jobId: 'job-1',
      elapsedMs: 20,
      nodes: [metricsOf('map', 2)],
      edges: [],
      progress: { done: 2, total: 9, unit: 'bytes' },
    },
  );
  paint();
  expect(changes).toBe(1);
  const state = store.getState();
  expect(state.nodeMetrics).toEqual({ map: metricsOf('map', 2) });
  expect([state.elapsedMs, state.progress]).toEqual([20, { done: 2, total: 9, unit: 'bytes' }]);
  const result = state.results['sink'];
  expect([result?.firstRow, result?.endRow, result?.table.recordAt(199)]).toEqual([0, 200, { average: 99.5 }]);
});

test('what an old job still says after a new one started is ignored', async () => {
  await store.getState().start();
  engine.emit(rows('job-1', 0, [1, 2, 3]));
  paint();
  await store.getState().start();
  engine.emit(rows('job-1', 3, [4]), rows('job-2', 0, [20]));
  engine.emit({ type: 'status', jobId: 'job-1', status: 'CANCELED', paused: false, error: null, summary: null });
  paint();
  expect(facts()).toEqual({ status: 'RUNNING', paused: false, jobId: 'job-2', error: null });
  expect(store.getState().results['sink']?.table.recordAt(0)).toEqual({ average: 20 });
  expect(store.getState().results['sink']?.endRow).toBe(1);
});

test('results and the error stay after a failure', async () => {
  await store.getState().start();
  engine.emit(rows('job-1', 0, [1]));
  const error = { code: 'function-threw', domain: 'user', retry: 'after-change', message: 'Map failed.', nodeId: 'map' } as const;
  engine.status('FAILED', { error });
  paint();
  expect(facts()).toEqual({ status: 'FAILED', paused: false, jobId: 'job-1', error });
  expect(store.getState().results['sink']?.endRow).toBe(1);
  store.getState().dismissError();
  expect(facts().error).toBe(null);
});

test('opening another pipeline forgets the job and what still comes from it', async () => {
  await store.getState().start();
  engine.emit(rows('job-1', 0, [1]));
  paint();
  await store.getState().forget();
  engine.emit(rows('job-1', 1, [2]));
  engine.emit({ type: 'status', jobId: 'job-1', status: 'CANCELED', paused: false, error: null, summary: null });
  paint();
  expect(facts()).toEqual({ status: 'idle', paused: false, jobId: null, error: null });
  expect(store.getState().results).toEqual({});
});

test('a refused start keeps what the run before left', async () => {
  await store.getState().start();
  engine.emit(rows('job-1', 0, [1]));
  engine.status('FINISHED');
  paint();
  const refusal = { code: 'not-runnable', domain: 'user', retry: 'after-change', message: 'Connect the sink.' } as const;
  engine.refusal = refusal;
  await store.getState().start();
  expect(facts()).toEqual({ status: 'FINISHED', paused: false, jobId: 'job-1', error: refusal });
  expect(store.getState().results['sink']?.endRow).toBe(1);
});

test('problems add up, and a new job starts without them', async () => {
  const late = { nodeId: 'window', kind: 'late', position: 7, reason: 'Too late.', content: '{}' } as const;
  await store.getState().start();
  engine.emit({ type: 'problems', jobId: 'job-1', problems: [late] });
  paint();
  engine.emit({ type: 'problems', jobId: 'job-1', problems: [{ ...late, position: 8 }] });
  paint();
  expect(store.getState().problems.map((problem) => problem.position)).toEqual([7, 8]);
  await store.getState().start();
  expect(store.getState().problems).toEqual([]);
});
