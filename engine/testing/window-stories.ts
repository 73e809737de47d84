import fc from 'fast-check';
import type { Field, Row } from '../batch/schema.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import type { StreamShape } from '../operators/definition.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { NOT_PENDING, panesOf } from '../windows/window-snapshot.ts';
import type { Emitted, ReportedProblem } from './operator-test-harness.ts';

/** Random stories for window operators that have two paths: both must do exactly the same, to the bit, wherever batches are cut and snapshots are taken. */

export const KEY_TYPES = ['string', 'int', 'double', 'boolean'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export type Path = 'row' | 'batch';

export type Step =
  | { readonly kind: 'record'; readonly key: number; readonly timestamp: number; readonly v: number; readonly w: number | null }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'restore'; readonly into: Path };

/** Of the fields of `inputOf`. */
export const AGGREGATES = [
  { fn: 'count', column: '', as: 'n' },
  { fn: 'sum', column: 'v', as: 'sum_v' },
  { fn: 'avg', column: 'w', as: 'avg_w' },
  { fn: 'min', column: 'w', as: 'min_w' },
  { fn: 'max', column: 'v', as: 'max_v' },
  { fn: 'avg', column: 'v', as: 'avg_v' },
];

export function inputOf(keyType: KeyType): StreamShape {
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

/** Values whose sums are rounded, and such as no sum survives. */
export const ANY_VALUE: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.constantFrom(0.1, -0, Number.NaN, Number.POSITIVE_INFINITY),
);

/** What may come up; times are counted from how far the story has come. */
export interface StepChoices {
  readonly maxKeys: number;
  readonly timestamp: fc.Arbitrary<number>;
  readonly watermark: fc.Arbitrary<number>;
  readonly value: fc.Arbitrary<number>;
  readonly maxSteps: number;
  /** Records have a weight of 20. */
  readonly restoreWeight: number;
  /** Stories are long, and many records follow one another with nothing between them. */
  readonly isCrowded?: boolean;
}

export function stepsOf(choices: StepChoices): fc.Arbitrary<readonly Step[]> {
  const { maxKeys, timestamp, watermark, value, maxSteps, restoreWeight, isCrowded = false } = choices;
  const record = fc.record({
    kind: fc.constant('record' as const),
    key: fc.nat(maxKeys),
    timestamp,
    v: value,
    w: fc.option(fc.integer({ min: -9, max: 9 })),
  });
  const step = fc.oneof(
    { arbitrary: record, weight: isCrowded ? 400 : 20 },
    { arbitrary: fc.record({ kind: fc.constant('watermark' as const), watermark }), weight: 5 },
    { arbitrary: fc.constant({ kind: 'cut' as const }), weight: 3 },
    {
      arbitrary: fc.record({ kind: fc.constant('restore' as const), into: fc.constantFrom<Path>('row', 'batch') }),
      weight: restoreWeight,
    },
  );
  return fc.array(step, { maxLength: maxSteps, ...(isCrowded ? { size: 'max' as const } : {}) });
}

/** Records nearly in order, so that most of them fit what is open (calm); otherwise everything is late for something. */
export function weatherSteps(maxKeys: number, isCalm: boolean): fc.Arbitrary<readonly Step[]> {
  return stepsOf({
    maxKeys,
    timestamp: isCalm ? fc.integer({ min: -4, max: 12 }) : fc.integer({ min: -20, max: 15 }),
    watermark: isCalm ? fc.integer({ min: -6, max: 6 }) : fc.integer({ min: -15, max: 5 }),
    value: ANY_VALUE,
    maxSteps: 150,
    restoreWeight: 2,
  });
}

/** The same story with a watermark after every record. */
export function withWatermarks<T extends { readonly steps: readonly Step[] }>(story: T): T {
  const steps = story.steps.flatMap((step): Step[] =>
    step.kind === 'record' ? [step, { kind: 'watermark', watermark: step.v === 0.1 ? 5 : -10 }] : [step],
  );
  return { ...story, steps };
}

/** What a story needs of a harness, whatever its operator. */
interface StoryHarness {
  readonly problems: readonly ReportedProblem[];
  processElement(record: Row, timestamp: number, origin: number): unknown;
  processWatermark(watermark: number, origin: number): unknown;
  flush(): unknown;
  drain(): readonly Emitted[];
  snapshot(): KeyedStateSnapshot;
  finish(): unknown;
  close(): unknown;
}

export interface StoryOperator {
  open(path: Path, snapshot?: KeyedStateSnapshot): Promise<StoryHarness>;
  /** Without what two equal states may differ in. */
  normal(snapshot: KeyedStateSnapshot): unknown;
}

export interface Outcome {
  readonly emitted: readonly Emitted[];
  readonly problems: readonly ReportedProblem[];
  readonly snapshots: readonly unknown[];
}

/**
 * Time drifts upwards along the story, so that windows open, fire and expire; watermarks jitter and sometimes go back.
 * @param followRestores Restores change the path as the story says; otherwise it stays the same.
 */
export async function tellStory(
  { keyType, steps }: { readonly keyType: KeyType; readonly steps: readonly Step[] },
  { open, normal }: StoryOperator,
  path: Path,
  followRestores: boolean,
): Promise<Outcome> {
  const emitted: Emitted[] = [];
  const problems: ReportedProblem[] = [];
  const snapshots: unknown[] = [];
  let harness = await open(path);
  const collect = (): void => {
    emitted.push(...harness.drain());
    problems.push(...harness.problems);
  };
  let position = 0;
  let watermark = -100;
  for (const step of steps) {
    position++;
    const time = Math.floor(position / 2);
    if (step.kind === 'record') {
      const record: Row = { k: keyOf(keyType, step.key), v: step.v, w: step.w };
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
      harness = await open(followRestores ? step.into : path, snapshot);
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
export function normalPanes(snapshot: KeyedStateSnapshot): unknown {
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
