import { describe, expect, it } from 'vitest';
import type { JobError } from '../api/errors.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { must } from '../util/assert.ts';
import { runOnMiniCluster } from './mini-cluster.ts';

/** Wherever user code throws, the job's error says which operator, subtask, field, line, record and key it was. */

const ROWS = [
  { id: 'a', at: 1000, value: 1 },
  { id: 'b', at: 2000, value: 2 },
  { id: 'a', at: 3000, value: 3 },
  { id: 'a', at: 15_000, value: 4 },
];
const LINES = ROWS.map((row) => JSON.stringify(row)).join('\n');

interface Story {
  readonly where: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly expected: Partial<JobError>;
  /** Two inputs, both the same rows; the ports of the operator. */
  readonly ports?: readonly string[];
  /** Is put before the operator instead of a key of "id": null for a stream without key. */
  readonly keyBy?: Readonly<Record<string, unknown>> | null;
  readonly withTime?: boolean;
}

/** Throws in its second line, at the first record with a value above 2. */
const thrower = (params: string, condition: string, otherwise: string): string =>
  `(${params}) => {\n  if (${condition}) throw new RangeError('too much');\n  return ${otherwise};\n}`;

const FIELDS = [
  { name: 'id', type: 'string' },
  { name: 'value', type: 'double' },
];
const THIRD = { position: 3, record: '{"id":"a","at":3000,"value":3}' };

const window = (config: Readonly<Record<string, unknown>>) => ({ size: 10_000, lateData: 'drop', schema: FIELDS, ...config });

