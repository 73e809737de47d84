import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from '../testing/mini-cluster.ts';

/** Timers of both domains, set for any time, also one gone by; set again by timers; state that expires. */
const CODE = `class Timers {
  open(ctx) {
    this.count = ctx.getState('count');
    this.recent = ctx.getListState({ name: 'recent', ttl: 700 });
  }

  processElement1(value, ctx, out) {
    this.count.update((this.count.value() ?? 0) + 1);
    this.recent.add(value.delay);
    const timers = ctx.timerService();
    timers.registerProcessingTimeTimer(timers.currentProcessingTime() + value.delay);
    timers.registerEventTimeTimer(ctx.timestamp() + value.delay);
    out.collect({ text: \`\${value.id} \${this.count.value()} \${this.recent.get()}\` });
  }

  processElement2(value, ctx, out) {
    const timers = ctx.timerService();
    timers.deleteProcessingTimeTimer(timers.currentProcessingTime() - value.delay);
    this.count.clear();
  }

  onTimer(timestamp, ctx, out) {
    const timers = ctx.timerService();
    const now = timers.currentProcessingTime();
    out.collect({ text: \`\${ctx.getCurrentKey()} \${ctx.timeDomain()} \${timestamp} \${now} \${this.count.value()} \${this.recent.get()}\` });
    if (ctx.timeDomain() === 'PROCESSING_TIME' && timestamp % 300 === 0) timers.registerProcessingTimeTimer(now + 150);
  }
}`;

const SCHEMA = [
  { name: 'id', type: 'string' },
  { name: 'at', type: 'timestamp' },
  { name: 'delay', type: 'long' },
];

function pipeline(parallelism: number): PipelineDocument {
  const node = (id: string, type: string, config: object = {}): object => ({ id, type, config });
  const edge = (source: string, target: string, targetPort = 'in'): object => ({
    id: `${source}-${target}`,
    source,
    target,
    targetPort,
    sourcePort: 'out',
  });
  const branch = (n: number): object[] => [
    node(`file${n}`, 'file-source', { data: `data${n}`, schema: SCHEMA }),
    node(`time${n}`, 'timestamps-and-watermarks', { timestampField: 'at', maxOutOfOrdernessMs: 200 }),
    node(`some${n}`, 'filter', { predicate: '(r) => r.delay % 3 !== 0' }),
    node(`key${n}`, 'key-by', { columns: ['id'] }),
  ];
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'timers',
    job: { parallelism, autoWatermarkIntervalMs: 0 },
    nodes: [
      ...branch(1),
      ...branch(2),
      node('timers', 'keyed-co-process-function', { code: CODE, schema: [{ name: 'text', type: 'string' }] }),
      // One sink subtask merges by origin, so that the order can be compared as well.
      { ...node('table', 'table-sink'), parallelism: 1 },
    ],
    edges: [
      ...[1, 2].flatMap((n) => [
        edge(`file${n}`, `time${n}`),
        edge(`time${n}`, `some${n}`),
        edge(`some${n}`, `key${n}`),
        edge(`key${n}`, 'timers', `in${n}`),
      ]),
      edge('timers', 'table'),
    ],
    data: [1, 2].map((n) => ({ id: `data${n}`, name: 'data.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } })),
  });
}

/** Of event time only: runs over columns. Timers for any time, two outputs, and a look at the watermark. */
const EVENT_TIME_CODE = `class EventTime {
  open(ctx) { this.count = ctx.getState('count'); this.seen = ctx.getMapState('seen'); }

  processElement(value, ctx, out) {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    this.seen.put(value.delay, count);
    ctx.timerService().registerEventTimeTimer(ctx.timestamp() + value.delay);
    if (value.delay < 0) ctx.timerService().deleteEventTimeTimer(ctx.timestamp() - value.delay);
    if (count % 2 === 1) ctx.output('odd', value);
    out.collect({ text: \`\${value.id} \${count} \${ctx.timerService().currentWatermark()}\` });
  }

  onTimer(timestamp, ctx, out) {
    ctx.output('odd', { id: ctx.getCurrentKey(), at: timestamp, delay: 0 });
    out.collect({ text: \`\${ctx.getCurrentKey()} \${timestamp} \${this.count.value()} \${JSON.stringify(this.seen.entries())}\` });
    if (timestamp % 3 === 0) { this.count.clear(); this.seen.clear(); }
    else if (timestamp % 3 === 1) ctx.timerService().registerEventTimeTimer(timestamp - 1);
  }
}`;

function eventTimePipeline(parallelism: number): PipelineDocument {
  const edge = (source: string, target: string, sourcePort = 'out'): object => ({ id: `${source}-${target}`, source, target, sourcePort });
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'event-time',
    job: { parallelism, autoWatermarkIntervalMs: 0 },
    nodes: [
      { id: 'file', type: 'file-source', config: { data: 'data', schema: SCHEMA } },
      { id: 'time', type: 'timestamps-and-watermarks', config: { timestampField: 'at', maxOutOfOrdernessMs: 200 } },
      { id: 'some', type: 'filter', config: { predicate: '(r) => r.delay % 5 !== 0' } },
      { id: 'key', type: 'key-by', config: { columns: ['id'] } },
      {
        id: 'timers',
        type: 'keyed-process-function',
        config: { code: EVENT_TIME_CODE, schema: [{ name: 'text', type: 'string' }], sideOutputs: [{ name: 'odd', type: 'row' }] },
      },
      { id: 'table', type: 'table-sink', parallelism: 1 },
      { id: 'odd', type: 'table-sink', parallelism: 1 },
    ],
    edges: [
      edge('file', 'time'),
      edge('time', 'some'),
      edge('some', 'key'),
      edge('key', 'timers'),
      edge('timers', 'table'),
      edge('timers', 'odd', 'odd'),
    ],
    data: [{ id: 'data', name: 'data.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } }],
  });
}

const lines = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    jitter: fc.integer({ min: -500, max: 100 }),
    delay: fc.integer({ min: -400, max: 900 }),
  }),
  { maxLength: 40 },
);

