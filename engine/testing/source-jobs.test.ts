import { describe, expect, it } from 'vitest';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { validateDocument } from '../graph/migrations.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult } from './mini-cluster.ts';

type Config = Readonly<Record<string, unknown>>;

interface Job {
  readonly parallelism: number;
  readonly source: readonly [type: string, config: Config, parallelism?: number];
  readonly time: Config;
  readonly key: string;
  readonly window: Config;
}

/** source → timestamps → key by → tumbling window → table */
function pipeline({ parallelism, source, time, key, window }: Job): PipelineDocument {
  const nodes = [
    { id: 'source', type: source[0], config: source[1], ...(source[2] === undefined ? {} : { parallelism: source[2] }) },
    { id: 'time', type: 'timestamps-and-watermarks', config: { timestampField: 'timestamp', ...time } },
    { id: 'key', type: 'key-by', config: { columns: [key] } },
    { id: 'window', type: 'tumbling-window', config: { aggregates: [{ fn: 'count', column: '', as: 'n' }], ...window } },
    { id: 'table', type: 'table-sink', config: {} },
  ];
  const edges = nodes.slice(1).map((node, i) => ({ id: `e${i}`, source: nodes[i]?.id, sourcePort: 'out', target: node.id }));
  const job = { parallelism, autoWatermarkIntervalMs: 0 };
  return validateDocument({ format: 'millrace/pipeline', version: 1, id: 'source-job', job, nodes, edges, data: [] });
}

/** At full speed, record by record, and in steps: all the same. */
async function run(job: Job): Promise<MiniClusterResult> {
  const document = pipeline(job);
  const whole = await runOnMiniCluster({ document, lookup: definitionOf });
  const byRecord = await runOnMiniCluster({ document, lookup: definitionOf, fused: false });
  const stepped = await runOnMiniCluster({ document, lookup: definitionOf, stepRecords: 7 });
  for (const other of [byRecord, stepped]) expect(contentOf(other)).toEqual(contentOf(whole));
  return whole;
}

/** The sink's subtasks deliver side by side, so the order between them is nobody's promise. */
function contentOf({ status, rows, problems }: MiniClusterResult): unknown {
  const sorted = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).toSorted();
  return { status, rows: sorted(rows['table'] ?? []), problems: sorted(problems) };
}

describe('clicks', () => {
  it.each([
    [1, 1],
    [2, 1],
    [2, 2],
    [4, 3],
  ])('are 1000 per page and window at parallelism %i with %i splits', async (parallelism, splits) => {
    const { rows } = await run({
      parallelism,
      source: ['click-source', { count: 12_000, splits }],
      time: { maxOutOfOrdernessMs: 200 },
      key: 'page',
      window: { size: 15_000 },
    });
    const counts = (rows['table'] ?? []).map((row) => row['n']);
    expect(counts).toEqual(Array.from({ length: 12 }, () => 1000));
  });
});

it('with one split the same sensor readings are late at every parallelism', async () => {
  const lateAt = async (parallelism: number): Promise<unknown> => {
    const { problems, rows } = await run({
      parallelism,
      source: ['sensor-source', { count: 3000, latePercent: 5, disorderMs: 1000, lateByMs: 20_000 }],
      time: { maxOutOfOrdernessMs: 1000 },
      key: 'id',
      window: { size: 5000 },
    });
    return [problems.map(({ position }) => position).toSorted((a, b) => a - b), (rows['table'] ?? []).length];
  };
  const [late] = (await lateAt(1)) as [number[]];
  expect(late.length).toBeGreaterThan(20);
  expect(await lateAt(4)).toEqual(await lateAt(1));
});

it('splits are known behind their source, but not where records were rebalanced', () => {
  const splitsBehind = (sourceParallelism: number): unknown => {
    const source = ['click-source', { count: 10, splits: 3 }, sourceParallelism] as const;
    const document = pipeline({ parallelism: 2, source, time: {}, key: 'page', window: { size: 1000 } });
    return analyzeDocument(document, definitionOf).nodes.get('time')?.inputs[0]?.splits;
  };
  expect([splitsBehind(2), splitsBehind(1)]).toEqual([3, undefined]);
});

describe('a split that falls silent and comes back behind the others', () => {
  // Split 1 has records at the start, and then ones that are minutes behind; 10 ms of processing time between two numbers.
  const generator = `(ctx) => {
    if (ctx.split === 1 && ctx.n > 20 && ctx.n < 900) return null;
    return { id: "s" + ctx.split, timestamp: ctx.split === 1 ? ctx.n * 100 : ctx.n * 1000 };
  }`;
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
  ];
  const job = (parallelism: number, idleAfterMs: number): Job => ({
    parallelism,
    source: ['custom-source', { generator, schema, count: 1000, splits: 2, recordsPerSecond: 100 }],
    time: { strategy: 'ascending', idleAfterMs },
    key: 'id',
    window: { size: 10_000 },
  });

  it.each([1, 2])('holds event time back at parallelism %i, so nothing is late', async (parallelism) => {
    expect((await run(job(parallelism, 0))).problems).toEqual([]);
  });

  it.each([1, 2])('is late at parallelism %i when it was idle', async (parallelism) => {
    const { problems } = await run(job(parallelism, 1000));
    expect(problems.length).toBe(50);
    expect(problems.every(({ kind, position }) => kind === 'late' && position > 900)).toBe(true);
  });
});

