import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { defaultConfig } from '../fields.ts';
import { timestampsAndWatermarks } from './definition.ts';
import type { TimestampsAndWatermarksConfig } from './definition.ts';

const INPUT = {
  schema: { fields: [{ name: 't', type: 'double' as const, nullable: true }] },
  key: null,
  eventTime: false,
};

async function opened(mode: 'row' | 'batch', config: Record<string, unknown> = {}, autoWatermarkIntervalMs = 0) {
  const all = { timestampField: 't', maxOutOfOrdernessMs: 10, ...config };
  return new OperatorTestHarness({
    definition: timestampsAndWatermarks,
    inputs: [INPUT],
    mode,
    config: all,
    autoWatermarkIntervalMs,
  }).open();
}

type Harness = Awaited<ReturnType<typeof opened>>;

/** Timestamps as numbers, watermarks as text. */
function seen(harness: Harness): (number | string)[] {
  return harness.drain().map((emitted) => (emitted.kind === 'record' ? emitted.timestamp : `W${emitted.watermark}`));
}

describe.each(['row', 'batch'] as const)('%s by %s', (mode) => {
  test('interval 0: a watermark after every record that raises it', async () => {
    const assigner = await opened(mode);
    for (const t of [100, 90, 101, 101, 120.9, -5]) assigner.processElement({ t });
    expect(seen(assigner)).toEqual([100, 'W89', 90, 101, 'W90', 101, 120, 'W109', -5]);
  });

  test('an interval passes before the first watermark and between two', async () => {
    const assigner = await opened(mode, { strategy: 'ascending' }, 50);
    for (const t of [100, 149, 150, 199, 200, 1000, 1049]) assigner.processElement({ t });
    expect(seen(assigner)).toEqual([100, 149, 150, 'W149', 199, 200, 'W199', 1000, 'W999', 1049]);
  });

  test('watermarks from upstream are ignored, but the end of time is passed on', async () => {
    const assigner = await opened(mode);
    assigner.processWatermark(5000).processElement({ t: 100 }).processWatermark(Number.POSITIVE_INFINITY);
    expect(seen(assigner)).toEqual([100, 'W89', 'WInfinity']);
  });

  test('records without a timestamp are skipped and reported, or fail the job after what came before them', async () => {
    const skipping = await opened(mode, { onError: 'skip' });
    for (const t of [1, null, Number.NaN, 20]) skipping.processElement({ t });
    expect(seen(skipping)).toEqual([1, 'W-10', 20, 'W9']);
    expect(skipping.problems.map(({ kind, position, reason }) => [kind, position, reason])).toEqual([
      ['failed', 2, 'Field "t" is null, so the record has no event time.'],
      ['failed', 3, 'Field "t" is NaN, so the record has no event time.'],
    ]);
    const failing = await opened(mode);
    expect(() =>
      failing.processElement({ t: 1 }).processElement({ t: 2 }).processElement({ t: null }).processElement({ t: 4 }).flush(),
    ).toThrow(RecordFailure);
  });

  test('a failing record comes after everything before it', async () => {
    const failing = await opened(mode);
    try {
      failing.processElement({ t: 1 }).processElement({ t: 2 }).processElement({ t: null }).flush();
    } catch (error) {
      expect(error).toMatchObject({ position: 3, message: 'Field "t" is null, so the record has no event time.' });
    }
    // `drain` would send the rest of the buffered batch, which is empty by now.
    expect(seen(failing)).toEqual([1, 'W-10', 2, 'W-9']);
  });

  test('goes on from a snapshot as if nothing had happened', async () => {
    const before = await opened(mode, {}, 50);
    for (const t of [100, 151]) before.processElement({ t });
    expect(seen(before)).toEqual([100, 151, 'W140']);
    const snapshot = before.snapshot();
    expect(snapshot).toEqual({ version: 1, keyGroups: new Map(), operator: { dueTimestamp: 201 } });
    const after = await (await opened(mode, {}, 50)).open(snapshot);
    for (const t of [120, 200, 201]) after.processElement({ t });
    expect(seen(after)).toEqual([120, 200, 201, 'W190']);
  });
});

test('whatever the values are, columns give what rows give', async () => {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 400 }) },
    fc.constantFrom(0, -0, 0.5, 300.75, -40, -0.25, 2 ** 53, -(2 ** 60), Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 14 }), fc.constantFrom(0, 50), async (values, intervalMs) => {
      const results = await Promise.all(
        (['row', 'batch'] as const).map(async (mode) => {
          const assigner = await opened(mode, { onError: 'skip' }, intervalMs);
          for (const t of values) assigner.processElement({ t });
          return [seen(assigner), assigner.problems.map(({ reason }) => reason)];
        }),
      );
      expect(results[1]).toEqual(results[0]);
    }),
  );
});

test('ends a keyed stream, and warns of it', () => {
  const shapesOf = (key: StreamShape['key']) => {
    const config = defaultConfig(timestampsAndWatermarks.fields) as unknown as TimestampsAndWatermarksConfig;
    return timestampsAndWatermarks.shapes({ ...config, timestampField: 't' }, [{ ...INPUT, key }]);
  };
  const keyed = shapesOf({ kind: 'fields', fields: ['t'] });
  expect(keyed.ports['out']?.key).toBeNull();
  expect(keyed.problems.map(({ severity, code, port }) => [severity, code, port])).toEqual([['warning', 'key-lost', 'in']]);
  expect(shapesOf(null).problems).toEqual([]);
});
