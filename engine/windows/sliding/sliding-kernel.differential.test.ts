import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, Row } from '../../batch/schema.ts';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import type { StreamShape } from '../../operators/definition.ts';
import { slidingWindow } from '../../operators/sliding-window/definition.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { Emitted, ReportedProblem } from '../../testing/operator-test-harness.ts';
import { NOT_PENDING, panesOf } from '../window-snapshot.ts';

/** Sliding windows of slices: the same as the specification, to the bit, wherever batches are cut and snapshots are taken, also when slices turn out to be no good. */

const KEY_TYPES = ['string', 'int', 'double', 'boolean'] as const;
type KeyType = (typeof KEY_TYPES)[number];

type Step =
  | { readonly kind: 'record'; readonly key: number; readonly timestamp: number; readonly v: number; readonly w: number | null }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'restore'; readonly into: 'row' | 'batch' };

interface Scenario {
  readonly keyType: KeyType;
  /** How many slides a window is long. */
  readonly span: number;
  readonly slide: number;
  readonly offset: number;
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

/** What comes up in one story: whether sums are exact, and how far records are from each other. */
interface Weather {
  readonly isExact: boolean;
  readonly maxKeys: number;
  /** How far timestamps are behind and ahead of the story. */
  readonly behind: number;
  readonly ahead: number;
  /** Records that are years ahead. */
  readonly leaps: boolean;
}

function stepsOf({ isExact, maxKeys, behind, ahead, leaps }: Weather): fc.Arbitrary<readonly Step[]> {
  const exact = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.5, -1 / 1024, 3 / 2 ** 20));
  const value = isExact
    ? exact
    : fc.oneof({ arbitrary: exact, weight: 30 }, { arbitrary: fc.constantFrom(0.1, -0, Number.NaN, 1e300), weight: 1 });
  const timestamp = fc.integer({ min: -behind, max: ahead });
  const record = fc.record({
    kind: fc.constant('record' as const),
    key: fc.nat(maxKeys),
    timestamp: leaps
      ? fc.oneof({ arbitrary: timestamp, weight: 40 }, { arbitrary: fc.constantFrom(5000, 10 ** 13), weight: 1 })
      : timestamp,
    v: value,
    w: fc.option(fc.integer({ min: -9, max: 9 })),
  });
  const watermark = fc.record({ kind: fc.constant('watermark' as const), watermark: fc.integer({ min: -behind - 5, max: 5 }) });
  const restore = fc.record({ kind: fc.constant('restore' as const), into: fc.constantFrom('row' as const, 'batch' as const) });
  const step = fc.oneof(
    { arbitrary: record, weight: 20 },
    { arbitrary: watermark, weight: 5 },
    { arbitrary: fc.constant({ kind: 'cut' as const }), weight: 3 },
    { arbitrary: restore, weight: 1 },
  );
  return fc.array(step, { maxLength: 200 });
}

function scenarioOf(isExact: boolean): fc.Arbitrary<Scenario> {
  const weather = fc.record({
    isExact: fc.constant(isExact),
    maxKeys: fc.constantFrom(0, 3, 40),
    behind: fc.constantFrom(0, 4, 20, 60),
    ahead: fc.constantFrom(1, 12, 80),
    leaps: fc.boolean(),
  });
  return fc
    .record({
      keyType: fc.constantFrom(...KEY_TYPES),
      span: fc.constantFrom(2, 3, 5, 12),
      slide: fc.constantFrom(1, 2, 5),
      offset: fc.constantFrom(0, 0, 3, -4),
      lateData: fc.constantFrom('drop', 'side-output'),
      steps: weather.chain(stepsOf),
    })
    .map((story) => ({ ...story, offset: Math.abs(story.offset) < story.slide ? story.offset : 0 }));
}

type Harness = OperatorTestHarness<typeof slidingWindow.fields>;

interface Outcome {
  readonly emitted: readonly Emitted[];
  readonly problems: readonly ReportedProblem[];
  readonly snapshots: readonly unknown[];
}

/** Time drifts upwards along the scenario, so that windows open, fire and expire; watermarks jitter and sometimes go back. */
async function run(story: Scenario, mode: 'row' | 'batch', followRestores: boolean): Promise<Outcome> {
  const open = (how: 'row' | 'batch', snapshot?: KeyedStateSnapshot): Promise<Harness> =>
    new OperatorTestHarness({ definition: slidingWindow, ...options, mode: how }).open(snapshot);
  const options = {
    inputs: [inputOf(story.keyType)],
    config: {
      size: story.span * story.slide,
      slide: story.slide,
      offset: story.offset,
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

describe.each([true, false])('row path and sliding kernel, exact sums: %s', (isExact) => {
  test('emit the same, report the same and hold the same state', async () => {
    await fc.assert(
      fc.asyncProperty(scenarioOf(isExact), async (story) => {
        expect(await run(story, 'batch', false)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 300 },
    );
  });

  test('restore from each other', async () => {
    await fc.assert(
      fc.asyncProperty(scenarioOf(isExact), async (story) => {
        expect(await run(story, 'batch', true)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 300 },
    );
  });
});
