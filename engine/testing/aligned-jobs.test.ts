import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import type { WindowKeyGroupSnapshot } from '../windows/window-snapshot.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterRun } from './mini-cluster.ts';
import { runShuffled } from './shuffled-cluster.ts';

const lookup: DefinitionLookup = definitionOf;

type Json = Readonly<Record<string, unknown>>;

/** A generator whose record n happened at n · stepMs. */
interface Stream {
  readonly count: number;
  readonly stepMs: number;
  readonly splits?: number;
  /** Overrides of its watermark strategy. */
  readonly time?: Json;
}

const ALIGNED: Json = { alignmentGroup: 'readings', alignmentMaxDriftMs: 5000, alignmentUpdateIntervalMs: 1000 };

/** The streams → watermarks → union → key by → 10 s windows → table. Ten records arrive in a second. */
function pipeline(streams: readonly Stream[], alignment: Json, job: Json = {}): PipelineDocument {
  const nodes: Json[] = [
    { id: 'union', type: 'union' },
    { id: 'key', type: 'key-by', config: { columns: ['id'] } },
    {
      id: 'window',
      type: 'tumbling-window',
      config: {
        size: 10_000,
        aggregates: [
          { fn: 'count', column: '', as: 'count' },
          { fn: 'sum', column: 'n', as: 'sum' },
        ],
      },
    },
    { id: 'table', type: 'table-sink' },
  ];
  const edges: Json[] = [
    { id: 'union-key', source: 'union', target: 'key' },
    { id: 'key-window', source: 'key', target: 'window' },
    { id: 'window-table', source: 'window', target: 'table' },
  ];
  for (const [i, { count, stepMs, splits = 1, time = {} }] of streams.entries()) {
    const generator = `(ctx) => ({ id: 'k' + (ctx.n % 3), timestamp: ctx.n * ${stepMs}, n: ctx.n })`;
    nodes.push({ id: `source${i}`, type: 'custom-source', config: { generator, count, splits, recordsPerSecond: 10 } });
    const config = { timestampField: 'timestamp', strategy: 'ascending', ...alignment, ...time };
    nodes.push({ id: `time${i}`, type: 'timestamps-and-watermarks', config });
    edges.push({ id: `source${i}-time`, source: `source${i}`, target: `time${i}` });
    edges.push({ id: `time${i}-union`, source: `time${i}`, target: 'union' });
  }
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'aligned',
    job: { name: 'Aligned', ...job },
    nodes: nodes.map((node) => ({ config: {}, position: { x: 0, y: 0 }, ...node })),
    edges,
  });
}

/** Two minutes each: the fast one has a record every second, the slow one ten. */
const FAST: Stream = { count: 120, stepMs: 1000 };
const SLOW: Stream = { count: 1200, stepMs: 100 };

const run = (document: PipelineDocument, more: Partial<MiniClusterRun> = {}) => runOnMiniCluster({ document, lookup, ...more });

const sorted = (rows: readonly unknown[] | undefined): string[] => (rows ?? []).map((row) => JSON.stringify(row)).toSorted();

/** Windows that have contents, over all keys. */
function openWindows(snapshot: JobSnapshot): number {
  const groups = (snapshot.operators['window']?.subtasks ?? []).flatMap(({ state }) => [...(state?.keyGroups.values() ?? [])]);
  const entries = groups.flatMap((group) => (group as WindowKeyGroupSnapshot[]).flatMap(({ state }) => state));
  return entries.reduce((sum, [, , states]) => sum + states.reduce((cells, [, , of]) => cells + of.length, 0), 0);
}

async function mostOpenWindows(document: PipelineDocument): Promise<number> {
  let most = 0;
  for (let records = 100; records < 1320; records += 120) {
    const { snapshot } = await run(document, { snapshotAfterRecords: records });
    if (snapshot !== null) most = Math.max(most, openWindows(snapshot.state));
  }
  return most;
}

