import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import type { TimeWindow } from '../windows/time-window.ts';
import type { WindowKeyGroupSnapshot } from '../windows/window-snapshot.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';
import { csvOf, lines, node, pipeline, plain, settings } from './union-jobs.ts';
import type { Settings } from './union-jobs.ts';

const lookup: DefinitionLookup = definitionOf;

const csv = (input: readonly string[]): Uint8Array => new TextEncoder().encode(csvOf(input));

async function runJob(input: readonly string[], at: Settings, run: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  // The second file has every other line, so that it ends first.
  const data = { data1: csv(input), data2: csv(input.filter((_, i) => i % 2 === 0)) };
  const result = await runOnMiniCluster({ document: pipeline(at), lookup, data, ...run });
  expect(result.error).toBeNull();
  return result;
}

/** A number of records that the sources have. */
function within(number: number, input: readonly string[], { files, splits }: Settings): number {
  return number % (input.length + (files === 2 ? Math.ceil(input.length / 2) : 0) + (splits > 0 ? 120 : 0));
}

const byText = (rows: readonly unknown[] = []): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** What a run gives that stops at its snapshot, followed by what the restored one gives. */
function joined(before: Readonly<Record<string, readonly unknown[]>>, after: Readonly<Record<string, readonly unknown[]>>) {
  const sinks = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries([...sinks].sort().map((sink) => [sink, [...(before[sink] ?? []), ...(after[sink] ?? [])]]));
}

