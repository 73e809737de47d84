import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionWindow } from '../../operators/session-window/definition.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { AGGREGATES, inputOf, KEY_TYPES, tellStory, weatherSteps, withWatermarks } from '../../testing/window-stories.ts';
import type { KeyType, Outcome, Path, Step, StoryOperator } from '../../testing/window-stories.ts';
import type { KernelWindowOperator } from '../kernel-window-operator.ts';
import { NOT_PENDING } from '../window-snapshot.ts';
import { SessionKernel } from './session-kernel.ts';
import { sessionsOf } from './session-snapshot.ts';

/** Sessions: the columnar kernel must do exactly what the specification does, to the bit, wherever batches are cut and snapshots are taken. */

interface Scenario {
  readonly keyType: KeyType;
  readonly gap: number;
  readonly allowedLateness: number;
  readonly lateData: string;
  readonly steps: readonly Step[];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  gap: fc.constantFrom(1, 2, 4, 7, 15),
  keyType: fc.constantFrom(...KEY_TYPES),
  allowedLateness: fc.constantFrom(0, 0, 5, 30),
  lateData: fc.constantFrom('drop', 'side-output'),
  steps: fc.oneof(weatherSteps(1, false), weatherSteps(5, false), weatherSteps(40, false), weatherSteps(2, true), weatherSteps(15, true)),
});

function run(story: Scenario, path: Path, followRestores: boolean): Promise<Outcome> {
  const { keyType, gap, allowedLateness, lateData } = story;
  const options = { inputs: [inputOf(keyType)], config: { gap, allowedLateness, lateData, aggregates: AGGREGATES } };
  const open: StoryOperator['open'] = (mode, snapshot) =>
    new OperatorTestHarness({ definition: sessionWindow, ...options, mode }).open(snapshot);
  return tellStory(story, { open, normal }, path, followRestores);
}

/** Order of keys in a snapshot is free, and orders of timers may have gaps; what counts is in which order the sessions that end together wait. */
function normal(snapshot: KeyedStateSnapshot): unknown {
  const waiting = new Map<number, number>();
  return sessionsOf(snapshot)
    .map((session) => {
      const order = waiting.get(session.end) ?? 0;
      if (session.order === NOT_PENDING) return session;
      waiting.set(session.end, order + 1);
      return { ...session, order };
    })
    .toSorted((a, b) => a.end - b.end || (String(a.key) < String(b.key) ? -1 : 1));
}

describe('row path and session kernel', () => {
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
    const harness = await new OperatorTestHarness({ definition: sessionWindow, inputs: [inputOf('string')], mode: 'batch' }).open();
    expect((harness.operator as KernelWindowOperator<SessionKernel>).kernel).toBeInstanceOf(SessionKernel);
  });
});
