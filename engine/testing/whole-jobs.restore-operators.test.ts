import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';
import { lines, pipeline, SUBJECTS } from './stateful-jobs.ts';
import type { Lines, Subject } from './stateful-jobs.ts';

async function runJob(
  files: readonly Lines[],
  subject: Subject,
  parallelism: number,
  run: Partial<MiniClusterRun> = {},
): Promise<MiniClusterResult> {
  const bytes = (file: Lines): Uint8Array => new TextEncoder().encode(`id,timestamp,temperature\n${file.join('\n')}\n`);
  const data = Object.fromEntries(files.slice(0, subject.inputs.length).map((file, i) => [`data${i}`, bytes(file)]));
  const result = await runOnMiniCluster({ document: pipeline(subject, parallelism), lookup: definitionOf, data, ...run });
  expect(result.error).toBeNull();
  return result;
}

const byText = (rows: readonly unknown[] = []): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe.each(Object.entries(SUBJECTS))('%s', (_, subject) => {
  const sinks = ['out', ...(subject.sides ?? [])];

  it('survive a restore anywhere, at the same parallelism to the last bit of the trace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(lines, lines),
        fc.nat({ max: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (files, records, parallelism, fused) => {
          const uninterrupted = await runJob(files, subject, parallelism);
          const { snapshot, summary } = await runJob(files, subject, parallelism, {
            snapshotAfterRecords: records % files[0].length,
            fused,
          });
          expect(summary).toEqual(uninterrupted.summary);
          if (snapshot === null) return;
          const restored = await runJob(files, subject, parallelism, { restoreFrom: structuredClone(snapshot.state), fused: !fused });
          for (const sink of sinks) {
            const rows = [...(snapshot.rows[sink] ?? []), ...(restored.rows[sink] ?? [])];
            if (parallelism === 1) expect(rows).toEqual(uninterrupted.rows[sink] ?? []);
            else expect(byText(rows)).toEqual(byText(uninterrupted.rows[sink]));
          }
          expect(restored.summary).toEqual(uninterrupted.summary);
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);

  it('survive a restore at another parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(lines, lines),
        fc.nat({ max: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (files, records, from, to) => {
          const uninterrupted = await runJob(files, subject, from);
          const { snapshot } = await runJob(files, subject, from, { snapshotAfterRecords: records % files[0].length });
          if (snapshot === null) return;
          const restored = await runJob(files, subject, to, { restoreFrom: structuredClone(snapshot.state) });
          for (const sink of sinks) {
            expect(byText([...(snapshot.rows[sink] ?? []), ...(restored.rows[sink] ?? [])])).toEqual(byText(uninterrupted.rows[sink]));
          }
        },
      ),
      { numRuns: 12 },
    );
  }, 60_000);
});
