import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DefinitionLookup } from '../graph/analysis.ts';
import { validateDocument } from '../graph/migrations.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';

const lookup: DefinitionLookup = definitionOf;

interface Reading {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
}

interface Settings {
  readonly parallelism: number;
  readonly autoWatermarkIntervalMs: number;
  readonly lateData?: 'drop' | 'side-output' | 'fail';
  readonly allowedLateness?: number;
  readonly onMalformed?: 'skip' | 'side-output' | 'fail';
  readonly predicate?: string;
}

/** file → timestamps → filter → map → key by → 10 s window → table, with tables for late and malformed records where asked for. */
function pipeline(settings: Settings): PipelineDocument {
  const { parallelism, autoWatermarkIntervalMs, lateData = 'drop', allowedLateness = 0, onMalformed = 'skip' } = settings;
  const node = (id: string, type: string, config: Record<string, unknown> = {}): unknown => ({ id, type, config });
  const edge = (source: string, target: string, sourcePort = 'out'): unknown => ({
    id: `${source}.${sourcePort}-${target}`,
    source,
    target,
    sourcePort,
  });
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'whole-job',
    job: { parallelism, autoWatermarkIntervalMs },
    nodes: [
      node('file', 'file-source', {
        data: 'readings',
        schema: [
          { name: 'id', type: 'string' },
          { name: 'timestamp', type: 'timestamp' },
          { name: 'temperature', type: 'double' },
        ],
        onMalformed,
      }),
      node('time', 'timestamps-and-watermarks', { timestampField: 'timestamp', maxOutOfOrdernessMs: 2000 }),
      node('warm', 'filter', { predicate: settings.predicate ?? '(r) => r.temperature > 10' }),
      node('fahrenheit', 'map', { mapper: '(r) => ({ ...r, f: r.temperature * 1.8 + 32 })' }),
      node('sensor', 'key-by', { columns: ['id'] }),
      node('window', 'tumbling-window', {
        size: 10_000,
        allowedLateness,
        lateData,
        aggregates: [
          { fn: 'count', column: '', as: 'readings' },
          { fn: 'avg', column: 'f', as: 'average' },
        ],
      }),
      node('table', 'table-sink'),
      ...(lateData === 'side-output' ? [node('late', 'table-sink')] : []),
      ...(onMalformed === 'side-output' ? [node('malformed', 'table-sink')] : []),
    ],
    edges: [
      edge('file', 'time'),
      edge('time', 'warm'),
      edge('warm', 'fahrenheit'),
      edge('fahrenheit', 'sensor'),
      edge('sensor', 'window'),
      edge('window', 'table'),
      ...(lateData === 'side-output' ? [edge('window', 'late', 'late')] : []),
      ...(onMalformed === 'side-output' ? [edge('file', 'malformed', 'malformed')] : []),
    ],
    data: [{ id: 'readings', name: 'readings.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } }],
  });
}

const csv = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`id,timestamp,temperature\n${lines.join('\n')}\n`);
const lineOf = ({ id, timestamp, temperature }: Reading): string => `${id},${timestamp},${temperature}`;

async function runReadings(lines: readonly string[], settings: Settings, run: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  return await runOnMiniCluster({ document: pipeline(settings), lookup, data: { readings: csv(lines) }, ...run });
}

