import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withWatermarks } from './window-stories.ts';
import type { Outcome, Path, Step } from './window-stories.ts';

/** @param followRestores The operator is replaced by one of the other path whenever the story restores it. */
export type TellByPath<S> = (story: S, path: Path, followRestores: boolean) => Promise<Outcome>;

interface Agreement<S> {
  readonly stories: fc.Arbitrary<S>;
  readonly run: TellByPath<S>;
  readonly numRuns: number;
  /** The kernel takes over from the row path, and gives back to it, in the middle of a story. */
  readonly restored?: boolean;
}

/** The kernel of a window operator does exactly what its row path does: what is emitted, what is reported, what is kept. */
export async function expectPathsToAgree<S>({ stories, run, numRuns, restored = false }: Agreement<S>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      expect(await run(story, 'batch', restored)).toEqual(await run(story, 'row', false));
    }),
    { numRuns },
  );
}

/** The tests of a window operator that has both paths. */
export function testBothPaths<S extends { readonly steps: readonly Step[] }>(stories: fc.Arbitrary<S>, run: TellByPath<S>): void {
  test('emit the same, report the same and hold the same state', () => expectPathsToAgree({ stories, run, numRuns: 400 }));

  test('restore from each other', () => expectPathsToAgree({ stories, run, numRuns: 200, restored: true }));

  test('with a watermark after every record', () => expectPathsToAgree({ stories: stories.map(withWatermarks), run, numRuns: 100 }));
}
