import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { AGGREGATES, inputOf, KEY_TYPES, normalPanes, tellStory, weatherSteps, withWatermarks } from '../../testing/window-stories.ts';
import type { KeyType, Outcome, Path, Step, StoryOperator } from '../../testing/window-stories.ts';
import { PaneWindowOperator } from '../../windows/pane-window-operator.ts';
import { tumblingWindow } from './definition.ts';

/** The columnar kernel must do exactly what the specification does, wherever batches are cut and snapshots are taken. */

interface Scenario {
  readonly keyType: KeyType;
  readonly size: number;
  readonly offset: number;
  readonly allowedLateness: number;
  readonly lateData: string;
  readonly steps: readonly Step[];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  keyType: fc.constantFrom(...KEY_TYPES),
  size: fc.constantFrom(1, 7, 10, 25),
  offset: fc.constantFrom(0, 0, 3, -4),
  allowedLateness: fc.constantFrom(0, 0, 5, 30),
  lateData: fc.constantFrom('drop', 'side-output'),
  steps: fc.oneof(weatherSteps(3, false), weatherSteps(40, false)),
});

function run(story: Scenario, path: Path, followRestores: boolean): Promise<Outcome> {
  const { keyType, size, allowedLateness, lateData } = story;
  const offset = Math.abs(story.offset) < size ? story.offset : 0;
  const options = { inputs: [inputOf(keyType)], config: { size, offset, allowedLateness, lateData, aggregates: AGGREGATES } };
  const open: StoryOperator['open'] = (mode, snapshot) =>
    new OperatorTestHarness({ definition: tumblingWindow, ...options, mode }).open(snapshot);
  return tellStory(story, { open, normal: normalPanes }, path, followRestores);
}

describe('row path and pane kernel', () => {
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
    const harness = await new OperatorTestHarness({ definition: tumblingWindow, inputs: [inputOf('string')], mode: 'batch' }).open();
    expect(harness.operator).toBeInstanceOf(PaneWindowOperator);
  });
});
