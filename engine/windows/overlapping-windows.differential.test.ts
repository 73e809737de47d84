import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, Row } from '../batch/schema.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import { cumulatingWindow } from '../operators/cumulating-window/definition.ts';
import type { StreamShape } from '../operators/definition.ts';
import { slidingWindow } from '../operators/sliding-window/definition.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { OperatorTestHarness } from '../testing/operator-test-harness.ts';
import type { Emitted, HarnessOptions, ReportedProblem } from '../testing/operator-test-harness.ts';
import { PaneWindowOperator } from './pane-window-operator.ts';
import { NOT_PENDING, panesOf } from './window-snapshot.ts';

/** Windows that overlap: the columnar kernel must do exactly what the specification does, to the bit, wherever batches are cut and snapshots are taken. */

const KEY_TYPES = ['string', 'int', 'double', 'boolean'] as const;
type KeyType = (typeof KEY_TYPES)[number];

type Step =
  | { readonly kind: 'record'; readonly key: number; readonly timestamp: number; readonly v: number; readonly w: number | null }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'restore'; readonly into: 'row' | 'batch' };

interface Scenario {
  readonly keyType: KeyType;
  readonly windows: 'sliding' | 'cumulating';
  readonly size: number;
  /** Of cumulating windows: the step. */
  readonly slide: number;
  readonly offset: number;
  readonly allowedLateness: number;
  readonly lateData: string;
  readonly steps: readonly Step[];
}

const AGGREGATES = [
  { fn: 'count', column: '', as: 'n' },
  { fn: 'sum', column: 'v', as: 'sum_v' },
  { fn: 'avg', column: 'w', as: 'avg_w' },
  { fn: 'min', column: 'w', as: 'min_w' },
  { fn: 'max', column: 'v', as: 'max_v' },
  { fn: 'avg', column: 'v', as: 'avg_v' },
];

function inputOf(keyType: KeyType): StreamShape {
  const fields: Field[] = [
    { name: 'k', type: keyType },
    { name: 'v', type: 'double' },
    { name: 'w', type: 'int', nullable: true },
  ];
  return { schema: { fields }, key: { kind: 'fields', fields: ['k'] }, eventTime: true };
}

function keyOf(keyType: KeyType, n: number): unknown {
  if (keyType === 'string') return `key${n}`;
  if (keyType === 'boolean') return n % 2 === 0;
  return keyType === 'int' ? n - 5 : n / 3;
}

/** `isCalm`: records come nearly in order, so that long stretches of them are ready; otherwise everything is late for something. */
function stepsOf(maxKeys: number, isCalm: boolean): fc.Arbitrary<readonly Step[]> {
  const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY));
  const record = fc.record({
    kind: fc.constant('record' as const),
    key: fc.nat(maxKeys),
    timestamp: isCalm ? fc.integer({ min: -4, max: 12 }) : fc.integer({ min: -20, max: 15 }),
    v: value,
    w: fc.option(fc.integer({ min: -9, max: 9 })),
  });
  const watermark = fc.record({
    kind: fc.constant('watermark' as const),
    watermark: isCalm ? fc.integer({ min: -6, max: 6 }) : fc.integer({ min: -15, max: 5 }),
  });
  const restore = fc.record({ kind: fc.constant('restore' as const), into: fc.constantFrom('row' as const, 'batch' as const) });
  const step = fc.oneof(
    { arbitrary: record, weight: 20 },
    { arbitrary: watermark, weight: 5 },
    { arbitrary: fc.constant({ kind: 'cut' as const }), weight: 3 },
    { arbitrary: restore, weight: 2 },
  );
  return fc.array(step, { maxLength: 150 });
}

/** Sizes that are and are not a multiple of the slide, and slides with gaps between the windows. */
const shape = fc.oneof(
  fc.record({
    windows: fc.constant('sliding' as const),
    size: fc.constantFrom(1, 7, 10, 25),
    slide: fc.constantFrom(1, 2, 5, 6, 12),
  }),
  fc.record({ windows: fc.constant('cumulating' as const), size: fc.constantFrom(12, 24, 60), slide: fc.constantFrom(3, 4, 12) }),
);

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    shape,
    keyType: fc.constantFrom(...KEY_TYPES),
    offset: fc.constantFrom(0, 0, 3, -4),
    allowedLateness: fc.constantFrom(0, 0, 5, 30),
    lateData: fc.constantFrom('drop', 'side-output'),
    steps: fc.oneof(stepsOf(3, false), stepsOf(40, false), stepsOf(2, true), stepsOf(40, true)),
  })
  .map(({ shape: windows, offset, ...rest }) => ({ ...windows, ...rest, offset: Math.abs(offset) < windows.slide ? offset : 0 }));

