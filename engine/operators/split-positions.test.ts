import { expect, test } from 'vitest';
import { SplitPositions } from './split-positions.ts';

function positionsOf(splits: number, subtaskIndex: number, parallelism: number, below: number): number[] {
  const positions = new SplitPositions(splits, subtaskIndex, parallelism);
  const own = new Float64Array(positions.indexOf(below));
  if (own.length > 0) positions.fill(0, own);
  return [...own];
}

test('records go to the splits in turn, and splits to the subtasks in turn', () => {
  expect([0, 1].map((subtask) => positionsOf(3, subtask, 2, 9))).toEqual([
    [0, 2, 3, 5, 6, 8],
    [1, 4, 7],
  ]);
  expect([0, 1, 2].map((subtask) => positionsOf(2, subtask, 3, 5))).toEqual([[0, 2, 4], [1, 3], []]);
});

test('any place is found again, and filled from', () => {
  for (const [splits, subtask, parallelism] of [
    [1, 0, 4],
    [5, 1, 2],
    [7, 2, 3],
    [4, 3, 4],
  ] as const) {
    const positions = new SplitPositions(splits, subtask, parallelism);
    const all = positionsOf(splits, subtask, parallelism, 60);
    expect(all.map((_, index) => positions.positionAt(index))).toEqual(all);
    expect(all.map((position) => positions.indexOf(position))).toEqual(all.map((_, index) => index));
    const rest = new Float64Array(all.length - 2);
    positions.fill(2, rest);
    expect([...rest]).toEqual(all.slice(2));
  }
  expect(new SplitPositions(2, 1, 2).indexOf(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