it('a snapshot of a source whose subtasks have splits of their own is taken where it is asked for, and goes on from there', async () => {
  for (const [parallelism, splits] of [
    [2, 2],
    [3, 4],
    [3, 2],
  ] as const) {
    const at = (subtasks: number) =>
      pipeline({
        parallelism: subtasks,
        source: ['click-source', { count: 12_000, splits }],
        time: { maxOutOfOrdernessMs: 200 },
        key: 'page',
        window: { size: 15_000 },
      });
    const document = at(parallelism);
    const whole = await runOnMiniCluster({ document, lookup: definitionOf, snapshotAfterRecords: 5000 });
    const { state, rows } = must(whole.snapshot, 'a snapshot');
    // Every subtask stands before a record of its own splits; the furthest of them counts.
    expect(state.position).toBeGreaterThanOrEqual(5000);
    expect(state.position).toBeLessThan(5000 + splits);
    const sorted = (...found: readonly unknown[]): readonly string[] => found.map((row) => JSON.stringify(row)).toSorted();
    // At one more, a subtask that has nothing to read comes after one that had finished.
    for (const later of [document, at(parallelism + 1)]) {
      const rest = await runOnMiniCluster({ document: later, lookup: definitionOf, restoreFrom: state });
      expect(sorted(...(rows['table'] ?? []), ...(rest.rows['table'] ?? []))).toEqual(sorted(...(whole.rows['table'] ?? [])));
    }
    expect((whole.rows['table'] ?? []).length).toBe(12);
  }
});

describe('a source that makes its own event time', () => {
  /** Two subtasks of one source: the second has no records from 40 to 160, and says so if `tells`. */
  const twoHalves = (tells: boolean, count = 200) =>
    validateDocument({
      format: 'millrace/pipeline',
      version: 1,
      id: 'own-time',
      job: { parallelism: 2 },
      nodes: [
        {
          id: 'source',
          type: 'custom-source',
          config: {
            generator: `(ctx) => {
              const isSilent = ctx.split === 1 && ctx.n >= 40 && ctx.n < 160;
              if (isSilent) { ${tells ? 'ctx.markAsTemporarilyIdle();' : ''} return; }
              ctx.collectWithTimestamp({ half: ctx.split, time: ctx.n * 100 }, ctx.n * 100);
              ctx.emitWatermark(ctx.n * 100 - 1);
            }`,
            schema: [
              { name: 'half', type: 'int' },
              { name: 'time', type: 'long' },
            ],
            eventTime: 'own',
            count,
            splits: 2,
          },
        },
        { id: 'key', type: 'key-by', config: { columns: ['half'] } },
        { id: 'window', type: 'tumbling-window', config: { size: 5000, aggregates: [{ fn: 'count', column: '', as: 'n' }] } },
        { id: 'table', type: 'table-sink', parallelism: 1 },
      ],
      edges: ['source > key', 'key > window', 'window > table'].map((text) => {
        const [source, target] = text.split(' > ');
        return { id: text, source, target };
      }),
    });

  it.each([true, false])('fires windows by it, with one half silent (and telling so: %s), however it is run', async (tells) => {
    const document = twoHalves(tells);
    const counts = ({ rows }: MiniClusterResult): readonly string[] =>
      (rows['table'] ?? []).map(({ half, window_start: start, n }) => `${half} ${start} ${n}`).toSorted();
    const whole = await runOnMiniCluster({ document, lookup: definitionOf });
    expect(counts(whole)).toEqual(['0 0 25', '0 10000 25', '0 15000 25', '0 5000 25', '1 0 20', '1 15000 20']);
    expect(whole.problems).toEqual([]);
    for (const how of [{ fused: false }, { stepRecords: 3 }]) {
      expect(counts(await runOnMiniCluster({ document, lookup: definitionOf, ...how }))).toEqual(counts(whole));
    }
  });

  it.each([
    [true, 9799],
    [false, 3899],
  ])('holds nobody back while it is idle (telling so: %s)', async (tells, expected) => {
    const watch = '({ processElement(r, ctx, out) { out.collect({ time: r.time, watermark: ctx.timerService().currentWatermark() }); } })';
    const schema = ['time', 'watermark'].map((name) => ({ name, type: 'double' }));
    const windows = twoHalves(tells);
    const document = validateDocument({
      ...windows,
      nodes: [
        ...windows.nodes.filter(({ id }) => id === 'source' || id === 'table'),
        { id: 'watch', type: 'process-function', parallelism: 1, config: { code: watch, schema } },
      ],
      edges: [
        { id: 'a', source: 'source', target: 'watch' },
        { id: 'b', source: 'watch', target: 'table' },
      ],
    });
    const { rows } = await runOnMiniCluster({ document, lookup: definitionOf });
    expect(rows['table']?.find(({ time }) => time === 10_000)).toEqual({ time: 10_000, watermark: expected });
  });

  it('goes on from a snapshot to the same rows', async () => {
    const document = twoHalves(true, 12_000);
    const whole = await runOnMiniCluster({ document, lookup: definitionOf, snapshotAfterRecords: 5000 });
    const { state, rows } = must(whole.snapshot, 'a snapshot');
    expect(rows['table']?.length ?? 0).toBeLessThan(whole.rows['table']?.length ?? 0);
    const rest = await runOnMiniCluster({ document, lookup: definitionOf, restoreFrom: state });
    expect([...(rows['table'] ?? []), ...(rest.rows['table'] ?? [])]).toEqual(whole.rows['table']);
  });
});