const STORIES: readonly Story[] = [
  {
    where: 'the predicate of a filter',
    type: 'filter',
    config: { predicate: thrower('r', 'r.value > 2', 'true') },
    expected: { field: 'predicate', ...THIRD, key: undefined },
    keyBy: null,
  },
  {
    where: 'a map',
    type: 'map',
    config: { mapper: thrower('r', 'r.value > 2', 'r') },
    expected: { field: 'mapper', ...THIRD },
    keyBy: null,
  },
  {
    where: 'a flat map',
    type: 'flat-map',
    config: { mapper: thrower('r', 'r.value > 2', '[r]') },
    expected: { field: 'mapper', ...THIRD },
    keyBy: null,
  },
  {
    where: 'a reduce',
    type: 'reduce',
    config: { reducer: thrower('a, b', 'b.value > 2', 'a') },
    expected: { field: 'reducer', ...THIRD, key: 'a' },
  },
  {
    where: 'a process function',
    type: 'process-function',
    config: { code: "({\n  processElement(r) {\n    if (r.value > 2) throw new RangeError('too much');\n  },\n})", schema: FIELDS },
    expected: { field: 'code', ...THIRD, line: 3 },
    keyBy: null,
  },
  {
    where: 'a keyed process function',
    type: 'keyed-process-function',
    config: { code: "({\n  processElement(r) {\n    if (r.value > 2) throw new RangeError('too much');\n  },\n})", schema: FIELDS },
    expected: { field: 'code', ...THIRD, line: 3, key: 'a' },
  },
  {
    where: 'a rich map behind a key',
    type: 'rich-map',
    config: { code: "({\n  map(r) {\n    if (r.value > 2) throw new RangeError('too much');\n    return r;\n  },\n})", schema: FIELDS },
    expected: { field: 'code', ...THIRD, line: 3, key: 'a' },
  },
  {
    where: 'a co-map',
    type: 'co-map',
    ports: ['in1', 'in2'],
    config: {
      code: "({\n  map1: (r) => r,\n  map2(r) {\n    if (r.value > 2) throw new RangeError('too much');\n    return r;\n  },\n})",
      schema: FIELDS,
    },
    expected: { field: 'code', line: 4, record: THIRD.record },
    keyBy: null,
  },
  {
    where: 'what a lookup makes of record and row',
    type: 'async-lookup',
    config: { table: 'id,room\na,Library\n', lookupField: 'id', combine: thrower('r, row', 'r.value > 2', '({ id: r.id })') },
    expected: { field: 'combine', ...THIRD },
    keyBy: null,
  },
  {
    where: 'a generator',
    type: 'custom-source',
    ports: [],
    config: { generator: thrower('ctx', 'ctx.n > 2', '({ id: `${ctx.n}` })'), count: 9 },
    expected: { field: 'generator', record: '{"n":3,"split":0}' },
  },
  {
    where: 'the partitioner of a custom partition',
    type: 'custom-partition',
    config: { column: 'value', partition: thrower('value, channels', 'value > 2', '0') },
    expected: { field: 'partition', ...THIRD },
    keyBy: null,
  },
  {
    where: 'a timer of a keyed process function',
    type: 'keyed-process-function',
    config: {
      code: "({\n  processElement(r, ctx) {\n    if (r.id === 'b') ctx.timerService().registerEventTimeTimer(5000);\n  },\n  onTimer() {\n    throw new RangeError('too much');\n  },\n})",
      schema: FIELDS,
    },
    expected: { field: 'code', line: 6, key: 'b', record: '{"key":"b","timer":5000}' },
  },
  {
    where: 'the open method of a keyed process function',
    type: 'keyed-process-function',
    config: { code: "({\n  open() {\n    throw new RangeError('too much');\n  },\n  processElement() {},\n})", schema: FIELDS },
    expected: { field: 'code', line: 3, key: undefined, record: undefined },
  },
  {
    where: 'the second input of a keyed co-process function',
    type: 'keyed-co-process-function',
    ports: ['in1', 'in2'],
    config: {
      code: "({\n  processElement1() {},\n  processElement2(r) {\n    if (r.value > 2) throw new RangeError('too much');\n  },\n})",
      schema: FIELDS,
    },
    expected: { field: 'code', line: 4, key: 'a', record: THIRD.record },
  },
  {
    where: 'the aggregate function of a window',
    type: 'tumbling-window',
    config: window({
      function: 'aggregate',
      aggregator:
        "({\n  createAccumulator: () => 0,\n  add(r, n) {\n    if (r.value > 2) throw new RangeError('too much');\n    return n + r.value;\n  },\n  getResult: (n) => ({ id: '', value: n }),\n})",
    }),
    expected: { field: 'aggregator', line: 4, ...THIRD, key: 'a' },
  },
  {
    where: 'the result of the aggregate function of a window that fires',
    type: 'tumbling-window',
    config: window({
      function: 'aggregate',
      aggregator:
        "({\n  createAccumulator: () => 0,\n  add: (r, n) => n + r.value,\n  getResult(n) {\n    throw new RangeError('too much');\n  },\n})",
    }),
    expected: { field: 'aggregator', line: 5, key: 'a', record: undefined },
  },
  {
    where: 'the reduce function of a window',
    type: 'sliding-window',
    config: window({ slide: 10_000, function: 'reduce', reducer: thrower('a, b', 'b.value > 2', 'a') }),
    expected: { field: 'reducer', ...THIRD, key: 'a' },
  },
  {
    where: 'the process function of a window',
    type: 'tumbling-window',
    config: window({
      function: 'process',
      processor: "({\n  process(key, context, elements, out) {\n    if (key === 'b') throw new RangeError('too much');\n  },\n})",
    }),
    expected: { field: 'processor', line: 3, key: 'b', record: undefined },
  },
  {
    where: 'the process function behind a reduce function of a window',
    type: 'tumbling-window',
    config: window({
      function: 'reduce',
      reducer: '(a, b) => a',
      processor: "({\n  process(key, context, elements, out) {\n    throw new RangeError('too much');\n  },\n})",
    }),
    expected: { field: 'processor', line: 3, key: 'a', record: undefined },
  },
  {
    where: 'a trigger',
    type: 'tumbling-window',
    config: window({
      trigger: 'custom',
      customTrigger: "({\n  onElement(r) {\n    if (r.value > 2) throw new RangeError('too much');\n    return 'CONTINUE';\n  },\n})",
    }),
    expected: { field: 'customTrigger', line: 3, ...THIRD, key: 'a' },
  },
  {
    where: 'the difference of a delta trigger',
    type: 'global-window',
    config: window({ trigger: 'delta', triggerThreshold: 10, triggerDelta: thrower('a, b', 'b.value > 2', '0') }),
    expected: { field: 'triggerDelta', ...THIRD, key: 'a' },
  },
  {
    where: 'an evictor',
    type: 'tumbling-window',
    config: window({
      evictor: 'custom',
      customEvictor: "({\n  evictBefore(elements) {\n    throw new RangeError('too much');\n  },\n})",
    }),
    expected: { field: 'customEvictor', line: 3, key: 'a', record: undefined },
  },
  {
    where: 'an assigner',
    type: 'custom-window',
    config: window({
      assigner:
        "({\n  assignWindows(r) {\n    if (r.value > 2) throw new RangeError('too much');\n    return [{ start: 0, end: 10 }];\n  },\n})",
    }),
    expected: { field: 'assigner', line: 3, ...THIRD, key: 'a' },
  },
  {
    where: 'the gap of a session',
    type: 'session-window',
    config: window({ gapKind: 'dynamic', gapFunction: thrower('r', 'r.value > 2', '1000') }),
    expected: { field: 'gapFunction', ...THIRD, key: 'a' },
  },
  {
    where: 'the join function of an interval join',
    type: 'interval-join',
    ports: ['in1', 'in2'],
    config: { lowerBound: 0, upperBound: 0, combine: thrower('l, r', 'r.value > 2', '({ id: l.id })') },
    expected: { field: 'combine', key: 'a' },
  },
  {
    where: 'the join function of a window join',
    type: 'window-join',
    ports: ['in1', 'in2'],
    config: { size: 10_000, combine: thrower('l, r', 'r.value > 2', '({ id: l.id })') },
    expected: { field: 'combine', key: 'a' },
  },
  {
    where: 'a co-group',
    type: 'window-co-group',
    ports: ['in1', 'in2'],
    config: { size: 10_000, schema: FIELDS, group: thrower('l, r', 'l.length > 1', '[]') },
    expected: { field: 'group', key: 'a' },
  },
  {
    where: 'a watermark after a record',
    type: 'timestamps-and-watermarks',
    config: { timestampField: 'at', strategy: 'punctuated', punctuatedWatermark: thrower('r', 'r.value > 2', 'null') },
    expected: { field: 'punctuatedWatermark', ...THIRD },
    keyBy: null,
    withTime: false,
  },
  {
    where: 'a periodic watermark',
    type: 'timestamps-and-watermarks',
    config: { timestampField: 'at', strategy: 'periodic', periodicWatermark: thrower('w', 'w.maxTimestamp > 2500', 'null') },
    expected: { field: 'periodicWatermark', position: 3, record: '{"maxTimestamp":3000,"lastTimestamp":3000}' },
    keyBy: null,
    withTime: false,
  },
];

