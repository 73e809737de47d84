import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../batch/schema.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { analyzeDocument } from '../graph/analyze-document.ts';
import { buildExecutionGraph } from '../graph/execution-graph.ts';
import { buildJobGraph } from '../graph/job-graph.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';

/** Whole jobs in batch execution. */

type Node = readonly [id: string, type: string, config?: Record<string, unknown>, more?: Record<string, unknown>];

function pipeline(nodes: readonly Node[], edges: readonly string[], job: Record<string, unknown> = {}): PipelineDocument {
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'batch-job',
    job: { executionMode: 'batch', autoWatermarkIntervalMs: 0, ...job },
    nodes: nodes.map(([id, type, config = {}, more = {}]) => ({ id, type, config, ...more })),
    edges: edges.map((text) => {
      const [source, end = ''] = text.split(' > ');
      const [target, targetPort = 'in'] = end.split('.');
      return { id: text, source, target, targetPort };
    }),
  });
}

async function run(document: PipelineDocument, how: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  return await runOnMiniCluster({ document, lookup: definitionOf, ...how });
}

async function rowsOf(document: PipelineDocument, how: Partial<MiniClusterRun> = {}): Promise<readonly Row[]> {
  const { error, rows } = await run(document, how);
  expect(error).toBeNull();
  return rows['table'] ?? [];
}

const rows = (id: string, records: readonly Row[]): Node => [
  id,
  'inline-source',
  { rows: records.map((row) => JSON.stringify(row)).join('\n') },
];
const times = (id: string): Node => [id, 'timestamps-and-watermarks', { timestampField: 'ts', maxOutOfOrdernessMs: 0 }];
const TABLE: Node = ['table', 'table-sink', {}, { parallelism: 1 }];

const READINGS: readonly Row[] = [
  { id: 'a', ts: 3000, v: 1 },
  { id: 'b', ts: 2000, v: 2 },
  { id: 'a', ts: 1000, v: 3 },
  { id: 'a', ts: 15_000, v: 9 },
  { id: 'b', ts: 1500, v: 5 },
];

/** The readings, keyed, through one operator. */
function keyed(operator: Node, job: Record<string, unknown> = {}): PipelineDocument {
  return pipeline(
    [rows('readings', READINGS), times('time'), ['key', 'key-by', { columns: ['id'] }], operator, TABLE],
    ['readings > time', 'time > key', `key > ${operator[0]}`, `${operator[0]} > table`],
    job,
  );
}

