import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cumulatingWindow } from '../operators/cumulating-window/definition.ts';
import { slidingWindow } from '../operators/sliding-window/definition.ts';
import { OperatorTestHarness } from '../testing/operator-test-harness.ts';
import type { HarnessOptions } from '../testing/operator-test-harness.ts';
import { AGGREGATES, inputOf, KEY_TYPES, normalPanes, tellStory, weatherSteps, withWatermarks } from '../testing/window-stories.ts';
import type { KeyType, Outcome, Path, Step, StoryOperator } from '../testing/window-stories.ts';
import { PaneWindowOperator } from './pane-window-operator.ts';

/** Windows that overlap: the columnar kernel must do exactly what the specification does, to the bit, wherever batches are cut and snapshots are taken. */

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
    steps: fc.oneof(weatherSteps(3, false), weatherSteps(40, false), weatherSteps(2, true), weatherSteps(40, true)),
  })
  .map(({ shape: windows, offset, ...rest }) => ({ ...windows, ...rest, offset: Math.abs(offset) < windows.slide ? offset : 0 }));

type Harness = OperatorTestHarness<typeof slidingWindow.fields> | OperatorTestHarness<typeof cumulatingWindow.fields>;

function harnessOf(windows: Scenario['windows'], options: Omit<HarnessOptions<never>, 'definition'>): Harness {
  return windows === 'sliding'
    ? new OperatorTestHarness({ ...options, definition: slidingWindow })
    : new OperatorTestHarness({ ...options, definition: cumulatingWindow });
}

function run(story: Scenario, path: Path, followRestores: boolean): Promise<Outcome> {
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
  const open: StoryOperator['open'] = (mode, snapshot) => harnessOf(story.windows, { ...options, mode }).open(snapshot);
  return tellStory(story, { open, normal: normalPanes }, path, followRestores);
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
    await fc.assert(
      fc.asyncProperty(scenario.map(withWatermarks), async (story) => {
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