interface Built {
  readonly parallelism?: number;
}

function pipeline({ type, config, ports = ['in'], keyBy = { columns: ['id'] }, withTime = true }: Story, { parallelism = 1 }: Built) {
  const nodes: unknown[] = [{ id: 'failing', type, name: 'Failing', config }];
  const edges: unknown[] = [];
  for (const port of ports) {
    const steps = [
      { id: `rows-${port}`, type: 'inline-source', config: { rows: LINES } },
      ...(withTime ? [{ id: `time-${port}`, type: 'timestamps-and-watermarks', config: { timestampField: 'at' } }] : []),
      ...(keyBy === null ? [] : [{ id: `key-${port}`, type: 'key-by', name: 'By id', config: keyBy }]),
    ];
    nodes.push(...steps);
    const ids = [...steps.map((step) => step.id), 'failing'];
    ids.slice(1).forEach((target, i) => {
      const source = ids[i] ?? '';
      const targetPort = target === 'failing' ? port : 'in';
      edges.push({ id: `${source}-${target}`, source, sourcePort: 'out', target, targetPort });
    });
  }
  nodes.push({ id: 'table', type: 'table-sink', config: {} });
  edges.push({ id: 'to-table', source: 'failing', sourcePort: 'out', target: 'table', targetPort: 'in' });
  const job = { parallelism, autoWatermarkIntervalMs: 0 };
  return validateDocument({ format: 'millrace/pipeline', version: 1, id: 'failures', job, nodes, edges, data: [] });
}

async function errorOf(story: Story, how: Built & { readonly fused?: boolean } = {}): Promise<JobError> {
  const { error } = await runOnMiniCluster({ document: pipeline(story, how), lookup: definitionOf, fused: how.fused ?? true });
  return must(error, 'the error of a job whose function throws');
}

describe.each(STORIES.map((story) => [story.where, story] as const))('a failure in %s', (_, story) => {
  const common = {
    code: 'function-threw',
    nodeId: 'failing',
    nodeName: 'Failing',
    subtaskIndex: 0,
    cause: 'RangeError: too much',
    line: 2,
  };

  it('names operator, field, line, record and key', async () => {
    const error = await errorOf(story);
    const wanted = { ...common, ...story.expected };
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, error[name as keyof JobError]]))).toEqual(wanted);
  });

  it('is the same on both paths', async () => {
    expect(await errorOf(story, { fused: false })).toEqual(await errorOf(story));
  });
});

describe('a key function that throws', () => {
  const keyBy = { mode: 'function', selector: thrower('r', 'r.value > 2', 'r.id') };
  const story: Story = { where: '', type: 'reduce', config: { reducer: '(a, b) => b' }, keyBy, expected: {} };

  it('is named as what it is: the code of the operator that keys', async () => {
    for (const parallelism of [1, 2]) {
      const error = await errorOf(story, { parallelism });
      expect(error).toMatchObject({ code: 'function-threw', nodeId: 'key-in', nodeName: 'By id', field: 'selector', line: 2, ...THIRD });
      expect(error.key).toBe(undefined);
      expect(error.message).toMatch(/^By id: /);
    }
  });
});

it('says which subtask failed', async () => {
  const story: Story = {
    where: '',
    type: 'reduce',
    config: { reducer: thrower('a, b', 'b.value > 3', 'b') },
    expected: {},
  };
  const errors = await Promise.all([1, 2, 4].map((parallelism) => errorOf(story, { parallelism })));
  // Where Flink sends the key "a", with 128 key groups.
  expect(errors.map((error) => error.subtaskIndex)).toEqual([0, 1, 2]);
  expect(errors[2]).toMatchObject({ position: 4, record: '{"id":"a","at":15000,"value":4}', key: 'a' });
});
