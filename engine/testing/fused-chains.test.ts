import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../batch/batch.ts';
import type { DefinitionLookup } from '../graph/analysis.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import type { PipelineDocument } from '../graph/document.ts';
import type { OperatorModule } from '../operators/definition.ts';
import type { Operator } from '../operators/operator.ts';
import { definitionOf } from '../operators/registry.ts';
import { deployJob } from '../runtime/deploy.ts';
import { DeterministicScheduler } from '../scheduler/deterministic-scheduler.ts';
import { ReplayPacer } from '../scheduler/replay-pacer.ts';
import { must } from '../util/assert.ts';
import { MemoryByteInput } from './memory-byte-input.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult } from './mini-cluster.ts';

const NOON = Date.UTC(2025, 5, 1, 12);

interface Chain {
  readonly predicates: readonly string[];
  readonly mapper: string;
  readonly onError: 'skip' | 'fail';
  readonly autoWatermarkIntervalMs: number;
}

/** file → timestamps → filters → map → table, and windows whose late records show where the watermarks were. */
function pipeline({ predicates, mapper, onError, autoWatermarkIntervalMs }: Chain): PipelineDocument {
  const nodes = [
    {
      id: 'file',
      type: 'file-source',
      config: {
        data: 'readings',
        schema: [
          { name: 'id', type: 'string' },
          { name: 'timestamp', type: 'double' },
          { name: 'temperature', type: 'double', nullable: true },
        ],
      },
    },
    { id: 'time', type: 'timestamps-and-watermarks', config: { timestampField: 'timestamp', maxOutOfOrdernessMs: 50 } },
    ...predicates.map((predicate, p) => ({ id: `filter${p}`, type: 'filter', config: { predicate, onError } })),
    {
      id: 'map',
      type: 'map',
      config: {
        mapper,
        onError,
        schema: [
          { name: 'id', type: 'string' },
          { name: 'f', type: 'double' },
          { name: 'label', type: 'string' },
        ],
      },
    },
    { id: 'table', type: 'table-sink', config: {} },
    { id: 'by-id', type: 'key-by', config: { columns: ['id'] } },
    { id: 'window', type: 'tumbling-window', config: { size: 100, aggregates: [{ fn: 'count', column: '', as: 'count' }] } },
    { id: 'windows', type: 'table-sink', config: {} },
  ];
  const sources: Readonly<Record<string, string>> = { 'by-id': 'map' };
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'chain',
    job: { parallelism: 1, autoWatermarkIntervalMs },
    nodes,
    edges: nodes.slice(1).map((node, n) => ({ id: `edge${n}`, source: sources[node.id] ?? nodes[n]?.id, target: node.id })),
    data: [{ id: 'readings', name: 'readings.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } }],
  });
}

/** Operators as they are, but for what `change` does to each. */
function lookupWith(change: (operator: Operator) => void): DefinitionLookup {
  return (type) => {
    const definition = definitionOf(type);
    const load = definition?.load;
    if (definition === undefined || load === undefined) return definition;
    const changed = async (): Promise<OperatorModule> => {
      const module = await load();
      return {
        create: (config, setup) => {
          const operator = module.create(config, setup);
          if ('processElement' in operator) change(operator);
          return operator;
        },
      };
    };
    return { ...definition, load: changed };
  };
}

interface Run {
  readonly lines: readonly string[];
  readonly lookup?: DefinitionLookup;
  readonly fused?: boolean;
  readonly stepRecords?: number;
}

async function run(chain: Chain, { lines, lookup = definitionOf, ...how }: Run): Promise<MiniClusterResult> {
  return await runOnMiniCluster({ document: pipeline(chain), lookup, data: { readings: bytesOf(lines) }, ...how });
}

function bytesOf(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`id,timestamp,temperature\n${lines.join('\n')}\n`);
}

/**
 * What does not depend on the size of batches. An operator reports the problems of a whole batch before the next one sees it, and those
 * behind the record that fails the job as well.
 */
function outcomeOf({ status, error, summary, rows, problems }: MiniClusterResult): unknown {
  const texts = status === 'failed' ? [] : problems.map((problem) => JSON.stringify(problem)).toSorted();
  return { status, error, summary, rows, problems: texts };
}

interface Traces {
  readonly snapshot: unknown;
  /** By operator: the batch it emitted last. */
  readonly lookedAt: readonly unknown[];
}

