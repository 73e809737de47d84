import { expect, test } from 'vitest';
import type { NodeMetrics } from '../../engine/api/index.ts';
import { validateDocument } from '../../engine/api/index.ts';
import type { EmptySituation } from './empty-results.ts';
import { emptyResultsText } from './empty-results.ts';

const DOCUMENT = validateDocument({
  format: 'millrace/pipeline',
  version: 1,
  id: 'pipeline',
  job: {},
  nodes: ['readings', 'averages', 'results', 'elsewhere'].map((id) => ({ id, type: `test-${id}` })),
  edges: [
    { id: 'e1', source: 'readings', target: 'averages' },
    { id: 'e2', source: 'averages', target: 'results' },
  ],
});

const CATEGORIES = { 'test-readings': 'source', 'test-averages': 'window', 'test-results': 'sink', 'test-elsewhere': 'source' } as const;

function metrics(nodeId: string, rest: Partial<NodeMetrics>): NodeMetrics {
  return {
    nodeId,
    recordsIn: 0,
    recordsOut: 0,
    recordsInPerSecond: 0,
    recordsOutPerSecond: 0,
    watermark: null,
    busy: 0,
    backpressured: 0,
    idle: 0,
    lateRecords: 0,
    malformedRecords: 0,
    failedRecords: 0,
    counters: [],
    subtasks: [],
    ...rest,
  };
}

function textOf(run: Partial<EmptySituation['run']>, problems: EmptySituation['analysis']['problems'] = []): string {
  return emptyResultsText({
    document: DOCUMENT,
    analysis: { problems, runnable: problems.length === 0 },
    run: { status: 'RUNNING', paused: false, nodeMetrics: {}, ...run },
    categoryOf: (type) => CATEGORIES[type as keyof typeof CATEGORIES],
    nodeId: 'results',
  });
}

test('before the first run it says what to do', () => {
  expect(textOf({ status: 'idle' })).toBe('Nothing has run yet. Run the pipeline to see its results here.');
  const problem = { severity: 'error', code: 'not-connected', message: 'Connect the input of "Averages".' } as const;
  expect(textOf({ status: 'idle' }, [problem])).toBe('Connect the input of "Averages".');
  expect(textOf({ status: 'idle' }, [problem, problem, problem])).toBe('Connect the input of "Averages". (And 2 more errors.)');
});

test('a window that has not fired is explained by the watermark', () => {
  const readings = metrics('readings', { recordsOut: 1234, malformedRecords: 2 });
  const elsewhere = metrics('elsewhere', { recordsOut: 99_999 });
  expect(textOf({ nodeMetrics: { readings, elsewhere, averages: metrics('averages', { recordsIn: 1232 }) } })).toBe(
    'No window has fired yet: no watermark has arrived. 1,234 records read, 2 malformed.',
  );
  const averages = metrics('averages', { recordsIn: 1232, watermark: 1_763_640_238_000, lateRecords: 7 });
  expect(textOf({ paused: true, nodeMetrics: { readings, averages } })).toBe(
    'No window has fired yet: the watermark is 2025-11-20 12:03:58.000. 1,234 records read, 7 late, 2 malformed. The job is paused.',
  );
});

test('nothing read, finished, failed and stopped', () => {
  expect(textOf({ nodeMetrics: { readings: metrics('readings', {}) } })).toBe('No record has been read yet.');
  expect(textOf({ status: 'FINISHED', nodeMetrics: { readings: metrics('readings', { recordsOut: 10, malformedRecords: 10 }) } })).toBe(
    'The job finished and delivered no row to this sink. 10 records read, 10 malformed.',
  );
  expect(textOf({ status: 'FAILED' })).toBe('The job failed before it delivered a row to this sink.');
  expect(textOf({ status: 'CANCELED' })).toBe('The job was stopped before it delivered a row to this sink.');
});