type Harness = OperatorTestHarness<typeof slidingWindow.fields> | OperatorTestHarness<typeof cumulatingWindow.fields>;

function harnessOf(windows: Scenario['windows'], options: Omit<HarnessOptions<never>, 'definition'>): Harness {
  return windows === 'sliding'
    ? new OperatorTestHarness({ ...options, definition: slidingWindow })
    : new OperatorTestHarness({ ...options, definition: cumulatingWindow });
}

interface Outcome {
  readonly emitted: readonly Emitted[];
  readonly problems: readonly ReportedProblem[];
  readonly snapshots: readonly unknown[];
}

/** Time drifts upwards along the scenario, so that windows open, fire and expire; watermarks jitter and sometimes go back. */
async function run(story: Scenario, mode: 'row' | 'batch', followRestores: boolean): Promise<Outcome> {
  const open = (how: 'row' | 'batch', snapshot?: KeyedStateSnapshot): Promise<Harness> =>
    harnessOf(story.windows, { ...options, mode: how }).open(snapshot);
  const options = {
    inputs: [inputOf(story.keyType)],
    config: {
      ...(story.windows === 'sliding' ? { size: story.size, slide: story.slide } : { maxSize: story.size, step: story.slide }),
      offset: story.offset,
      allowedLateness: story.allowedLateness,
      lateData: story.lateData,
      aggregates: AGGREGATES,
    },
  };
  const emitted: Emitted[] = [];
  const problems: ReportedProblem[] = [];
  const snapshots: unknown[] = [];
  let harness = await open(mode);
  const collect = (): void => {
    emitted.push(...harness.drain());
    problems.push(...harness.problems);
  };
  let position = 0;
  let watermark = -100;
  for (const step of story.steps) {
    position++;
    const time = Math.floor(position / 2);
    if (step.kind === 'record') {
      const record: Row = { k: keyOf(story.keyType, step.key), v: step.v, w: step.w };
      harness.processElement(record, step.timestamp + time, originOf(position, 0));
    } else if (step.kind === 'watermark') {
      const next = step.watermark + time;
      if (next > watermark) harness.processWatermark((watermark = next), originOf(position, 0));
    } else if (step.kind === 'cut') harness.flush();
    else {
      const snapshot = harness.snapshot();
      collect();
      snapshots.push(normal(snapshot));
      harness.close();
      harness = await open(followRestores ? step.into : mode, snapshot);
      watermark = -100;
    }
  }
  harness.processWatermark(MAX_WATERMARK, originOf(position, 0));
  harness.finish();
  collect();
  snapshots.push(normal(harness.snapshot()));
  return { emitted, problems, snapshots };
}

/** Order of keys in a snapshot is free, and orders of timers may have gaps; what counts is in which order the panes of a window wait. */
function normal(snapshot: KeyedStateSnapshot): unknown {
  const waiting = new Map<number, number>();
  return panesOf(snapshot)
    .map(({ pendingRank, ...pane }) => {
      const rank = waiting.get(pane.windowEnd) ?? 0;
      if (pendingRank === NOT_PENDING) return { ...pane, rank: NOT_PENDING };
      waiting.set(pane.windowEnd, rank + 1);
      return { ...pane, rank };
    })
    .toSorted((a, b) => a.windowEnd - b.windowEnd || (String(a.key) < String(b.key) ? -1 : 1));
}

describe('row path and pane kernel, windows that overlap', () => {
  test('emit the same, report the same and hold the same state', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (story) => {
        expect(await run(story, 'batch', false)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 400 },
    );
  });

  test('restore from each other', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (story) => {
        expect(await run(story, 'batch', true)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 200 },
    );
  });

  test('with a watermark after every record', async () => {
    const everyRecord = scenario.map((story) => ({
      ...story,
      steps: story.steps.flatMap((step): Step[] =>
        step.kind === 'record' ? [step, { kind: 'watermark', watermark: step.v === 0.1 ? 5 : -10 }] : [step],
      ),
    }));
    await fc.assert(
      fc.asyncProperty(everyRecord, async (story) => {
        expect(await run(story, 'batch', false)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 100 },
    );
  });

  test('the batch mode of these tests is the kernel', async () => {
    for (const windows of ['sliding', 'cumulating'] as const) {
      // Sliding windows whose size is a multiple of the slide have a kernel of their own.
      const config = windows === 'sliding' ? { size: 25_000, slide: 10_000 } : {};
      const harness = await harnessOf(windows, { inputs: [inputOf('string')], mode: 'batch', config }).open();
      expect(harness.operator).toBeInstanceOf(PaneWindowOperator);
    }
  });
});