const bytesOf = (records: readonly { readonly id: string; readonly jitter: number; readonly delay: number }[]): Uint8Array => {
  const text = records.map(({ id, jitter, delay }, i) => `${id},${1000 + i * 100 + jitter},${delay}\n`);
  return new TextEncoder().encode(`id,at,delay\n${text.join('')}`);
};

it('timers and expiring state give the same rows in the same order fused, as specification, and in steps of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      lines,
      lines,
      fc.constantFrom(1, 2, 3),
      fc.integer({ min: 1, max: 7 }),
      async (first, second, parallelism, stepRecords) => {
        const run = { document: pipeline(parallelism), lookup: definitionOf, data: { data1: bytesOf(first), data2: bytesOf(second) } };
        const reference = await runOnMiniCluster(run);
        expect(reference.error).toBe(null);
        for (const how of [{ fused: false }, { stepRecords }, { stepRecords: 1, fused: false }]) {
          const other = await runOnMiniCluster({ ...run, ...how });
          expect(other.rows).toEqual(reference.rows);
          expect(other.summary).toEqual(reference.summary);
        }
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

it('a function of event time gives the same rows of all outputs fused, as specification, and in steps of any size', async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.constantFrom(1, 2, 3), fc.integer({ min: 1, max: 7 }), async (records, parallelism, stepRecords) => {
      const run = { document: eventTimePipeline(parallelism), lookup: definitionOf, data: { data: bytesOf(records) } };
      const reference = await runOnMiniCluster({ ...run, fused: false });
      expect(reference.error).toBe(null);
      for (const how of [{}, { stepRecords }, { stepRecords: 1, fused: false }]) {
        const other = await runOnMiniCluster({ ...run, ...how });
        expect(other.rows).toEqual(reference.rows);
        expect(other.summary).toEqual(reference.summary);
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);
