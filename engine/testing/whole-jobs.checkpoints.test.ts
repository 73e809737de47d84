import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { definitionOf } from '../operators/registry.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';
import { lines as statefulLines, pipeline as statefulPipeline, SUBJECTS } from './stateful-jobs.ts';
import { csvOf, lines, pipeline, plain, settings } from './union-jobs.ts';
import type { Settings } from './union-jobs.ts';

/** Checkpoints through the real task executor and its scheduler, triggered between any two batches. */

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function runJob(input: readonly string[], at: Settings, run: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  const data = { data1: encode(csvOf(input)), data2: encode(csvOf(input.filter((_, i) => i % 2 === 0))) };
  const result = await runOnMiniCluster({ document: pipeline(at), lookup: definitionOf, data, ...run });
  expect(result.error).toBeNull();
  return result;
}

const slices = fc.nat({ max: 40 });
const exactlyOnce = fc.constantFrom<CheckpointMode>('aligned', 'unaligned');
const parallelisms = fc.integer({ min: 1, max: 5 });

const inflightRecords = ({ subtasks }: CompletedCheckpoint): number =>
  subtasks.reduce((records, { recordsInflight }) => records + recordsInflight, 0);

describe('a checkpoint of a running job', () => {
  it('changes nothing, and a job of the same layout goes on from it to the same summary', async () => {
    await fc.assert(
      fc.asyncProperty(lines, settings, slices, exactlyOnce, async (input, at, afterSlices, mode) => {
        const uninterrupted = await runJob(input, at);
        const first = await runJob(input, at, { checkpoint: { afterSlices, mode } });
        expect(first.summary).toEqual(uninterrupted.summary);
        if (first.checkpoint === null) return;
        const restored = await runJob(input, at, { restoreFrom: structuredClone(first.checkpoint.snapshot) });
        expect(restored.summary).toEqual(uninterrupted.summary);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('goes on at any other parallelism to the same rows; what was in flight is worked off by those it was sent to', async () => {
    let inflight = 0;
    await fc.assert(
      fc.asyncProperty(lines, settings, slices, exactlyOnce, parallelisms, async (input, at, afterSlices, mode, parallelism) => {
        const first = await runJob(input, at, { checkpoint: { afterSlices, mode } });
        if (first.checkpoint === null) return;
        inflight += inflightRecords(first.checkpoint);
        const restored = await runJob(
          input,
          { ...at, parallelism },
          { restoreFrom: structuredClone(first.checkpoint.snapshot), restoreGraph: first.graph },
        );
        expect(restored.summary).toEqual({ ...first.summary, traceHash: restored.summary?.traceHash });
      }),
      { numRuns: 40, seed: 7 },
    );
    expect(inflight).toBeGreaterThan(0);
  }, 120_000);

  it('says when it was triggered, and how each subtask met its barriers', async () => {
    const input = Array.from({ length: 50 }, (_, i) => `a,${i * 1000},${i}`);
    const { checkpoint } = await runJob(input, { ...plain, files: 2 }, { checkpoint: { afterSlices: 2, mode: 'aligned' } });
    const position = checkpoint?.snapshot.position as number;
    expect(checkpoint).toMatchObject({ checkpointId: 1, mode: 'aligned', timestamp: Date.UTC(2025, 0, 1) + position * 100 });
    const barriers = checkpoint?.subtasks.map(({ subtask, barriersReceived }) => [subtask, barriersReceived]);
    // Also of the second subtasks of the files, which have nothing to read: their last watermark is still on its way.
    expect(Object.fromEntries(barriers ?? [])).toMatchObject({ 'file1#0': 0, 'file2#0': 0, 'window#0': 4, 'window#1': 4 });
  });

  it('is refused at another layout when it holds records for subtasks that nobody knows any more', async () => {
    const input = Array.from({ length: 50 }, (_, i) => `a,${i * 1000},${i}`);
    const { checkpoint } = await runJob(input, plain, { checkpoint: { afterSlices: 2, mode: 'unaligned' } });
    const { error } = await runOnMiniCluster({
      document: pipeline({ ...plain, parallelism: 3 }),
      lookup: definitionOf,
      data: { data1: encode(csvOf(input)) },
      restoreFrom: checkpoint?.snapshot as CompletedCheckpoint['snapshot'],
    });
    expect(error?.code).toBe('snapshot-in-flight');
  });
});

describe.each(Object.entries(SUBJECTS))('%s', (_, subject) => {
  it('survive an unaligned checkpoint and another parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(statefulLines, statefulLines), slices, parallelisms, parallelisms, async (files, afterSlices, from, to) => {
        const data = Object.fromEntries(files.slice(0, subject.inputs.length).map((file, i) => [`data${i}`, encode(csvOf(file))]));
        const run = { lookup: definitionOf, data };
        const first = await runOnMiniCluster({
          ...run,
          document: statefulPipeline(subject, from),
          checkpoint: { afterSlices, mode: 'unaligned' },
        });
        if (first.checkpoint === null) return;
        const restored = await runOnMiniCluster({
          ...run,
          document: statefulPipeline(subject, to),
          restoreFrom: first.checkpoint.snapshot,
          restoreGraph: first.graph,
        });
        expect(restored.summary).toEqual({ ...first.summary, traceHash: restored.summary?.traceHash });
      }),
      { numRuns: 8 },
    );
  }, 60_000);
});
