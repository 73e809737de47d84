import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { PROCESSING_TIME_START } from '../../elements/processing-time.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import { timestampsAndWatermarks } from './definition.ts';
import { WatermarkStrategyOperator } from './strategy-operator.ts';

const SCHEMA = { fields: [{ name: 't', type: 'timestamp' as const, nullable: true }] };

async function opened(
  config: Record<string, unknown>,
  autoWatermarkIntervalMs = 0,
  splits = 1,
  subtask = { parallelism: 1, subtaskIndex: 0 },
) {
  return new OperatorTestHarness({
    definition: timestampsAndWatermarks,
    inputs: [{ schema: SCHEMA, key: null, eventTime: false, splits }],
    config: { timestampField: 't', maxOutOfOrdernessMs: 10, ...config },
    autoWatermarkIntervalMs,
    ...subtask,
  }).open();
}

type Harness = Awaited<ReturnType<typeof opened>>;

/** Timestamps as numbers, watermarks as text. */
function seen(harness: Harness): (number | string)[] {
  return harness.drain().map((emitted) => (emitted.kind === 'record' ? emitted.timestamp : `W${emitted.watermark}`));
}

/** What arrives at position n arrives n ms after the start, and the clock rises before it. */
function arrive(harness: Harness, position: number, t: number): void {
  clock(harness, position);
  harness.processElement({ t }, Number.NaN, originOf(position, 0));
}

function clock(harness: Harness, ms: number): void {
  harness.operator.processProcessingTime?.(PROCESSING_TIME_START + ms, originOf(ms, 0));
}

describe('periodic watermarks of your own', () => {
  test("the book's periodic assigner: a minute behind the highest timestamp, without the one millisecond", async () => {
    const assigner = await opened({ strategy: 'periodic', periodicWatermark: '(w) => w.maxTimestamp - 60000' }, 5000);
    for (const t of [100_000, 104_000, 105_000, 103_000, 111_000]) assigner.processElement({ t });
    expect(seen(assigner)).toEqual([100_000, 104_000, 105_000, 'W45000', 103_000, 111_000, 'W51000']);
  });

  test('null is no watermark, and a lower one is not emitted', async () => {
    const assigner = await opened({ strategy: 'periodic', periodicWatermark: '(w) => (w.lastTimestamp > 50 ? w.lastTimestamp : null)' });
    for (const t of [10, 60, 55, 70]) assigner.processElement({ t });
    expect(seen(assigner)).toEqual([10, 60, 'W60', 55, 70, 'W70']);
  });

  test('on processing time the period passes with the arrival of records, and ends once before the end of the input', async () => {
    const assigner = await opened({ strategy: 'periodic', periodicWatermark: '(w) => w.lastTimestamp - 1', period: 'processing-time' }, 50);
    arrive(assigner, 10, 2);
    clock(assigner, 50);
    arrive(assigner, 60, 4_000_000);
    expect(seen(assigner)).toEqual([2, 'W1', 4_000_000]);
    arrive(assigner, 250, 5);
    assigner.finish();
    expect(seen(assigner)).toEqual(['W3999999', 5]);
  });

  test('what a period emits carries the origin of its time, however late the clock is looked at', async () => {
    const origins = async (times: readonly number[]): Promise<unknown> => {
      const assigner = await opened({ strategy: 'ascending', period: 'processing-time' }, 50);
      arrive(assigner, 10, 1000);
      for (const time of times) clock(assigner, time);
      return assigner.drain().filter(({ kind }) => kind === 'watermark');
    };
    expect(await origins([200])).toEqual([{ kind: 'watermark', watermark: 999, origin: originOf(50, 0) }]);
    expect(await origins([49, 50, 51, 100, 200])).toEqual(await origins([200]));
  });
});

describe('punctuated watermarks', () => {
  test('follow the record that is one', async () => {
    const assigner = await opened({ strategy: 'punctuated', punctuatedWatermark: '(r) => (r.t % 2 === 0 ? r.t - 1 : null)' }, 200);
    for (const t of [1, 4, 3, 2, 6]) assigner.processElement({ t });
    expect(seen(assigner)).toEqual([1, 4, 'W3', 3, 2, 6, 'W5']);
  });

  test('a function that throws, or returns no watermark, fails the job with its record', async () => {
    const throwing = await opened({ strategy: 'punctuated', punctuatedWatermark: '(r) => r.t.nothing.here' });
    expect(() => throwing.processElement({ t: 1 })).toThrow(RecordFailure);
    const wrong = await opened({ strategy: 'punctuated', punctuatedWatermark: '(r) => "soon"', onError: 'skip' });
    wrong.processElement({ t: 1 });
    expect([seen(wrong), wrong.problems.map(({ reason }) => reason)]).toEqual([
      [],
      ['The function returned a string instead of a watermark. Return milliseconds since 1970, or null for no watermark.'],
    ]);
  });
});

test('no watermarks: only timestamps, and the end', async () => {
  const assigner = await opened({ strategy: 'none' });
  assigner.processElement({ t: 5 }).processElement({ t: 3 }).processWatermark(4).processWatermark(MAX_WATERMARK);
  expect(seen(assigner)).toEqual([5, 3, 'WInfinity']);
});

test('ingestion time: the arrival of the record, whatever its fields say', async () => {
  const assigner = await opened({ timestampSource: 'arrival', timestampField: '', strategy: 'ascending' });
  arrive(assigner, 3, 99);
  arrive(assigner, 8, 1);
  const at = (ms: number): number => PROCESSING_TIME_START + ms;
  expect(seen(assigner)).toEqual([at(3), `W${at(2)}`, at(8), `W${at(7)}`]);
});