describe('in batch execution', () => {
  it.each([1, 3])(
    'a reduce emits the final result of each key, of its records in the order of time (parallelism %i)',
    async (parallelism) => {
      const digits: Node = ['digits', 'reduce', { reducer: '(a, b) => ({ ...b, v: a.v * 10 + b.v })' }];
      const batch = keyed(digits, { parallelism });
      const expected = [
        { id: 'a', ts: 15_000, v: 319 },
        { id: 'b', ts: 2000, v: 52 },
      ];
      for (const how of [{}, { fused: false }, { stepRecords: 1 }]) {
        expect((await rowsOf(batch, how)).toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))).toEqual(expected);
      }
      const streaming = keyed(digits, { parallelism: 1, executionMode: 'streaming' });
      expect((await rowsOf(streaming)).map(({ id, v }) => `${id} ${v}`)).toEqual(['a 1', 'b 2', 'a 13', 'a 139', 'b 25']);
    },
  );

  it('a rolling aggregate does so too', async () => {
    const sum = keyed(['sum', 'rolling-aggregate', { fn: 'sum', column: 'v' }]);
    expect((await rowsOf(sum)).map(({ id, v }) => [id, v])).toEqual([
      ['a', 13],
      ['b', 7],
    ]);
  });

  it('a process function sees each key by itself, in the order of time, and all timers at the end of time', async () => {
    const code = `({
      processElement(v, ctx, out) {
        out.collect({ seen: v.id + ' ' + v.ts + ' at ' + ctx.timerService().currentWatermark() });
        ctx.timerService().registerEventTimeTimer(5000);
        ctx.timerService().registerProcessingTimeTimer(ctx.timerService().currentProcessingTime() + 1000);
      },
      onTimer(time, ctx, out) {
        out.collect({ seen: ctx.getCurrentKey() + ' ' + ctx.timeDomain() + ' at ' + ctx.timerService().currentWatermark() });
      },
    })`;
    const schema = [{ name: 'seen', type: 'string' }];
    expect((await rowsOf(keyed(['watch', 'keyed-process-function', { code, schema }]))).map(({ seen }) => seen)).toEqual([
      'a 1000 at -Infinity',
      'a 3000 at -Infinity',
      'a 15000 at -Infinity',
      'b 1500 at -Infinity',
      'b 2000 at -Infinity',
      'a EVENT_TIME at Infinity',
      'b EVENT_TIME at Infinity',
      'a PROCESSING_TIME at Infinity',
      'b PROCESSING_TIME at Infinity',
    ]);
  });

  it('nothing is late: a window has all its records', async () => {
    const window: Node = ['window', 'tumbling-window', { size: 10_000, aggregates: [{ fn: 'sum', column: 'v', as: 'sum' }] }];
    const found = async (executionMode: string) => {
      const { rows: delivered, problems } = await run(keyed(window, { executionMode }));
      return { sums: delivered['table']?.map(({ id, window_start: start, sum }) => `${id} ${start} ${sum}`), problems: problems.length };
    };
    expect(await found('batch')).toEqual({ sums: ['a 0 4', 'b 0 7', 'a 10000 9'], problems: 0 });
    expect(await found('streaming')).toEqual({ sums: ['a 0 4', 'b 0 2', 'a 10000 9'], problems: 1 });
  });

  it('windows of processing time end with the input', async () => {
    const all = { size: 10_000, time: 'processing', aggregates: [{ fn: 'count', column: '', as: 'n' }] };
    expect((await rowsOf(keyed(['window', 'tumbling-window', all]))).map(({ id, n }) => `${id} ${n}`)).toEqual(['a 3', 'b 2']);
  });

  it('a window over all keys gets the whole stream in the order of time', async () => {
    const code = '({ process(context, elements, out) { out.collect({ seen: elements.map((e) => e.ts).join(" ") }); } })';
    const config = { windows: 'tumbling', size: 10_000, function: 'process', processor: code, schema: [{ name: 'seen', type: 'string' }] };
    expect((await rowsOf(keyed(['all', 'window-all', config]))).map(({ seen }) => seen)).toEqual(['1000 1500 2000 3000', '15000']);
  });

  it('a broadcast stream comes first, whatever its place in time', async () => {
    const code = `({
      processElement(v, ctx, out) { out.collect({ seen: v.id + ' ' + v.ts + ': ' + ctx.getBroadcastState('rules').get('rule') }); },
      processBroadcastElement(rule, ctx) { ctx.getBroadcastState('rules').put('rule', rule.text); },
    })`;
    const config = { code, schema: [{ name: 'seen', type: 'string' }] };
    const document = (type: string, edges: readonly string[]) =>
      pipeline(
        [
          rows('readings', READINGS),
          times('time'),
          rows(
            'rules',
            [...READINGS, ...READINGS].map((_, i) => ({ text: `rule ${i}` })),
          ),
          ['key', 'key-by', { columns: ['id'] }],
          ['apply', type, config],
          TABLE,
        ].filter(([id]) => id !== 'key' || edges.includes('time > key')) as Node[],
        ['readings > time', 'rules > apply.broadcast', 'apply > table', ...edges],
      );
    const seen = async (of: PipelineDocument) => (await rowsOf(of)).map(({ seen: text }) => text);
    expect(await seen(document('keyed-broadcast-process-function', ['time > key', 'key > apply.in']))).toEqual([
      'a 1000: rule 9',
      'a 3000: rule 9',
      'a 15000: rule 9',
      'b 1500: rule 9',
      'b 2000: rule 9',
    ]);
    // Neither keyed nor broadcast: as they came, behind the broadcast stream.
    expect(await seen(document('broadcast-process-function', ['time > apply.in']))).toEqual([
      'a 3000: rule 9',
      'b 2000: rule 9',
      'a 1000: rule 9',
      'a 15000: rule 9',
      'b 1500: rule 9',
    ]);
  });

  it('two keyed streams meet key by key, in the order of time', async () => {
    const code = `({
      map1(v) { return { seen: v.id + ' ' + v.ts + ' reading' }; },
      map2(v) { return { seen: v.id + ' ' + v.ts + ' switch' }; },
    })`;
    const document = pipeline(
      [
        rows('readings', READINGS),
        rows('switches', [
          { id: 'b', ts: 1700 },
          { id: 'a', ts: 3000 },
          { id: 'c', ts: 0 },
        ]),
        times('time1'),
        times('time2'),
        ['key1', 'key-by', { columns: ['id'] }],
        ['key2', 'key-by', { columns: ['id'] }],
        ['both', 'co-map', { code, schema: [{ name: 'seen', type: 'string' }] }],
        TABLE,
      ],
      ['readings > time1', 'switches > time2', 'time1 > key1', 'time2 > key2', 'key1 > both.in1', 'key2 > both.in2', 'both > table'],
    );
    expect((await rowsOf(document)).map(({ seen }) => seen)).toEqual([
      'a 1000 reading',
      'a 3000 reading',
      'a 3000 switch',
      'a 15000 reading',
      'b 1500 reading',
      'b 1700 switch',
      'b 2000 reading',
      'c 0 switch',
    ]);
  });

  it('without timestamps the records of a key stay in the order of arrival', async () => {
    const names = "({ map1(v) { return { seen: v.id + ' reading ' + v.v }; }, map2(v) { return { seen: v.id + ' switch' }; } })";
    const document = pipeline(
      [
        rows('readings', READINGS),
        rows('switches', [{ id: 'c' }, { id: 'a' }]),
        ['key1', 'key-by', { columns: ['id'] }],
        ['key2', 'key-by', { columns: ['id'] }],
        ['both', 'co-map', { code: names, schema: [{ name: 'seen', type: 'string' }] }],
        TABLE,
      ],
      ['readings > key1', 'switches > key2', 'key1 > both.in1', 'key2 > both.in2', 'both > table'],
    );
    expect((await rowsOf(document)).map(({ seen }) => seen)).toEqual([
      'a reading 1',
      'a switch',
      'a reading 3',
      'a reading 9',
      'c switch',
      'b reading 2',
      'b reading 5',
    ]);
  });

  it('a failing record is named with its own place and key', async () => {
    const code = "({ map(v) { if (v.ts === 1500) throw new Error('no'); return v; } })";
    const { error } = await run(keyed(['check', 'rich-map', { code, schema: [{ name: 'id', type: 'string' }] }]));
    expect(error).toMatchObject({ nodeId: 'check', position: 5, key: 'b', record: '{"id":"b","ts":1500,"v":5}' });
  });
});

