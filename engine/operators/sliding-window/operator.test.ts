import { describe, expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { slidingWindow } from './definition.ts';

interface Settings {
  readonly size: number;
  readonly slide: number;
  readonly allowedLateness?: number;
  readonly lateData?: string;
}

function window(mode: 'row' | 'batch', settings: Settings): Promise<OperatorTestHarness<typeof slidingWindow.fields>> {
  const schema = { fields: [{ name: 'k', type: 'string' as const }] };
  const inputs = [{ schema, key: { kind: 'fields' as const, fields: ['k'] }, eventTime: true }];
  return new OperatorTestHarness({ definition: slidingWindow, mode, inputs, config: { ...settings } }).open();
}

function portsAndValues(harness: OperatorTestHarness<typeof slidingWindow.fields>): unknown[] {
  return harness.drain().flatMap((element) => (element.kind === 'record' ? [[element.port, element.value]] : []));
}

const row = (k: string, start: number, end: number, count: number): unknown => ({ k, window_start: start, window_end: end, count });

describe.each(['row', 'batch'] as const)('sliding windows, %s path', (mode) => {
  test('fire by end, and within a window in order of the first record of each key in it', async () => {
    const harness = await window(mode, { size: 10, slide: 5 });
    harness.processElement({ k: 'b' }, 1).processElement({ k: 'a' }, 7).processElement({ k: 'b' }, 8).processWatermark(14);
    expect(harness.drainValues()).toEqual([
      row('b', -5, 5, 1),
      row('b', 0, 10, 2),
      row('a', 0, 10, 1),
      row('a', 5, 15, 1),
      row('b', 5, 15, 1),
    ]);
  });

  test('a record that is late for one of its windows counts in the others, and is not reported', async () => {
    const harness = await window(mode, { size: 10, slide: 5, lateData: 'side-output' });
    harness.processElement({ k: 'a' }, 12).processWatermark(10).processElement({ k: 'a' }, 7).processWatermark(19);
    expect(portsAndValues(harness)).toEqual([
      ['out', row('a', 5, 15, 2)],
      ['out', row('a', 10, 20, 1)],
    ]);
    expect(harness.problems).toEqual([]);
  });

  test('within the allowed lateness every window that has fired fires again at once, the latest first', async () => {
    const harness = await window(mode, { size: 10, slide: 5, allowedLateness: 20 });
    harness.processElement({ k: 'a' }, 7).processWatermark(14);
    expect(harness.drainValues()).toEqual([row('a', 0, 10, 1), row('a', 5, 15, 1)]);
    harness.processElement({ k: 'b' }, 8).processElement({ k: 'a' }, 9);
    expect(harness.drainValues()).toEqual([row('b', 5, 15, 1), row('b', 0, 10, 1), row('a', 5, 15, 2), row('a', 0, 10, 2)]);
  });

  test('a record between windows is in none, and is reported once the watermark has passed it', async () => {
    const harness = await window(mode, { size: 7, slide: 12, lateData: 'side-output' });
    harness.processElement({ k: 'a' }, 1).processElement({ k: 'a' }, 13).processElement({ k: 'a' }, 8);
    expect(portsAndValues(harness)).toEqual([]);
    harness.processWatermark(9).processElement({ k: 'b' }, 8).processElement({ k: 'a' }, 14).finish();
    harness.processWatermark(18);
    expect(portsAndValues(harness)).toEqual([
      ['out', row('a', 0, 7, 1)],
      ['late', { k: 'b' }],
      ['out', row('a', 12, 19, 2)],
    ]);
    expect(harness.problems.map(({ reason }) => reason)).toEqual([
      'Timestamp 1970-01-01T00:00:00.008Z belongs to no window, and the watermark was 00:00:00.009 already.',
    ]);
  });

  test('records far apart open only the windows that they are in', async () => {
    const harness = await window(mode, { size: 10, slide: 5 });
    harness.processElement({ k: 'a' }, 0).processElement({ k: 'a' }, 1_000_000).processElement({ k: 'a' }, 3).processWatermark(2_000_000);
    expect(harness.drainValues()).toEqual([
      row('a', -5, 5, 2),
      row('a', 0, 10, 2),
      row('a', 999_995, 1_000_005, 1),
      row('a', 1_000_000, 1_000_010, 1),
    ]);
  });
});
