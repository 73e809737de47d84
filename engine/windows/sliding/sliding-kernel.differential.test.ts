import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slidingWindow } from '../../operators/sliding-window/definition.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { AGGREGATES, inputOf, KEY_TYPES, normalPanes, stepsOf, tellStory } from '../../testing/window-stories.ts';
import type { KeyType, Outcome, Path, Step, StoryOperator } from '../../testing/window-stories.ts';

/** Sliding windows of slices: the same as the specification, to the bit, wherever batches are cut and snapshots are taken, also when slices turn out to be no good. */

interface Scenario {
  readonly keyType: KeyType;
  /** How many slides a window is long. */
  readonly span: number;
  readonly slide: number;
  readonly offset: number;
  readonly lateData: string;
  readonly steps: readonly Step[];
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
  readonly isCrowded: boolean;
}

function weatherSteps({ isExact, maxKeys, behind, ahead, leaps, isCrowded }: Weather): fc.Arbitrary<readonly Step[]> {
  const exact = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.5, -1 / 1024, 3 / 2 ** 20));
  const rounded = fc.oneof({ arbitrary: exact, weight: 30 }, { arbitrary: fc.constantFrom(0.1, -0, Number.NaN, 1e300), weight: 1 });
  const near = fc.integer({ min: -behind, max: ahead });
  const leaping = fc.oneof({ arbitrary: near, weight: 40 }, { arbitrary: fc.constantFrom(5000, 10 ** 13), weight: 1 });
  return stepsOf({
    maxKeys,
    timestamp: leaps ? leaping : near,
    watermark: fc.integer({ min: -behind - 5, max: 5 }),
    value: isExact ? exact : rounded,
    maxSteps: 200,
    restoreWeight: 1,
    isCrowded,
  });
}

function scenarioOf(isExact: boolean, isCrowded = false): fc.Arbitrary<Scenario> {
  const weather = fc.record({
    isExact: fc.constant(isExact),
    maxKeys: isCrowded ? fc.constant(40) : fc.constantFrom(0, 3, 40),
    behind: fc.constantFrom(0, 4, 20, 60),
    ahead: fc.constantFrom(1, 12, 80),
    leaps: fc.boolean(),
    isCrowded: fc.constant(isCrowded),
  });
  return fc
    .record({
      keyType: fc.constantFrom(...KEY_TYPES),
      span: fc.constantFrom(2, 3, 5, 12),
      slide: isCrowded ? fc.constantFrom(20, 60) : fc.constantFrom(1, 2, 5),
      offset: fc.constantFrom(0, 0, 3, -4),
      lateData: fc.constantFrom('drop', 'side-output'),
      steps: weather.chain(weatherSteps),
    })
    .map((story) => ({ ...story, offset: Math.abs(story.offset) < story.slide ? story.offset : 0 }));
}

function run(story: Scenario, path: Path, followRestores: boolean): Promise<Outcome> {
  const { keyType, span, slide, offset, lateData } = story;
  const options = { inputs: [inputOf(keyType)], config: { size: span * slide, slide, offset, lateData, aggregates: AGGREGATES } };
  const open: StoryOperator['open'] = (mode, snapshot) =>
    new OperatorTestHarness({ definition: slidingWindow, ...options, mode }).open(snapshot);
  return tellStory(story, { open, normal: normalPanes }, path, followRestores);
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

  test('do so with many records in one go', async () => {
    await fc.assert(
      fc.asyncProperty(scenarioOf(isExact, true), async (story) => {
        expect(await run(story, 'batch', true)).toEqual(await run(story, 'row', false));
      }),
      { numRuns: 50 },
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
