import { describe, expect, test } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import type { StreamShape } from '../../operators/definition.ts';
import { slidingWindow } from '../../operators/sliding-window/definition.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { KernelWindowOperator } from '../kernel-window-operator.ts';
import type { SlidingKernel } from './sliding-kernel.ts';

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'k', type: 'int' },
      { name: 'v', type: 'double' },
    ],
  },
  key: { kind: 'fields', fields: ['k'] },
  eventTime: true,
};

type Story = OperatorTestHarness<typeof slidingWindow.fields>;

async function sliding(mode: 'row' | 'batch', config: Readonly<Record<string, unknown>> = {}): Promise<Story> {
  const aggregates = [
    { fn: 'sum', column: 'v', as: 'sum' },
    { fn: 'max', column: 'v', as: 'max' },
  ];
  const options = { definition: slidingWindow, inputs: [INPUT], mode, config: { size: 30, slide: 10, aggregates, ...config } };
  return new OperatorTestHarness(options).open();
}

function layoutOf(story: Story): string {
  return (story.operator as KernelWindowOperator<SlidingKernel>).kernel.layout;
}

function result(k: number, from: number, sum: number, max: number): Row {
  return { k, window_start: from, window_end: from + 30, sum, max };
}

describe.each(['row', 'batch'] as const)('sliding windows, %s path', (mode) => {
  test('go on after a time in which there was nothing', async () => {
    const story = await sliding(mode);
    for (const start of [0, 1000, 1_000_000_000_000]) {
      story
        .processElement({ k: 1, v: 0.5 }, start)
        .processElement({ k: 2, v: 2 }, start + 12)
        .processWatermark(start + 100);
      story.flush();
      expect(story.drainValues()).toEqual([
        result(1, start - 20, 0.5, 0.5),
        result(1, start - 10, 0.5, 0.5),
        result(2, start - 10, 2, 2),
        result(1, start, 0.5, 0.5),
        result(2, start, 2, 2),
        result(2, start + 10, 2, 2),
      ]);
    }
  });

  test('a record some of whose windows are over is in the others, behind the keys they have', async () => {
    const story = await sliding(mode);
    story.processElement({ k: 1, v: 1 }, 25).processWatermark(29);
    story.drain();
    story.processElement({ k: 2, v: 2 }, 5).processElement({ k: 2, v: 4 }, 12).processElement({ k: 1, v: 8 }, 14).processWatermark(49);
    expect(story.drainValues()).toEqual([result(1, 10, 9, 8), result(2, 10, 4, 4), result(1, 20, 1, 1)]);
    // The first is late for [0, 30), its last window.
    expect(story.problems.map(({ kind, position }) => [kind, position])).toEqual([['late', 2]]);
  });

  test('records between earlier and later ones of all keys there are bring no key to a window twice', async () => {
    const story = await sliding(mode, { size: 20, slide: 10 });
    const keys = [1, 2, 3, 4, 5, 6];
    for (const start of [0, 20, 10]) for (const k of keys) story.processElement({ k, v: start + k }, start);
    story.processWatermark(100);
    const window = (from: number, values: readonly number[]): readonly Row[] =>
      keys.map((k) => ({
        k,
        window_start: from,
        window_end: from + 20,
        sum: values.reduce((sum, v) => sum + v + k, 0),
        max: Math.max(...values) + k,
      }));
    expect(story.drainValues()).toEqual([...window(-10, [0]), ...window(0, [0, 10]), ...window(10, [20, 10]), ...window(20, [20])]);
  });

  test('a record that is years late is late', async () => {
    const story = await sliding(mode, { size: 2, slide: 1 });
    story
      .processElement({ k: 1, v: 1 }, 2 ** 40)
      .processWatermark(2 ** 40)
      .flush();
    story
      .processElement({ k: 1, v: 2 }, 2 ** 40 + 1)
      .processElement({ k: 1, v: 4 }, 2 ** 40 + 1 - 2 ** 32)
      .processWatermark(2 ** 40 + 2);
    const bounds = { k: 1, window_start: 2 ** 40 - 1, window_end: 2 ** 40 + 1 };
    expect(story.drainValues()).toEqual([
      { ...bounds, sum: 1, max: 1 },
      { k: 1, window_start: 2 ** 40, window_end: 2 ** 40 + 2, sum: 3, max: 2 },
      { k: 1, window_start: 2 ** 40 + 1, window_end: 2 ** 40 + 3, sum: 2, max: 2 },
    ]);
    expect(story.problems.map(({ kind, position }) => [kind, position])).toEqual([['late', 3]]);
  });
});

describe('slices', () => {
  test('are given up when sums turn out to depend on the order of additions', async () => {
    const story = await sliding('batch');
    story
      .processElement({ k: 1, v: 1 / 1024 }, 0)
      .processElement({ k: 1, v: -5 }, 3)
      .flush();
    expect(layoutOf(story)).toBe('slices');
    story.processElement({ k: 1, v: 0.1 }, 11).processElement({ k: 1, v: 0.2 }, 1).flush();
    expect(layoutOf(story)).toBe('ring');
    story.processWatermark(19);
    expect(story.drainValues()).toEqual([result(1, -20, 1 / 1024 - 5 + 0.2, 0.2), result(1, -10, 1 / 1024 - 5 + 0.1 + 0.2, 0.2)]);
  });

  test('are given up while records are very far from each other, and then come back', async () => {
    const story = await sliding('batch');
    story
      .processElement({ k: 1, v: 1 }, 0)
      .processElement({ k: 1, v: 2 }, 10 ** 9)
      .flush();
    expect(layoutOf(story)).toBe('panes');
    story.processWatermark(10 ** 9).flush();
    expect(story.drainValues()).toEqual([result(1, -20, 1, 1), result(1, -10, 1, 1), result(1, 0, 1, 1)]);
    for (let i = 0; i < 10; i++) story.processElement({ k: 1, v: 4 }, 10 ** 9 + 1).flush();
    expect(layoutOf(story)).toBe('slices');
    story.processWatermark(10 ** 9 + 9);
    expect(story.drainValues()).toEqual([result(1, 10 ** 9 - 20, 42, 4)]);
  });

  test('of keys that are gone cost nothing', async () => {
    const story = await sliding('batch');
    const sums = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      story.processElement({ k: i, v: i }, i);
      if (i % 100 === 99) story.processWatermark(i).flush();
    }
    for (const { k, sum } of story.drainValues() as { k: number; sum: number }[]) sums.set(k, (sums.get(k) ?? 0) + sum);
    expect((story.operator as KernelWindowOperator<SlidingKernel>).kernel.keyCount).toBeLessThan(10_000);
    // Each was in three windows, but the last are still open.
    expect([...sums].slice(0, 59_980)).toEqual(Array.from({ length: 59_980 }, (_, k) => [k, 3 * k]));
  });
});