describe('a whole job', () => {
  it('averages per sensor and window, fires at the watermark, and the rest at the end of input', async () => {
    const result = await runReadings(['a,1000,20', 'b,2000,30', 'a,9999,22', 'a,10000,50', 'b,12001,11', 'a,25000,40'], {
      parallelism: 1,
      autoWatermarkIntervalMs: 0,
    });
    expect(result.rows['table']).toEqual([
      { id: 'a', window_start: 0, window_end: 10_000, readings: 2, average: (20 * 1.8 + 32 + (22 * 1.8 + 32)) / 2 },
      { id: 'b', window_start: 0, window_end: 10_000, readings: 1, average: 86 },
      { id: 'a', window_start: 10_000, window_end: 20_000, readings: 1, average: 122 },
      { id: 'b', window_start: 10_000, window_end: 20_000, readings: 1, average: 11 * 1.8 + 32 },
      { id: 'a', window_start: 20_000, window_end: 30_000, readings: 1, average: 104 },
    ]);
    expect(result.summary).toMatchObject({ recordsRead: 6, rowsDelivered: 5, lateRecords: 0 });
  });

  it('names line and reason of late and malformed records, and sends them where the user chose', async () => {
    const result = await runReadings(['a,1000,20', 'a,oops,20', 'a,20000,21', 'a,3000,22', 'a,21000'], {
      parallelism: 1,
      autoWatermarkIntervalMs: 0,
      lateData: 'side-output',
      onMalformed: 'side-output',
    });
    expect(result.problems.map(({ nodeId, kind, position }) => ({ nodeId, kind, position }))).toEqual([
      { nodeId: 'file', kind: 'malformed', position: 3 },
      { nodeId: 'file', kind: 'malformed', position: 6 },
      { nodeId: 'window', kind: 'late', position: 5 },
    ]);
    expect(result.rows['late']).toEqual([{ id: 'a', timestamp: 3000, temperature: 22, f: 22 * 1.8 + 32 }]);
    expect(result.rows['malformed']?.map((row) => [row['line'], row['raw']])).toEqual([
      [3, 'a,oops,20'],
      [6, 'a,21000'],
    ]);
    expect(result.rows['table']?.map((row) => [row['window_start'], row['readings']])).toEqual([
      [0, 1],
      [20_000, 1],
    ]);
  });

  it('stops at the first malformed line when told so, naming it, and keeps what was produced', async () => {
    const result = await runReadings(['a,1000,20', 'a,14000,20', 'b,nonsense,20'], {
      parallelism: 1,
      autoWatermarkIntervalMs: 0,
      onMalformed: 'fail',
    });
    expect(result.status).toBe('failed');
    expect(result.error).toMatchObject({ nodeId: 'file', position: 4, record: 'b,nonsense,20', domain: 'user' });
    expect(result.rows['table']?.length).toBe(1);
  });

  it('names operator, record and place when a user function throws', async () => {
    const result = await runReadings(['a,1000,20', 'b,2000,30'], {
      parallelism: 1,
      autoWatermarkIntervalMs: 0,
      predicate: "(r) => {\n  if (r.id === 'b') throw new Error('no b please');\n  return true;\n}",
    });
    expect(result.error).toMatchObject({
      code: 'function-threw',
      nodeId: 'warm',
      position: 3,
      record: '{"id":"b","timestamp":2000,"temperature":30}',
      cause: 'Error: no b please',
      line: 2,
    });
  });

  it('ends cleanly on an empty file', async () => {
    const document = pipeline({ parallelism: 2, autoWatermarkIntervalMs: 200 });
    const result = await runOnMiniCluster({ document, lookup, data: { readings: new Uint8Array(0) } });
    expect(result).toMatchObject({ status: 'finished', rows: {}, summary: { recordsRead: 0, rowsDelivered: 0 } });
  });
});

const reading: fc.Arbitrary<Reading> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'sensor_5'),
  timestamp: fc.integer({ min: 0, max: 60_000 }),
  temperature: fc.integer({ min: 0, max: 400 }).map((tenths) => tenths / 10),
});

/** Mostly rising timestamps with some disorder, as sensors send them, and a broken line now and then. */
const readings: fc.Arbitrary<readonly string[]> = fc
  .array(
    fc.record({
      reading,
      step: fc.integer({ min: 0, max: 800 }),
      back: fc.integer({ min: 0, max: 6000 }),
      broken: fc.integer({ min: 0, max: 15 }),
    }),
    {
      minLength: 1,
      maxLength: 120,
    },
  )
  .map((items) => {
    let time = 0;
    return items.map(({ reading: r, step, back, broken }) => {
      time += step;
      return broken === 0 ? `${r.id},?,1` : lineOf({ ...r, timestamp: Math.max(0, time - (back > 4000 ? back : 0)) });
    });
  });

const settings: fc.Arbitrary<Settings> = fc.record({
  parallelism: fc.constant(1),
  autoWatermarkIntervalMs: fc.constantFrom(0, 50, 200, 3000),
  lateData: fc.constantFrom('drop', 'side-output'),
  allowedLateness: fc.constantFrom(0, 1500),
  onMalformed: fc.constantFrom('skip', 'side-output'),
});

const byText = (rows: readonly unknown[] | undefined): string[] => (rows ?? []).map((row) => JSON.stringify(row)).sort();

describe('the same job in other ways', () => {
  it('gives the same rows and the same trace fused, as specification, and in steps of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        readings,
        settings,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 3, 4),
        async (lines, base, stepRecords, parallelism) => {
          const at = { ...base, parallelism };
          const fused = await runReadings(lines, at);
          const specification = await runReadings(lines, at, { fused: false });
          const stepped = await runReadings(lines, at, { stepRecords });
          const steppedSpecification = await runReadings(lines, at, { stepRecords: 1, fused: false });
          for (const other of [specification, stepped, steppedSpecification]) {
            expect(other.rows).toEqual(fused.rows);
            expect(other.problems).toEqual(fused.problems);
            expect(other.summary).toEqual(fused.summary);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('gives the same rows, in another order perhaps, at any parallelism', async () => {
    await fc.assert(
      fc.asyncProperty(readings, settings, fc.integer({ min: 2, max: 5 }), async (lines, base, parallelism) => {
        const single = await runReadings(lines, base);
        const parallel = await runReadings(lines, { ...base, parallelism });
        for (const sink of ['table', 'late', 'malformed']) expect(byText(parallel.rows[sink])).toEqual(byText(single.rows[sink]));
        expect(parallel.summary?.resultHash).toBe(single.summary?.resultHash);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