describe('a fast and a slow source of one group', () => {
  it('give the results they give without alignment, with a fraction of the state', async () => {
    const [alone, aligned] = [pipeline([FAST, SLOW], {}), pipeline([FAST, SLOW], ALIGNED)];
    const [unaligned, together] = [await run(alone), await run(aligned)];
    expect(sorted(together.rows['table'])).toEqual(sorted(unaligned.rows['table']));
    expect(together.rows['table']).toHaveLength(36);
    expect([together.summary?.lateRecords, together.summary?.recordsRead]).toEqual([0, 1320]);
    // Three keys: the window of the slow source, the next one for the drift of 5 s and the second of a round.
    expect([await mostOpenWindows(alone), await mostOpenWindows(aligned)]).toEqual([30, 6]);
  }, 30_000);

  it('are the same step by step, on the row path, and wherever they are interrupted', async () => {
    const document = pipeline([FAST, SLOW], ALIGNED);
    const { rows, summary } = await run(document);
    for (const more of [{ stepRecords: 1 }, { stepRecords: 17 }, { fused: false }]) {
      const again = await run(document, more);
      expect([again.rows, again.summary]).toEqual([rows, summary]);
    }
    for (const snapshotAfterRecords of [0, 1, 60, 333, 900, 1310]) {
      const { snapshot } = await run(document, { snapshotAfterRecords });
      const restored = await run(document, { restoreFrom: structuredClone(snapshot?.state) as JobSnapshot });
      expect(restored.summary).toEqual(summary);
    }
  }, 30_000);

  it('are the same at any parallelism of what comes behind them', async () => {
    const document = pipeline([FAST, SLOW], ALIGNED);
    const { rows } = await run(document);
    for (const parallelism of [2, 3]) {
      const nodes = document.nodes.map((node) => (node.id === 'window' ? { ...node, parallelism } : node));
      expect(sorted((await run({ ...document, nodes })).rows['table'])).toEqual(sorted(rows['table']));
    }
  });
});

it('a source that has ended holds nobody back', async () => {
  const { rows, summary } = await run(pipeline([FAST, { count: 10, stepMs: 100 }], ALIGNED));
  expect([summary?.recordsRead, rows['table']?.length]).toEqual([130, 36]);
});

it('a source without watermarks yet holds nobody back', async () => {
  const silent = { count: 120, stepMs: 0, time: { strategy: 'punctuated', punctuatedWatermark: '(r) => null' } };
  expect((await run(pipeline([FAST, silent], ALIGNED))).summary?.recordsRead).toBe(240);
});

it('a snapshot of an aligned source is not restored into one that belongs to no group', async () => {
  const { snapshot } = await run(pipeline([FAST, SLOW], ALIGNED), { snapshotAfterRecords: 60 });
  const { error } = await run(pipeline([FAST, SLOW], {}), { restoreFrom: snapshot?.state as JobSnapshot });
  expect(error?.message).toBe(
    'Custom generator was in a watermark alignment group when the snapshot was taken, and its records have other positions since. Put it back into a group, or start the job without the snapshot.',
  );
});

it('the splits of an aligned source are dealt out again only while all of them stand at the same position', async () => {
  const split: Stream = { ...FAST, splits: 2 };
  const at = (parallelism: number): PipelineDocument => pipeline([split, SLOW], ALIGNED, { parallelism });
  const restoredAfter = async (snapshotAfterRecords: number) => {
    const { snapshot } = await run(at(2), { snapshotAfterRecords });
    return await run(at(1), { restoreFrom: snapshot?.state as JobSnapshot });
  };
  // Neither subtask has gone on from a pause yet.
  expect((await restoredAfter(31)).summary?.recordsRead).toBe(1320);
  expect((await restoredAfter(57)).error).toMatchObject({
    code: 'snapshot-aligned-splits',
    message:
      'Custom generator: watermark alignment had paused some subtasks of this source and not others, so its splits can only go on at a parallelism of 2. Set it back, or start the job without the snapshot.',
  });
});