describe('automatic execution', () => {
  const sum = (source: Node): PipelineDocument =>
    pipeline(
      [
        source,
        ['key', 'key-by', { mode: 'function', selector: '(r) => 1' }],
        ['sum', 'rolling-aggregate', { fn: 'sum', column: 'v' }],
        TABLE,
      ],
      [`${source[0]} > key`, 'key > sum', 'sum > table'],
      { executionMode: 'automatic' },
    );

  it('is batch when every source ends, and streaming when one does not', async () => {
    expect((await run(sum(rows('readings', READINGS)))).graph.isBatchExecution).toBe(true);
    expect((await rowsOf(sum(rows('readings', READINGS)))).length).toBe(1);
    const endless = sum(['numbers', 'custom-source', { generator: '(ctx) => ({ v: ctx.n })', count: 0 }]);
    const graph = buildExecutionGraph(endless.job, buildJobGraph(endless, analyzeDocument(endless, definitionOf), definitionOf));
    expect(graph.isBatchExecution).toBe(false);
  });
});

describe('batch and streaming', () => {
  const reading = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    ts: fc.integer({ min: 0, max: 60_000 }),
    v: fc.integer({ min: 0, max: 9 }),
  });
  const sorted = (found: readonly Row[]): readonly string[] => found.map((row) => JSON.stringify(row)).toSorted();

  it.each(['tumbling-window', 'session-window'])('give the same final results where nothing is late (%s)', async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 3), async (records, parallelism) => {
        const config = { size: 7000, gap: 2000, aggregates: [{ fn: 'sum', column: 'v', as: 'sum' }] };
        const { gap, size, ...common } = config;
        const window = type === 'session-window' ? { ...common, gap } : { ...common, size };
        const document = (executionMode: string) =>
          pipeline(
            [
              rows('readings', records),
              ['time', 'timestamps-and-watermarks', { timestampField: 'ts', maxOutOfOrdernessMs: 60_000 }],
              ['key', 'key-by', { columns: ['id'] }],
              ['window', type, window],
              TABLE,
            ],
            ['readings > time', 'time > key', 'key > window', 'window > table'],
            { executionMode, parallelism },
          );
        expect(sorted(await rowsOf(document('batch')))).toEqual(sorted(await rowsOf(document('streaming'))));
      }),
      { numRuns: 20 },
    );
  });
});
