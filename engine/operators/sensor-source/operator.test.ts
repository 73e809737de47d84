import { describe, expect, test } from 'vitest';
import { positionOf } from '../../elements/origin.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { sensorSource } from './definition.ts';

interface Reading {
  readonly n: number;
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
}

interface Place {
  readonly parallelism?: number;
  readonly subtaskIndex?: number;
  readonly seed?: number;
}

async function readings(config: Record<string, unknown>, place: Place = {}): Promise<Reading[]> {
  const harness = await new OperatorTestHarness({ definition: sensorSource, config, ...place }).open();
  while (harness.poll() !== 'finished');
  return harness.drain().flatMap((emitted) => {
    if (emitted.kind !== 'record') return [];
    expect(emitted.timestamp).toBeNaN();
    return [{ n: positionOf(emitted.origin), ...(emitted.value as Omit<Reading, 'n'>) }];
  });
}

test('sensors report in turn, at the rate of event time, within plausible temperatures', async () => {
  const config = { sensors: 3, recordsPerSecond: 10, count: 9000, startTime: 1_000_000, disorderMs: 0, latePercent: 0 };
  const all = await readings(config);
  expect(all.slice(0, 4).map(({ n, id, timestamp }) => [n, id, timestamp])).toEqual([
    [0, 'sensor_1', 1_000_000],
    [1, 'sensor_2', 1_000_100],
    [2, 'sensor_3', 1_000_200],
    [3, 'sensor_1', 1_000_300],
  ]);
  expect(all.every(({ temperature }) => temperature >= 20 && temperature <= 35 && Number(temperature.toFixed(2)) === temperature)).toBe(
    true,
  );
  const first = all.filter(({ id }) => id === 'sensor_1').map(({ temperature }) => temperature);
  expect(Math.max(...first.slice(1).map((value, i) => Math.abs(value - (first[i] as number))))).toBeLessThan(0.1);
  expect(new Set(first).size).toBeGreaterThan(20);
});

test('records are out of order up to the disorder, and late ones lag beyond it', async () => {
  const start = 1_000_000;
  const config = { sensors: 5, recordsPerSecond: 100, count: 20_000, startTime: start, disorderMs: 2000, latePercent: 5, lateByMs: 3000 };
  const lags = (await readings(config)).map(({ n, timestamp }) => start + n * 10 - timestamp);
  const late = lags.filter((lag) => lag > 2000);
  expect([Math.min(...lags), Math.max(...lags.filter((lag) => lag <= 2000))]).toEqual([0, 2000]);
  expect([Math.min(...late) >= 2001, Math.max(...late) <= 5000]).toEqual([true, true]);
  expect(late.length / lags.length).toBeCloseTo(0.05, 2);
  // Spread evenly, not in clumps.
  expect(lags.filter((lag) => lag <= 1000).length / lags.length).toBeCloseTo(0.475, 1);
});

test('with one split the first subtask emits everything, in order, and the others end before it begins', async () => {
  const config = { count: 100 };
  const parts = await Promise.all([0, 1, 2].map((subtaskIndex) => readings(config, { parallelism: 3, subtaskIndex })));
  expect(parts).toEqual([await readings(config), [], []]);
  const second = await new OperatorTestHarness({ definition: sensorSource, config, parallelism: 3, subtaskIndex: 1 }).open();
  expect([second.poll(), second.source.nextPosition, second.source.progress]).toEqual([
    'finished',
    0,
    { done: 0, total: 0, unit: 'records' },
  ]);
});

test('a source that cannot be reset keeps no position, and goes on where it is', async () => {
  const source = await new OperatorTestHarness({ definition: sensorSource, config: { resettable: false } }).open();
  source.poll({ maxRecords: 10 });
  const snapshot = source.source.snapshot();
  source.poll({ maxRecords: 5 });
  source.source.restore(snapshot);
  expect([snapshot, source.source.nextPosition]).toEqual([{ next: null }, 15]);
});

test('the subtasks share the splits of one stream', async () => {
  const config = { sensors: 4, count: 10_001, disorderMs: 500, splits: 3 };
  const whole = await readings(config);
  const parts = await Promise.all([0, 1, 2].map((subtaskIndex) => readings(config, { parallelism: 3, subtaskIndex })));
  expect(parts.map((part) => part.length)).toEqual([3334, 3334, 3333]);
  expect(parts.flat().toSorted((a, b) => a.n - b.n)).toEqual(whole);
});

test('the seed determines the stream', async () => {
  const config = { count: 500 };
  expect(await readings(config, { seed: 7 })).toEqual(await readings(config, { seed: 7 }));
  expect(await readings(config, { seed: 7 })).not.toEqual(await readings(config, { seed: 8 }));
});

describe('polling', () => {
  test('never goes beyond its limits, and continues from a snapshot', async () => {
    const options = { definition: sensorSource, config: { count: 20, splits: 2 }, parallelism: 2, subtaskIndex: 1 };
    const source = await new OperatorTestHarness(options).open();
    const positions = (harness: typeof source): number[] =>
      harness.drain().flatMap((emitted) => (emitted.kind === 'record' ? [positionOf(emitted.origin)] : []));
    expect([source.poll({ endPosition: 1 }), positions(source), source.source.nextPosition]).toEqual(['more', [], 1]);
    expect([source.poll({ endPosition: 6 }), positions(source), source.source.nextPosition]).toEqual(['more', [1, 3, 5], 7]);
    expect([source.poll({ maxRecords: 2 }), positions(source)]).toEqual(['more', [7, 9]]);
    expect(source.source.progress).toEqual({ done: 5, total: 10, unit: 'records' });
    const restored = await new OperatorTestHarness(options).open(structuredClone(source.source.snapshot()) as never);
    expect([restored.poll(), positions(restored)]).toEqual(['finished', [11, 13, 15, 17, 19]]);
    expect([restored.poll(), positions(restored), restored.source.progress]).toEqual([
      'finished',
      [],
      { done: 10, total: 10, unit: 'records' },
    ]);
  });

  test('a stream without a count never ends', async () => {
    const source = await new OperatorTestHarness({ definition: sensorSource }).open();
    expect([source.poll(), source.poll(), source.source.progress]).toEqual(['more', 'more', { done: 8192, total: null, unit: 'records' }]);
  });
});