describe('splits', () => {
  test('the lowest watermark of the splits counts, so a split that is behind makes no record late', async () => {
    const assigner = await opened({ strategy: 'ascending' }, 0, 2);
    for (const [position, t] of [1000, 10, 1001, 20, 1002, 30].entries()) assigner.processElement({ t }, Number.NaN, originOf(position, 0));
    expect(seen(assigner)).toEqual([1000, 10, 'W9', 1001, 20, 'W19', 1002, 30, 'W29']);
  });

  test('a subtask waits for the splits it reads, and for no others', async () => {
    const assigner = await opened({ strategy: 'ascending' }, 0, 3, { parallelism: 2, subtaskIndex: 0 });
    const positions = [0, 3, 2, 6];
    for (const position of positions) assigner.processElement({ t: 100 + position }, Number.NaN, originOf(position, 0));
    expect(seen(assigner)).toEqual([100, 103, 102, 'W101', 106]);
  });

  test('one watermark for all, if that is what is wanted', async () => {
    const assigner = await opened({ strategy: 'ascending', perSplit: false }, 0, 2);
    for (const [position, t] of [1000, 10].entries()) assigner.processElement({ t }, Number.NaN, originOf(position, 0));
    expect(seen(assigner)).toEqual([1000, 'W999', 10]);
  });
});

describe('idleness', () => {
  test('a silent split does not hold the others back, until it has a record again', async () => {
    const assigner = await opened({ strategy: 'ascending', idleAfterMs: 100 }, 0, 2);
    arrive(assigner, 0, 10);
    arrive(assigner, 2, 20);
    expect(seen(assigner)).toEqual([10, 20]);
    arrive(assigner, 98, 30);
    arrive(assigner, 102, 40);
    expect(seen(assigner)).toEqual([30, 'W29', 40, 'W39']);
    arrive(assigner, 103, 35);
    arrive(assigner, 104, 50);
    arrive(assigner, 105, 60);
    // The split is back behind the watermark: its records are late, and the watermark waits for it.
    expect(seen(assigner)).toEqual([35, 50, 60, 'W49']);
    expect(assigner.statuses).toEqual([]);
  });

  test('when all is silent the channel is idle, and active again with the next record', async () => {
    const assigner = await opened({ strategy: 'ascending', idleAfterMs: 100 });
    arrive(assigner, 5, 10);
    clock(assigner, 104);
    expect(assigner.statuses).toEqual([]);
    clock(assigner, 300);
    clock(assigner, 400);
    arrive(assigner, 401, 3);
    expect(assigner.statuses.map(({ idle, origin }) => [idle, origin])).toEqual([
      [true, originOf(105, 0)],
      [false, originOf(401, 0)],
    ]);
    expect(seen(assigner)).toEqual([10, 'W9', 3]);
  });

  test('the end of the stream ends idleness', async () => {
    const assigner = await opened({ strategy: 'ascending', idleAfterMs: 100 });
    clock(assigner, 200);
    assigner.processWatermark(MAX_WATERMARK, originOf(200, 0));
    expect(assigner.statuses.map(({ idle }) => idle)).toEqual([true, false]);
    expect(seen(assigner)).toEqual(['WInfinity']);
  });

  test('goes on from a snapshot as if nothing had happened', async () => {
    const config = { strategy: 'periodic', periodicWatermark: '(w) => w.maxTimestamp', period: 'processing-time', idleAfterMs: 100 };
    const story = async (restartAt: number): Promise<unknown> => {
      let assigner = await opened(config, 20, 2);
      const out: unknown[] = [];
      for (const position of [0, 1, 30, 32, 90, 140, 142, 143, 300, 301]) {
        if (position === restartAt) {
          out.push(...seen(assigner), ...assigner.statuses);
          assigner = await (await opened(config, 20, 2)).open(assigner.snapshot());
        }
        arrive(assigner, position, position * 10);
      }
      return [...out, ...seen(assigner), ...assigner.statuses].filter((one) => typeof one !== 'object');
    };
    const whole = await story(-1);
    for (const restartAt of [1, 32, 140, 143, 301]) expect(await story(restartAt)).toEqual(whole);
  });
});

test('idleness and watermarks from upstream end here, in both operators', async () => {
  for (const config of [{}, { strategy: 'none' }]) {
    const assigner = await opened(config);
    assigner.operator.processWatermarkStatus?.(true, 0);
    expect([assigner.operator.processWatermarkStatus === undefined, assigner.statuses]).toEqual([false, []]);
  }
});

test('the columnar operator of the built-in strategies agrees with the general one', async () => {
  const general: typeof timestampsAndWatermarks = {
    ...timestampsAndWatermarks,
    load: () => Promise.resolve({ create: (config, setup) => new WatermarkStrategyOperator(config, setup) }),
  };
  const timestamps = fc.array(fc.option(fc.integer({ min: -100, max: 400 }), { freq: 8 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      timestamps,
      fc.constantFrom(0, 1, 50),
      fc.constantFrom('ascending', 'bounded-out-of-orderness'),
      async (ts, interval, strategy) => {
        const config = { timestampField: 't', maxOutOfOrdernessMs: 10, strategy, onError: 'skip' };
        const inputs = [{ schema: SCHEMA, key: null, eventTime: false }];
        const outputs: unknown[] = [];
        for (const [definition, mode] of [
          [general, 'row'],
          [timestampsAndWatermarks, 'row'],
          [timestampsAndWatermarks, 'batch'],
        ] as const) {
          const harness = await new OperatorTestHarness({ definition, config, inputs, mode, autoWatermarkIntervalMs: interval }).open();
          for (const t of ts) harness.processElement({ t });
          outputs.push([harness.drain(), harness.problems]);
        }
        expect(outputs[1]).toEqual(outputs[0]);
        expect(outputs[2]).toEqual(outputs[0]);
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});
