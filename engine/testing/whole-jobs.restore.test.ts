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

const lookup: DefinitionLookup = definitionOf;

type Json = Readonly<Record<string, unknown>>;

/** What stands between the sources and the window, one after the other. */
type Step = 'filter' | 'map' | 'rebalance' | 'shuffle' | 'rescale';

interface Settings {
  readonly parallelism: number;
  /** How often the lines of the file are read by a source of their own: two streams at different paces. */
  readonly files: 1 | 2;
  /** Splits of a generator that joins in; 0 = there is none. */
  readonly splits: number;
  readonly steps: readonly Step[];
  readonly autoWatermarkIntervalMs: number;
  readonly allowedLateness: number;
  readonly unchained: boolean;
}

const node = (id: string, type: string, config: Json = {}, more: Json = {}): Json => ({ id, type, config, ...more });
const edge = (source: string, target: string, sourcePort = 'out'): Json => ({
  id: `${source}.${sourcePort}-${target}`,
  source,
  target,
  sourcePort,
});

const STEPS: Readonly<Record<Step, (id: string) => Json>> = {
  filter: (id) => node(id, 'filter', { predicate: '(r) => r.temperature > 5' }),
  map: (id) => node(id, 'map', { mapper: '(r) => ({ ...r, temperature: r.temperature * 2 })' }),
  rebalance: (id) => node(id, 'rebalance'),
  shuffle: (id) => node(id, 'shuffle'),
  rescale: (id) => node(id, 'rescale'),
};

/** files and generator → timestamps → union → steps → key by → window → table, with a table for late records. */
function pipeline({ parallelism, files, splits, steps, autoWatermarkIntervalMs, allowedLateness, unchained }: Settings): PipelineDocument {
  const time = (id: string): Json =>
    node(
      id,
      'timestamps-and-watermarks',
      { timestampField: 'timestamp', maxOutOfOrdernessMs: 2000 },
      unchained ? { chaining: 'never' } : {},
    );
  const fileFields = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ];
  const nodes: Json[] = [node('union', 'union')];
  const edges: Json[] = [];
  for (let file = 1; file <= files; file++) {
    nodes.push(node(`file${file}`, 'file-source', { data: `data${file}`, schema: fileFields, onMalformed: 'skip' }), time(`time${file}`));
    edges.push(edge(`file${file}`, `time${file}`), edge(`time${file}`, 'union'));
  }
  if (splits > 0) {
    const generator = { splits, count: 120, sensors: 5, recordsPerSecond: 4, startTime: 0, disorderMs: 0, latePercent: 0 };
    nodes.push(node('sensors', 'sensor-source', generator), time('sensorTime'));
    nodes.push(node('same', 'map', { mapper: '(r) => ({ id: r.id, timestamp: r.timestamp, temperature: r.temperature })' }));
    edges.push(edge('sensors', 'sensorTime'), edge('sensorTime', 'same'), edge('same', 'union'));
  }
  let last = 'union';
  for (const [i, step] of steps.entries()) {
    const id = `step${i}`;
    nodes.push(STEPS[step](id));
    edges.push(edge(last, id));
    last = id;
  }
  nodes.push(
    node('sensor', 'key-by', { columns: ['id'] }),
    node('window', 'tumbling-window', {
      size: 5000,
      allowedLateness,
      lateData: 'side-output',
      aggregates: [
        { fn: 'count', column: '', as: 'readings' },
        { fn: 'max', column: 'temperature', as: 'highest' },
      ],
    }),
    node('table', 'table-sink'),
    node('late', 'table-sink'),
  );
  edges.push(edge(last, 'sensor'), edge('sensor', 'window'), edge('window', 'table'), edge('window', 'late', 'late'));
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'restored-job',
    job: { parallelism, autoWatermarkIntervalMs },
    nodes,
    edges,
    data: Array.from({ length: files }, (_, i) => ({
      id: `data${i + 1}`,
      name: 'readings.csv',
      format: 'csv',
      source: { kind: 'file', sizeBytes: 0 },
    })),
  });
}

function csv(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`id,timestamp,temperature\n${lines.join('\n')}\n`);
}

async function runJob(lines: readonly string[], settings: Settings, run: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  // The second file has every other line, so that it ends first.
  const data = { data1: csv(lines), data2: csv(lines.filter((_, i) => i % 2 === 0)) };
  const result = await runOnMiniCluster({ document: pipeline(settings), lookup, data, ...run });
  expect(result.error).toBeNull();
  return result;
}

/** A number of records that the sources have. */
function within(number: number, input: readonly string[], { files, splits }: Settings): number {
  return number % (input.length + (files === 2 ? Math.ceil(input.length / 2) : 0) + (splits > 0 ? 120 : 0));
}

const lines: fc.Arbitrary<readonly string[]> = fc
  .array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'sensor_1', 'sensor_2'),
      step: fc.integer({ min: 0, max: 900 }),
      back: fc.integer({ min: 0, max: 7000 }),
      tenths: fc.integer({ min: 0, max: 400 }),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((items) => {
    let time = 0;
    return items.map(({ id, step, back, tenths }) => {
      time += step;
      return `${id},${Math.max(0, time - (back > 5500 ? back : 0))},${tenths / 10}`;
    });
  });

const settings: fc.Arbitrary<Settings> = fc.record({
  parallelism: fc.integer({ min: 1, max: 4 }),
  files: fc.constantFrom(1, 2),
  splits: fc.constantFrom(0, 0, 1),
  steps: fc.array(fc.constantFrom<Step>('filter', 'map', 'rebalance', 'shuffle', 'rescale'), { maxLength: 3 }),
  autoWatermarkIntervalMs: fc.constantFrom(0, 200, 1500),
  allowedLateness: fc.constantFrom(0, 1500),
  unchained: fc.boolean(),
});

const plain: Settings = {
  parallelism: 2,
  files: 1,
  splits: 0,
  steps: [],
  autoWatermarkIntervalMs: 0,
  allowedLateness: 0,
  unchained: false,
};

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
