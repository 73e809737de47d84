import { expect, test } from 'vitest';
import { filterProblems, NO_FILTER, skippedCounts, totalSkipped } from './skipped-records.ts';

const PROBLEMS = [
  { nodeId: 'source', kind: 'malformed', position: 3, reason: 'Field "temperature" is no number.', content: 'a,warm,12' },
  { nodeId: 'window', kind: 'late', position: 9, reason: 'Its windows were closed at 10 s.', content: '{"id":"a"}' },
  { nodeId: 'window', kind: 'late', position: 12, reason: 'Its windows were closed at 20 s.', content: '{"id":"B"}' },
] as const;

function metrics(nodeId: string, late: number, malformed: number) {
  return {
    nodeId,
    recordsIn: 100,
    recordsOut: 90,
    recordsInPerSecond: 0,
    recordsOutPerSecond: 0,
    watermark: null,
    busy: 0,
    backpressured: 0,
    idle: 0,
    lateRecords: late,
    malformedRecords: malformed,
    failedRecords: 0,
    counters: [],
    subtasks: [],
  };
}

test('filters by operator, kind and text', () => {
  expect(filterProblems(PROBLEMS, NO_FILTER)).toBe(PROBLEMS);
  expect(filterProblems(PROBLEMS, { ...NO_FILTER, kind: 'late' }).map((problem) => problem.position)).toEqual([9, 12]);
  expect(filterProblems(PROBLEMS, { ...NO_FILTER, nodeId: 'source' }).map((problem) => problem.position)).toEqual([3]);
  expect(filterProblems(PROBLEMS, { ...NO_FILTER, text: '"b"' }).map((problem) => problem.position)).toEqual([12]);
  expect(filterProblems(PROBLEMS, { nodeId: 'window', kind: 'late', text: 'CLOSED AT 1' }).map((problem) => problem.position)).toEqual([9]);
});

test('counts by operator and kind', () => {
  const all = { source: metrics('source', 0, 4), window: metrics('window', 1200, 0), sink: metrics('sink', 0, 0) };
  expect(skippedCounts(all)).toEqual([
    { nodeId: 'source', kind: 'malformed', count: 4 },
    { nodeId: 'window', kind: 'late', count: 1200 },
  ]);
  expect(totalSkipped(all)).toBe(1204);
});