describe('a job restored from a snapshot', () => {
  it('goes on at the next record, with windows half full', async () => {
    const input = ['a,1000,20', 'b,2000,30', 'a,3000,25', 'a,9000,1', 'b,9500,2', 'a,15000,3'];
    const first = await runJob(input, plain, { snapshotAfterRecords: 2 });
    const { state, rows } = first.snapshot as NonNullable<typeof first.snapshot>;
    expect(rows).toEqual({});
    const restored = await runJob(input, plain, { restoreFrom: structuredClone(state) });
    expect(restored.rows['table']).toEqual(first.rows['table']);
    expect(byText(restored.rows['table'])).toEqual(
      byText([
        { id: 'a', window_start: 0, window_end: 5000, readings: 2, highest: 25 },
        { id: 'b', window_start: 0, window_end: 5000, readings: 1, highest: 30 },
        { id: 'a', window_start: 5000, window_end: 10_000, readings: 1, highest: 1 },
        { id: 'b', window_start: 5000, window_end: 10_000, readings: 1, highest: 2 },
        { id: 'a', window_start: 15_000, window_end: 20_000, readings: 1, highest: 3 },
      ]),
    );
    expect(restored.summary).toEqual(first.summary);
  });

  it('still knows how far event time had come: what would have been late is late', async () => {
    const input = ['a,1000,20', 'a,12000,30', 'a,2000,7'];
    const first = await runJob(input, plain, { snapshotAfterRecords: 2 });
    for (const parallelism of [1, 2, 3]) {
      const restored = await runJob(input, { ...plain, parallelism }, { restoreFrom: first.snapshot?.state as JobSnapshot });
      expect(restored.rows['late']).toEqual([{ id: 'a', timestamp: 2000, temperature: 7 }]);
    }
  });

  it('gives the same rows, problems and trace as an uninterrupted run, at the same parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(lines, settings, fc.nat({ max: 150 }), fc.boolean(), async (input, at, records, fused) => {
        const uninterrupted = await runJob(input, at);
        const first = await runJob(input, at, { snapshotAfterRecords: within(records, input, at), fused });
        // In which order rows of several sink subtasks meet is nobody's business; the trace hash has the order of each.
        const inOrder = (rows: readonly unknown[] = []): readonly unknown[] => (at.parallelism === 1 ? rows : byText(rows));
        for (const sink of ['table', 'late']) expect(inOrder(first.rows[sink])).toEqual(inOrder(uninterrupted.rows[sink]));
        expect(first.summary).toEqual(uninterrupted.summary);
        if (first.snapshot === null) return;
        const restored = await runJob(input, at, { restoreFrom: structuredClone(first.snapshot.state) });
        const all = joined(first.snapshot.rows, restored.rows);
        for (const sink of ['table', 'late']) expect(inOrder(all[sink])).toEqual(inOrder(uninterrupted.rows[sink]));
        expect(inOrder([...first.snapshot.problems, ...restored.problems])).toEqual(inOrder(uninterrupted.problems));
        expect(restored.summary).toEqual(uninterrupted.summary);
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  it('gives the same rows at any other parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(lines, settings, fc.nat({ max: 150 }), fc.integer({ min: 1, max: 5 }), async (input, at, records, parallelism) => {
        const uninterrupted = await runJob(input, at);
        const { snapshot } = await runJob(input, at, { snapshotAfterRecords: within(records, input, at) });
        if (snapshot === null) return;
        const restored = await runJob(input, { ...at, parallelism }, { restoreFrom: structuredClone(snapshot.state) });
        const all = joined(snapshot.rows, restored.rows);
        for (const sink of ['table', 'late']) expect(byText(all[sink])).toEqual(byText(uninterrupted.rows[sink]));
        expect(restored.summary).toEqual({ ...uninterrupted.summary, traceHash: restored.summary?.traceHash });
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  it('deals the splits of a generator out again, and loses and repeats none of their records', async () => {
    const onTime: Settings = { ...plain, files: 1, autoWatermarkIntervalMs: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.record({ splits: fc.integer({ min: 1, max: 6 }), from: fc.integer({ min: 1, max: 5 }), to: fc.integer({ min: 1, max: 5 }) }),
        fc.nat({ max: 120 }),
        async ({ splits, from, to }, records) => {
          const at = { ...onTime, splits, parallelism: from };
          const uninterrupted = await runJob([], at);
          const { snapshot } = await runJob([], at, { snapshotAfterRecords: records });
          if (snapshot === null) return;
          const restored = await runJob([], { ...at, parallelism: to }, { restoreFrom: snapshot.state });
          expect(byText(joined(snapshot.rows, restored.rows)['table'])).toEqual(byText(uninterrupted.rows['table']));
          expect(restored.summary?.recordsRead).toBe(uninterrupted.summary?.recordsRead);
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  it('can be restored from a snapshot of a restored run', async () => {
    await fc.assert(
      fc.asyncProperty(
        lines,
        settings,
        fc.array(fc.record({ records: fc.nat({ max: 40 }), parallelism: fc.integer({ min: 1, max: 5 }) }), { minLength: 2, maxLength: 4 }),
        async (input, at, hops) => {
          const uninterrupted = await runJob(input, at);
          let rows = {};
          let restoreFrom: JobSnapshot | undefined;
          for (const { records, parallelism } of hops) {
            const run = await runJob(input, { ...at, parallelism }, { snapshotAfterRecords: records, ...(restoreFrom && { restoreFrom }) });
            if (run.snapshot === null) break;
            rows = joined(rows, run.snapshot.rows);
            restoreFrom = run.snapshot.state;
          }
          rows = joined(rows, (await runJob(input, at, restoreFrom && { restoreFrom })).rows);
          for (const sink of ['table', 'late']) {
            expect(byText((rows as Record<string, readonly unknown[]>)[sink])).toEqual(byText(uninterrupted.rows[sink]));
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);
});

describe('a job with a split that is idle for a while', () => {
  // Split 1 is silent in the middle, and far behind when it comes back.
  const generator = `(ctx) => {
    if (ctx.split === 1 && ctx.n > 20 && ctx.n < 300) return null;
    return { id: 's' + ctx.split, timestamp: ctx.split === 1 ? ctx.n * 100 : ctx.n * 1000, temperature: ctx.n };
  }`;
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ];
  const job = (parallelism: number): PipelineDocument => {
    const document = pipeline({ ...plain, parallelism });
    const source = node('file1', 'custom-source', { generator, schema, count: 360, splits: 2, recordsPerSecond: 100 });
    const time = node('time1', 'timestamps-and-watermarks', { timestampField: 'timestamp', strategy: 'ascending', idleAfterMs: 500 });
    const nodes = document.nodes.map((one) => (one.id === 'file1' ? source : one.id === 'time1' ? time : one));
    return validateDocument({ ...document, nodes, data: [] });
  };

  it.each([1, 2, 3])('goes on from anywhere at parallelism %i, idle or not', async (parallelism) => {
    const run = { document: job(parallelism), lookup };
    const uninterrupted = await runOnMiniCluster(run);
    expect(uninterrupted.summary?.lateRecords).toBe(30);
    for (const records of [0, 9, 33, 60, 150, 165, 200]) {
      const { snapshot } = await runOnMiniCluster({ ...run, snapshotAfterRecords: records });
      const restored = await runOnMiniCluster({ ...run, restoreFrom: snapshot?.state as JobSnapshot });
      expect(restored.summary).toEqual(uninterrupted.summary);
    }
  });
});

describe('the state of a restored job', () => {
  /** Ends of the windows that have contents. */
  const windowEnds = (snapshot: JobSnapshot | undefined): number[] =>
    (snapshot?.operators['window']?.subtasks ?? []).flatMap(({ state }) =>
      [...(state?.keyGroups.values() ?? [])]
        .flatMap((entries) => (entries as WindowKeyGroupSnapshot[]).flatMap((group) => group.state))
        .flatMap(([, , states]) => states.flatMap(([, , cells]) => cells.map(([window]) => (window as TimeWindow).end))),
    );

  it('holds no window that has expired, whatever was restored', async () => {
    const input = Array.from({ length: 200 }, (_, i) => `key${i % 50},${i * 500},${i}`);
    const first = await runJob(input, plain, { snapshotAfterRecords: 100 });
    const watermark = 99 * 500 - 2001;
    expect(windowEnds(first.snapshot?.state).length).toBeGreaterThan(0);
    expect(Math.min(...windowEnds(first.snapshot?.state))).toBeGreaterThan(watermark);
    const restored = await runJob(
      input,
      { ...plain, parallelism: 3 },
      { restoreFrom: first.snapshot?.state as JobSnapshot, snapshotAfterRecords: 90 },
    );
    const ends = windowEnds(restored.snapshot?.state);
    expect(ends.length).toBeGreaterThan(0);
    expect(ends.length).toBeLessThan(20);
    expect(Math.min(...ends)).toBeGreaterThan(189 * 500 - 2001);
  });

  it('moves with its key group', async () => {
    const input = Array.from({ length: 60 }, (_, i) => `key${i},1000,${i}`);
    const { snapshot } = await runJob(input, plain, { snapshotAfterRecords: 60 });
    const restored = await runJob(
      [...input, 'z,2000,1'],
      { ...plain, parallelism: 5 },
      { restoreFrom: snapshot?.state as JobSnapshot, snapshotAfterRecords: 0 },
    );
    const groups = restored.snapshot?.state.operators['window']?.subtasks.map(({ state }) => [...(state?.keyGroups.keys() ?? [])]) ?? [];
    expect(groups.length).toBe(5);
    for (const [index, owned] of groups.entries()) {
      expect(owned.length).toBeGreaterThan(0);
      for (const group of owned) expect(Math.floor((group * 5) / 128)).toBe(index);
    }
  });
});

describe('a snapshot that does not fit', () => {
  const input = ['a,1000,20', 'b,2000,30', 'a,3000,25'];

  async function errorOf(document: PipelineDocument, restoreFrom: JobSnapshot): Promise<string | undefined> {
    const { error } = await runOnMiniCluster({ document, lookup, data: { data1: csv(input) }, restoreFrom });
    return error?.message;
  }

  it('names the operator whose state has no place any more', async () => {
    const { snapshot } = await runJob(input, plain, { snapshotAfterRecords: 2 });
    const document = pipeline(plain);
    const renamed = JSON.parse(JSON.stringify(document).replaceAll('"window"', '"other"')) as PipelineDocument;
    expect(await errorOf(renamed, snapshot?.state as JobSnapshot)).toMatch(
      /^The snapshot holds state of .+ \(window\), which the pipeline does not have/,
    );
  });

  it('keeps the number of key groups', async () => {
    const { snapshot } = await runJob(input, plain, { snapshotAfterRecords: 2 });
    const document = pipeline(plain);
    const other = { ...document, job: { ...document.job, maxParallelism: 64 } };
    expect(await errorOf(other, snapshot?.state as JobSnapshot)).toContain('maximum parallelism of 128, and it is 64 now');
  });

  it('has a layout that this version knows', async () => {
    const { snapshot } = await runJob(input, plain, { snapshotAfterRecords: 2 });
    expect(await errorOf(pipeline(plain), { ...(snapshot?.state as JobSnapshot), version: 99 })).toContain('layout version 99');
  });
});