/** What a job leaves behind in the operators of its first task. */
async function tracesOf(chain: Chain, lines: readonly string[], lookup: DefinitionLookup): Promise<Traces> {
  const document = pipeline(chain);
  const graph = buildExecutionGraph(document.job, buildJobGraph(document, analyzeDocument(document, lookup), lookup));
  const bytes = bytesOf(lines);
  const job = await deployJob(graph, {
    fused: true,
    operatorIds: graph.vertices.flatMap((vertex) => vertex.operators.map(({ nodeId }) => nodeId)),
    loadOperator: async (type) => await must(lookup(type)?.load, `the runtime of ${type}`)(),
    openInput: () => new MemoryByteInput(bytes),
    deliver: (_nodeId, _subtask, { lease }) => lease?.release(),
    listProblem: () => {},
    setRunning: () => {},
  });
  const scheduler = new DeterministicScheduler(job, new ReplayPacer('max'), () => 0);
  for (const subtask of job.subtasks) subtask.open();
  scheduler.runSlice(1);
  const first = must(job.subtasks[0], 'the first task').chain;
  const lookedAt = first.links.map(({ stats: { lastBatch } }) =>
    Array.from({ length: lastBatch?.selectedCount ?? 0 }, (_, j) => lastBatch?.recordAt(lastBatch.rowAt(j))),
  );
  return { snapshot: first.snapshot([], true), lookedAt };
}

/** Each operator by itself, batch by batch. */
const oneByOne = lookupWith((operator) => {
  operator.fusion = () => null;
});

/** Counts the rows that operators with a part in a shared function have got by themselves. */
function countingRows(): { readonly lookup: DefinitionLookup; readonly rows: () => number } {
  let rows = 0;
  const lookup = lookupWith((operator) => {
    const processBatch = operator.processBatch?.bind(operator);
    if (operator.fusion === undefined || processBatch === undefined) return;
    operator.processBatch = (batch: Batch, input: number) => {
      rows += batch.selectedCount;
      processBatch(batch, input);
    };
  });
  return { lookup, rows: () => rows };
}

const HOT = '(r) => r.temperature > 32';
const TO_FAHRENHEIT = "(r) => ({ id: r.id, f: r.temperature * 1.8 + 32, label: r.id + '!' })";
const THROWS_FOR_SHORT_IDS = "(r) => ({ id: r.id, f: r.id.at(1).length, label: r.temperature > 30 ? 'hot' : 'cold' })";
const PREDICATES = [
  HOT,
  "(r) => r.id !== 'b' && r.temperature < 60",
  "(r) => r.id.startsWith('a') || r.temperature >= 20",
  '(r) => { const limit = 40; return r.temperature < limit; }',
  '(r) => { const of = (reading) => reading.temperature; return of(r) > 10; }',
  '(r) => { if (r.temperature === 7) throw new Error("seven"); return true; }',
  'function warm(r) { return r.temperature > 15; }',
];
const MAPPERS = [
  TO_FAHRENHEIT,
  '(r) => { const f = r.temperature * 1.8 + 32; return { id: r.id, f, label: `${f}` }; }',
  THROWS_FOR_SHORT_IDS,
  '(r) => ({ id: r.id, f: r.temperature, label: null })',
];