const stream = fc.record({
  count: fc.integer({ min: 1, max: 120 }),
  stepMs: fc.constantFrom(50, 300, 1000, 7000),
  splits: fc.constantFrom(1, 1, 2, 3),
  time: fc.constantFrom<Json>(
    {},
    { strategy: 'bounded-out-of-orderness', maxOutOfOrdernessMs: 2000 },
    { period: 'processing-time' },
    { idleAfterMs: 700 },
    { perSplit: false },
  ),
});
const settings = fc.record({
  streams: fc.array(stream, { minLength: 1, maxLength: 3 }),
  alignment: fc.record({
    alignmentGroup: fc.constant('g'),
    alignmentMaxDriftMs: fc.constantFrom(0, 900, 5000, 60_000),
    alignmentUpdateIntervalMs: fc.constantFrom(1, 300, 1000, 10_000),
  }),
  autoWatermarkIntervalMs: fc.constantFrom(0, 200),
  parallelism: fc.constantFrom(1, 1, 2),
});

describe('any group of sources', () => {
  it('runs the same however it is stepped and interrupted, and reads every record', async () => {
    await fc.assert(
      fc.asyncProperty(settings, fc.nat({ max: 300 }), async ({ streams, alignment, ...job }, snapshotAfterRecords) => {
        const document = pipeline(streams, alignment, job);
        const whole = await run(document);
        expect(whole.summary?.recordsRead).toBe(streams.reduce((sum, { count }) => sum + count, 0));
        for (const more of [{ stepRecords: 1 }, { stepRecords: 5 }, { fused: false }]) {
          expect((await run(document, more)).summary).toEqual(whole.summary);
        }
        const { snapshot } = await run(document, { snapshotAfterRecords });
        if (snapshot !== null) expect((await run(document, { restoreFrom: snapshot.state })).summary).toEqual(whole.summary);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('whichever subtask is next', () => {
  it('a group of sources gives the same records at the same positions, also from a checkpoint on', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.record({ seed: fc.nat(), turn: fc.nat({ max: 120 }), mode: fc.constantFrom('aligned' as const, 'unaligned' as const) }),
        async ({ streams, alignment, ...job }, { seed, turn, mode }) => {
          const shuffled = { document: pipeline(streams, alignment, job), lookup, data: {} };
          const whole = await runShuffled({ ...shuffled, seed: 1 });
          const other = await runShuffled({ ...shuffled, seed, checkpoints: [{ turn, mode }] });
          expect([other.delivered, other.counters]).toEqual([whole.delivered, whole.counters]);
          const snapshot = other.checkpoints[0]?.snapshot;
          if (snapshot === undefined) return;
          const restored = await runShuffled({ ...shuffled, seed: seed + 1, restoreFrom: snapshot });
          expect(restored.counters).toEqual(whole.counters);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

describe('a document', () => {
  const problemsOf = (document: PipelineDocument) =>
    analyzeDocument(document, lookup).problems.map(({ nodeId, field, code }) => ({ nodeId, field, code }));

  it('is refused where there is no source to pause', () => {
    const document = pipeline([FAST, SLOW], ALIGNED);
    const nodes = document.nodes.map((node) => (node.id === 'time1' ? { ...node, chaining: 'never' as const } : node));
    expect(problemsOf({ ...document, nodes })).toEqual([{ nodeId: 'time1', field: 'alignmentGroup', code: 'alignment-without-source' }]);
  });

  it('is refused where the members of a group disagree', () => {
    const document = pipeline([FAST, { ...SLOW, time: { alignmentMaxDriftMs: 1 } }], ALIGNED);
    expect(problemsOf(document)).toEqual([{ nodeId: 'time1', field: 'alignmentGroup', code: 'alignment-differs' }]);
  });
});
