import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { JobCheckpoint } from '../runtime/job-checkpoint.ts';
import type { CompletedCheckpoint } from '../runtime/job-checkpoint.ts';
import type { Subtask } from '../runtime/subtask.ts';
import { deployInMemory, runShuffled } from './shuffled-cluster.ts';
import type { ShuffledResult, ShuffledRun } from './shuffled-cluster.ts';
import { lines as statefulLines, pipeline as statefulPipeline, SUBJECTS } from './stateful-jobs.ts';
import { csvOf, edge, lines, node, pipeline, plain, settings } from './union-jobs.ts';
import type { Settings } from './union-jobs.ts';

/** Jobs whose subtasks run in random order, so that a checkpoint finds them at different places and their channels full. */

type Rows = Readonly<Record<string, readonly string[]>>;

interface Job {
  readonly document: PipelineDocument;
  readonly data: Readonly<Record<string, Uint8Array>>;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const unionJob = (input: readonly string[], at: Settings): Job => ({
  document: pipeline(at),
  // The second file has every other line, so that it ends first.
  data: { data1: encode(csvOf(input)), data2: encode(csvOf(input.filter((_, i) => i % 2 === 0))) },
});

function run(job: Job, more: Omit<ShuffledRun, 'document' | 'data' | 'lookup'>): Promise<ShuffledResult> {
  return runShuffled({ ...job, lookup: definitionOf, ...more });
}

/** What had been delivered when the barriers passed, followed by what the restored job delivered. */
function joined(before: Rows, { snapshot }: CompletedCheckpoint, after: Rows): Rows {
  const all: Record<string, readonly string[]> = {};
  for (const [sink, { delivered }] of Object.entries(snapshot.deliveries)) {
    if (delivered > 0) all[sink] = (before[sink] ?? []).slice(0, delivered);
  }
  for (const [sink, rows] of Object.entries(after)) all[sink] = [...(all[sink] ?? []), ...rows];
  return all;
}

/** Rows of all subtasks of each sink. At another parallelism a window may fire with another record's origin. */
function bySink(rows: Rows): Rows {
  const all: Record<string, string[]> = {};
  for (const [sink, of] of Object.entries(rows)) {
    (all[sink.slice(0, sink.lastIndexOf('#'))] ??= []).push(...of.map((row) => JSON.stringify((JSON.parse(row) as unknown[])[0])));
  }
  for (const of of Object.values(all)) of.sort();
  return all;
}

const seeds = fc.integer({ min: 0, max: 1_000_000 });
const turns = fc.nat({ max: 400 });
const modes = fc.constantFrom<CheckpointMode>('aligned', 'unaligned', 'at-least-once');
const exactlyOnce = fc.constantFrom<CheckpointMode>('aligned', 'unaligned');
const parallelisms = fc.integer({ min: 1, max: 5 });

describe('a job with checkpoints', () => {
  it('gives the same rows in the same order as one without, whatever their mode', async () => {
    const triggers = fc.array(fc.record({ turn: turns, mode: modes }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lines, settings, seeds, triggers, async (input, at, seed, checkpoints) => {
        const job = unionJob(input, at);
        const without = await run(job, { seed });
        const disturbed = await run(job, { seed: seed + 1, checkpoints: checkpoints.toSorted((a, b) => a.turn - b.turn) });
        expect(disturbed.delivered).toEqual(without.delivered);
        expect(disturbed.counters).toEqual(without.counters);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('goes on from any of them exactly once, to the last origin and counter', async () => {
    await fc.assert(
      fc.asyncProperty(lines, settings, seeds, turns, exactlyOnce, fc.boolean(), async (input, at, seed, turn, mode, fused) => {
        const job = unionJob(input, at);
        const first = await run(job, { seed, checkpoints: [{ turn, mode }], fused });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job, { seed: seed + 1, restoreFrom: checkpoint.snapshot, fused: !fused });
        expect(joined(first.delivered, checkpoint, restored.delivered)).toEqual(first.delivered);
        expect(restored.counters).toEqual(first.counters);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('goes on from an aligned one at any other parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(lines, settings, seeds, turns, parallelisms, async (input, at, seed, turn, parallelism) => {
        const first = await run(unionJob(input, at), { seed, checkpoints: [{ turn, mode: 'aligned' }] });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(unionJob(input, { ...at, parallelism }), { seed: seed + 1, restoreFrom: checkpoint.snapshot });
        expect(bySink(joined(first.delivered, checkpoint, restored.delivered))).toEqual(bySink(first.delivered));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('goes on from a checkpoint of a restored job', async () => {
    const hops = fc.array(fc.record({ turn: fc.nat({ max: 120 }), mode: exactlyOnce }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lines, settings, seeds, hops, async (input, at, seed, all) => {
        const job = unionJob(input, at);
        const uninterrupted = await run(job, { seed });
        const parts: Rows[] = [];
        let restoreFrom: ShuffledRun['restoreFrom'];
        for (const hop of all) {
          const part = await run(job, { seed: seed + parts.length, checkpoints: [hop], ...(restoreFrom && { restoreFrom }) });
          const [checkpoint] = part.checkpoints;
          if (checkpoint === undefined) break;
          parts.push(joined(part.delivered, checkpoint, {}));
          restoreFrom = checkpoint.snapshot;
        }
        parts.push((await run(job, { seed, ...(restoreFrom && { restoreFrom }) })).delivered);
        const rows: Record<string, string[]> = {};
        for (const part of parts) for (const [sink, of] of Object.entries(part)) (rows[sink] ??= []).push(...of);
        expect(rows).toEqual(uninterrupted.delivered);
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});

describe('a job under back pressure', () => {
  /** Numbers → as they are → table, in a task each. The table takes nothing, so that the channels are full. */
  async function congested() {
    const schema = [{ name: 'n', type: 'int' }];
    const document = validateDocument({
      format: 'millrace/pipeline',
      version: 1,
      id: 'congested',
      job: {},
      nodes: [
        node('numbers', 'custom-source', { generator: '(ctx) => ({ n: ctx.n })', schema, count: 100 }),
        node('same', 'map', { mapper: '(r) => ({ n: r.n })' }, { chaining: 'never' }),
        node('table', 'table-sink', {}, { chaining: 'never' }),
      ],
      edges: [edge('numbers', 'same'), edge('same', 'table')],
      data: [],
    });
    const rows: string[] = [];
    const job = await deployInMemory({ document, lookup: definitionOf, data: {} }, (_, row) => rows.push(row));
    const [source, map, sink] = job.subtasks as [Subtask, Subtask, Subtask];
    for (const subtask of job.subtasks) subtask.open();
    const push = (): void => {
      while (source.hasCredit && !source.isFinished) source.poll({ endPosition: Number.POSITIVE_INFINITY, maxRecords: 2 });
    };
    for (push(); map.runOnce(); push());
    expect([source.hasCredit, map.hasCredit, rows.length]).toEqual([false, false, 0]);
    const taken: CompletedCheckpoint[] = [];
    const trigger = (mode: CheckpointMode): void =>
      new JobCheckpoint(job, 1, mode, {
        deliveryOf: () => null,
        completed: (checkpoint) => taken.push(checkpoint),
        declined: () => undefined,
      }).trigger();
    return { source, map, sink, rows, taken, trigger };
  }

  it('is checkpointed at once by barriers that overtake', async () => {
    const { map, sink, rows, taken, trigger } = await congested();
    trigger('unaligned');
    expect([map.runOnce(), sink.runOnce()]).toEqual([true, true]);
    expect(rows).toEqual([]);
    const facts = taken[0]?.subtasks.map(({ subtask, recordsInflight }) => [subtask, recordsInflight]);
    expect(facts).toEqual([
      ['numbers#0', 0],
      ['same#0', 16],
      ['table#0', 16],
    ]);
  });

  it('is checkpointed by aligned barriers only when everything before them has been worked off', async () => {
    const { source, map, sink, rows, taken, trigger } = await congested();
    trigger('aligned');
    expect(map.runOnce()).toBe(false);
    while (taken.length === 0) {
      if (!sink.runOnce() && !map.runOnce()) source.poll({ endPosition: Number.POSITIVE_INFINITY, maxRecords: 2 });
    }
    expect(rows.length).toBe(taken[0]?.snapshot.position);
  });
});

describe('checkpoints after sources have ended', () => {
  // Generators of different lengths: some are at their end when the others have hardly begun.
  const generators = (counts: readonly number[], parallelism: number): Job => {
    const generator = '(ctx) => ({ id: "k" + (ctx.n % 3), timestamp: ctx.n * 100, temperature: ctx.n })';
    const schema = [
      { name: 'id', type: 'string' },
      { name: 'timestamp', type: 'timestamp' },
      { name: 'temperature', type: 'double' },
    ];
    const document = validateDocument({
      format: 'millrace/pipeline',
      version: 1,
      id: 'ending',
      job: { parallelism },
      nodes: [
        ...counts.map((count, i) => node(`source${i}`, 'custom-source', { generator, schema, count, splits: 2, recordsPerSecond: 10 })),
        ...counts.map((_, i) => node(`time${i}`, 'timestamps-and-watermarks', { timestampField: 'timestamp', strategy: 'ascending' })),
        node('union', 'union'),
        node('key', 'key-by', { columns: ['id'] }),
        node('sum', 'rolling-aggregate', { fn: 'sum', column: 'temperature' }),
        node('table', 'table-sink'),
      ],
      edges: [
        ...counts.flatMap((_, i) => [edge(`source${i}`, `time${i}`), edge(`time${i}`, 'union')]),
        edge('union', 'key'),
        edge('key', 'sum'),
        edge('sum', 'table'),
      ],
      data: [],
    });
    return { document, data: {} };
  };
  const counts = fc.array(fc.constantFrom(1, 2, 5, 30), { minLength: 1, maxLength: 3 });

  it('are taken to the very end, and restored', async () => {
    await fc.assert(
      fc.asyncProperty(counts, seeds, fc.nat({ max: 200 }), exactlyOnce, parallelisms, async (all, seed, turn, mode, parallelism) => {
        const job = generators(all, parallelism);
        const first = await run(job, { seed, checkpoints: [{ turn, mode }] });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job, { seed: seed + 1, restoreFrom: checkpoint.snapshot });
        expect(joined(first.delivered, checkpoint, restored.delivered)).toEqual(first.delivered);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('hold what has finished as finished', async () => {
    const job = generators([1, 30], 1);
    const { checkpoints } = await run(job, { seed: 4, checkpoints: [{ turn: 5, mode: 'aligned' }] });
    const finished = Object.entries(checkpoints[0]?.snapshot.operators ?? {}).map(([id, { subtasks }]) => [id, subtasks[0]?.isFinished]);
    expect(Object.fromEntries(finished)).toEqual({ source0: true, time0: true, source1: false, time1: false, sum: false, table: false });
  });
});

describe('checkpoints of sources that wait for each other', () => {
  const generator = (stepMs: number): string => `(ctx) => ({ id: 'k' + (ctx.n % 3), timestamp: ctx.n * ${stepMs}, temperature: ctx.n })`;
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ];
  const aligned = { strategy: 'ascending', alignmentGroup: 'all', alignmentMaxDriftMs: 2000, alignmentUpdateIntervalMs: 1000 };
  const job = (parallelism: number): Job => {
    const { nodes, ...document } = pipeline({ ...plain, files: 2, parallelism });
    const replaced = nodes.map((one) => {
      const at = ['file1', 'file2'].indexOf(one.id);
      if (at >= 0) return node(one.id, 'custom-source', { generator: generator([1000, 100][at] as number), schema, count: 60 });
      return one.type === 'timestamps-and-watermarks' ? node(one.id, one.type, { timestampField: 'timestamp', ...aligned }) : one;
    });
    return { document: validateDocument({ ...document, nodes: replaced, data: [] }), data: {} };
  };

  it('go on exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, turns, exactlyOnce, fc.integer({ min: 1, max: 3 }), async (seed, turn, mode, parallelism) => {
        const first = await run(job(parallelism), { seed, checkpoints: [{ turn, mode }] });
        expect(first.delivered).toEqual((await run(job(parallelism), { seed: seed + 1 })).delivered);
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job(parallelism), { seed: seed + 2, restoreFrom: checkpoint.snapshot });
        expect(joined(first.delivered, checkpoint, restored.delivered)).toEqual(first.delivered);
        expect(restored.counters).toEqual(first.counters);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe('checkpoints of streams that are idle for a while', () => {
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
  const job = (parallelism: number): Job => {
    const { nodes, ...document } = pipeline({ ...plain, parallelism });
    const source = node('file1', 'custom-source', { generator, schema, count: 360, splits: 2, recordsPerSecond: 100 });
    const time = node('time1', 'timestamps-and-watermarks', {
      timestampField: 'timestamp',
      strategy: 'ascending',
      idleAfterMs: 500,
    });
    const replaced = nodes.map((one) => (one.id === 'file1' ? source : one.id === 'time1' ? time : one));
    return { document: validateDocument({ ...document, nodes: replaced, data: [] }), data: {} };
  };

  it('go on exactly once, idle or not', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, turns, exactlyOnce, fc.integer({ min: 1, max: 3 }), async (seed, turn, mode, parallelism) => {
        const first = await run(job(parallelism), { seed, checkpoints: [{ turn, mode }] });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job(parallelism), { seed: seed + 2, restoreFrom: checkpoint.snapshot });
        expect(joined(first.delivered, checkpoint, restored.delivered)).toEqual(first.delivered);
        expect(restored.counters).toEqual(first.counters);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe('at least once', () => {
  /** How often each row is there. */
  const counted = (rows: readonly string[] = []): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
    return counts;
  };
  /** Records of two files, through an exchange, as they are. */
  const job = (input: readonly string[], parallelism: number): Job => {
    const { document, data } = unionJob(input, { ...plain, files: 2, parallelism });
    const kept = new Set(['file1', 'time1', 'file2', 'time2', 'union', 'sensor', 'same', 'table']);
    const nodes = [...document.nodes, node('same', 'map', { mapper: '(r) => ({ ...r })' })].filter(({ id }) => kept.has(id as string));
    const edges = [
      ...document.edges.filter(({ source, target }) => kept.has(source) && kept.has(target)),
      edge('sensor', 'same'),
      edge('same', 'table'),
    ];
    return { document: validateDocument({ ...document, nodes, edges }), data };
  };

  it('loses no record, and repeats at most those that were read behind a barrier', async () => {
    let repeated = 0;
    await fc.assert(
      fc.asyncProperty(lines, seeds, fc.nat({ max: 60 }), parallelisms, parallelisms, async (input, seed, turn, from, to) => {
        const first = await run(job(input, from), { seed, checkpoints: [{ turn, mode: 'at-least-once' }] });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job(input, to), { seed: seed + 1, restoreFrom: checkpoint.snapshot });
        const once = counted(bySink(first.delivered)['table']);
        const again = counted(bySink(joined(first.delivered, checkpoint, restored.delivered))['table']);
        expect([...again.keys()].sort()).toEqual([...once.keys()].sort());
        let surplus = 0;
        for (const [row, count] of again) {
          expect(count).toBeGreaterThanOrEqual(once.get(row) as number);
          surplus += count - (once.get(row) as number);
        }
        const behind = checkpoint.subtasks.reduce((sum, { recordsRepeated }) => sum + recordsRepeated, 0);
        expect(surplus).toBeLessThanOrEqual(behind);
        repeated += surplus;
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(repeated).toBeGreaterThan(0);
  }, 60_000);
});

describe.each(Object.entries(SUBJECTS))('%s', (_, subject) => {
  const jobOf = (files: readonly (readonly string[])[], parallelism: number): Job => ({
    document: statefulPipeline(subject, parallelism),
    data: Object.fromEntries(files.map((file, i) => [`data${i}`, encode(csvOf(file))])),
  });
  const files = fc.tuple(statefulLines, statefulLines);

  it('goes on from a checkpoint exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(files, seeds, turns, exactlyOnce, fc.integer({ min: 1, max: 3 }), async (input, seed, turn, mode, parallelism) => {
        const job = jobOf(input, parallelism);
        const first = await run(job, { seed, checkpoints: [{ turn, mode }] });
        expect(first.delivered).toEqual((await run(job, { seed: seed + 2 })).delivered);
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(job, { seed: seed + 1, restoreFrom: checkpoint.snapshot });
        expect(joined(first.delivered, checkpoint, restored.delivered)).toEqual(first.delivered);
        expect(restored.counters).toEqual(first.counters);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('goes on from an aligned checkpoint at another parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(files, seeds, turns, parallelisms, parallelisms, async (input, seed, turn, from, to) => {
        const first = await run(jobOf(input, from), { seed, checkpoints: [{ turn, mode: 'aligned' }] });
        const [checkpoint] = first.checkpoints;
        if (checkpoint === undefined) return;
        const restored = await run(jobOf(input, to), { seed: seed + 1, restoreFrom: checkpoint.snapshot });
        expect(bySink(joined(first.delivered, checkpoint, restored.delivered))).toEqual(bySink(first.delivered));
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});
