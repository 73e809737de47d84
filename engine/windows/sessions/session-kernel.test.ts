import { describe, expect, test } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import type { StreamShape } from '../../operators/definition.ts';
import { sessionWindow } from '../../operators/session-window/definition.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { KernelWindowOperator } from '../kernel-window-operator.ts';
import type { SessionKernel } from './session-kernel.ts';

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'k', type: 'string' },
      { name: 'v', type: 'double' },
    ],
  },
  key: { kind: 'fields', fields: ['k'] },
  eventTime: true,
};

type Story = OperatorTestHarness<typeof sessionWindow.fields>;

async function sessions(mode: 'row' | 'batch', config: Readonly<Record<string, unknown>> = {}): Promise<Story> {
  const aggregates = [{ fn: 'sum', column: 'v', as: 'sum' }];
  return new OperatorTestHarness({ definition: sessionWindow, inputs: [INPUT], mode, config: { gap: 10, aggregates, ...config } }).open();
}

function kernelOf(story: Story): SessionKernel {
  return (story.operator as KernelWindowOperator<SessionKernel>).kernel;
}

function result(k: string, from: number, to: number, sum: number): Row {
  return { k, window_start: from, window_end: to, sum };
}

describe.each(['row', 'batch'] as const)('sessions, %s path', (mode) => {
  test('sessions that end together fire in the order in which they were last prolonged', async () => {
    const story = await sessions(mode);
    story.processElement({ k: 'a', v: 1 }, 0).processElement({ k: 'b', v: 2 }, 5).processElement({ k: 'a', v: 4 }, 5);
    story.processElement({ k: 'c', v: 8 }, 5).processElement({ k: 'b', v: 16 }, 3);
    // b began earlier than was known, which makes it another window: it fires last.
    story.processWatermark(14);
    expect(story.drainValues()).toEqual([result('a', 0, 15, 5), result('c', 5, 15, 8), result('b', 3, 15, 18)]);
  });

  test('a record between two sessions makes one of them', async () => {
    const story = await sessions(mode);
    story.processElement({ k: 'a', v: 1 }, 0).processElement({ k: 'a', v: 2 }, 15);
    story.processElement({ k: 'a', v: 4 }, 8).processWatermark(24);
    expect(story.drainValues()).toEqual([result('a', 0, 25, 7)]);
  });

  test('a late record brings a session that has fired back to life', async () => {
    const story = await sessions(mode, { allowedLateness: 100 });
    story.processElement({ k: 'a', v: 1 }, 0).processWatermark(12);
    story.processElement({ k: 'a', v: 2 }, 1).processElement({ k: 'a', v: 4 }, 5).processWatermark(14).processWatermark(200);
    expect(story.drainValues()).toEqual([result('a', 0, 10, 1), result('a', 0, 11, 3), result('a', 0, 15, 7)]);
  });
});

describe('memory of the session kernel', () => {
  test('there is one deadline per session, however often it is prolonged, and none when all are over', async () => {
    const story = await sessions('batch');
    for (let t = 0; t < 5000; t += 5) {
      story.processElement({ k: 'a', v: 1 }, t).processElement({ k: 'b', v: 1 }, t);
      if (t % 50 === 0) story.processWatermark(t - 1).flush();
    }
    expect(kernelOf(story).sessionCount).toBe(2);
    expect(kernelOf(story).deadlineCount).toBe(2);
    story.processWatermark(MAX_WATERMARK);
    expect(story.drainValues()).toEqual([result('a', 0, 5005, 1000), result('b', 0, 5005, 1000)]);
    expect(kernelOf(story).sessionCount).toBe(0);
    expect(kernelOf(story).deadlineCount).toBe(0);
  });
});

test('keys of sessions that are over are forgotten', async () => {
  const numbered: StreamShape = { ...INPUT, schema: { fields: [{ name: 'k', type: 'int' }, ...INPUT.schema.fields.slice(1)] } };
  const aggregates = [{ fn: 'sum', column: 'v', as: 'sum' }];
  const options = { definition: sessionWindow, inputs: [numbered], mode: 'batch' as const, config: { gap: 5, aggregates } };
  const story = await new OperatorTestHarness(options).open();
  for (let i = 0; i < 60_000; i++) {
    story.processElement({ k: i, v: i }, i);
    if (i % 100 === 99) story.processWatermark(i - 1).flush();
  }
  expect(story.drainValues()).toEqual(Array.from({ length: 59_995 }, (_, i) => ({ k: i, window_start: i, window_end: i + 5, sum: i })));
  expect(kernelOf(story).sessionCount).toBe(5);
  expect(kernelOf(story).keyCount).toBeLessThan(10_000);
});