const readings = fc
  .array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'aa', 'bb'),
      delay: fc.integer({ min: 0, max: 80 }),
      temperature: fc.integer({ min: 0, max: 64 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .chain((some) =>
    fc.record({
      // More than a chunk of the shared function, without having to shrink so many.
      repeated: fc.constantFrom(1, 5, 40),
      odd: fc.constantFrom('', 'null', 'fraction', 'small', 'far'),
      some: fc.constant(some),
    }),
  )
  .map(({ repeated, odd, some }) => {
    const oddLines: Readonly<Record<string, string>> = {
      null: `a,${NOON},`,
      fraction: `a,${NOON}.5,33`,
      small: 'a,17,33',
      far: `a,${NOON * 2},33`,
    };
    const lines = Array.from({ length: repeated }, () => some)
      .flat()
      .map(({ id, delay, temperature }, n) => `${id},${NOON + n * 3 - delay},${temperature}`);
    return odd === '' ? lines : lines.toSpliced(lines.length >> 1, 0, oddLines[odd] as string);
  });

const chains = fc.record({
  predicates: fc.array(fc.constantFrom(...PREDICATES), { maxLength: 2 }),
  mapper: fc.constantFrom(...MAPPERS),
  onError: fc.constantFrom<'skip' | 'fail'>('skip', 'fail'),
  autoWatermarkIntervalMs: fc.constantFrom(0, 40),
});

describe('operators of a chain that share a function', () => {
  it('give what they give one after the other, and record by record', async () => {
    await fc.assert(
      fc.asyncProperty(chains, readings, async (chain, lines) => {
        const fused = await run(chain, { lines });
        expect(fused).toEqual(await run(chain, { lines, lookup: oneByOne }));
        expect(outcomeOf(fused)).toEqual(outcomeOf(await run(chain, { lines, fused: false })));
        expect(outcomeOf(fused)).toEqual(outcomeOf(await run(chain, { lines, stepRecords: 7 })));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('leave counters, watermarks, state and records to look at as if each had worked alone', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `${n % 3 === 0 ? 'a' : 'b'},${NOON + n * 3 - (n % 7)},${n % 64}`);
    const chain: Chain = { predicates: [HOT, "(r) => r.id === 'a'"], mapper: TO_FAHRENHEIT, onError: 'fail', autoWatermarkIntervalMs: 40 };
    const counting = countingRows();
    expect(await tracesOf(chain, lines, counting.lookup)).toEqual(await tracesOf(chain, lines, oneByOne));
    // The last batch is smaller than what is worth a shared function.
    expect(counting.rows()).toBeLessThan(200);
  });

  it('keep the records to look at of an operator that emits nothing any more, while batches come and go', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `a,${NOON + n},${n < 3 ? 40 + n : 10}`);
    const chain: Chain = { predicates: [HOT], mapper: TO_FAHRENHEIT, onError: 'fail', autoWatermarkIntervalMs: 40 };
    for (const lookup of [definitionOf, oneByOne]) {
      const { lookedAt } = await tracesOf(chain, lines, lookup);
      const hot = [40, 41, 42].map((temperature, n) => ({ id: 'a', timestamp: NOON + n, temperature }));
      expect(lookedAt[2]).toEqual(hot);
      expect(lookedAt[3]).toEqual(hot.map(({ temperature }) => ({ id: 'a', f: temperature * 1.8 + 32, label: 'a!' })));
    }
  });

  it('forget what they have seen of a batch that goes through them one by one', async () => {
    const timestamps = Array.from({ length: 1500 }, (_, n) => NOON + n * 3 - (n % 5 === 0 ? 80 : 0));
    const lines = timestamps.map((timestamp, n) => `${n === 1000 ? 'a' : 'bb'},${timestamp},${n % 64}`);
    const chain: Chain = { predicates: [HOT], mapper: THROWS_FOR_SHORT_IDS, onError: 'skip', autoWatermarkIntervalMs: 0 };
    const counting = countingRows();
    const result = await run(chain, { lines, lookup: counting.lookup });
    expect(result).toEqual(await run(chain, { lines, lookup: oneByOne }));
    expect(result.summary).toMatchObject({ failedRecords: 1 });
    expect(result.summary?.lateRecords).toBeGreaterThan(0);
    expect(counting.rows()).toBeGreaterThan(1500);
  });

  it('work one after the other where a record is not as usual', async () => {
    const lines = [`a,${NOON},40`, `a,${NOON + 1}.5,41`, `b,${NOON + 2},`];
    const chain: Chain = { predicates: [HOT], mapper: TO_FAHRENHEIT, onError: 'fail', autoWatermarkIntervalMs: 0 };
    const counting = countingRows();
    const result = await run(chain, { lines, lookup: counting.lookup });
    expect(result.rows['table']).toEqual((await run(chain, { lines, fused: false })).rows['table']);
    expect(counting.rows()).toBeGreaterThan(0);
  });

  it('name the operator and the record at fault', async () => {
    const lines = [`a,${NOON},40`, `a,${NOON + 1},7`, `b,${NOON + 2},50`];
    const chain: Chain = {
      predicates: ['(r) => true', PREDICATES[5] as string],
      mapper: TO_FAHRENHEIT,
      onError: 'fail',
      autoWatermarkIntervalMs: 0,
    };
    const result = await run(chain, { lines });
    expect(result.error).toMatchObject({ nodeId: 'filter1', position: 3 });
    expect(result.rows['table']).toEqual([{ id: 'a', f: 104, label: 'a!' }]);
  });
});
