import fc from 'fast-check';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';

/** Operators that keep state of every kind, each in a job of its own. */

type Json = Readonly<Record<string, unknown>>;

export interface Subject {
  readonly type: string;
  readonly config: Json;
  /** Ports, and whether what comes through them is keyed (k) or broadcast (b). */
  readonly inputs: readonly (readonly [port: string, how: 'k' | 'b'])[];
  readonly sides?: readonly string[];
  /** What it emits is summed up by id: between two parallel tasks something can be under way. */
  readonly summedUp?: boolean;
}

const RESULT = [
  { name: 'id', type: 'string' },
  { name: 'value', type: 'double' },
];

/** Counts per key in value state, keeps a list, and fires timers of both kinds. */
const TIMERS = `({
  open(ctx) {
    this.count = ctx.getState('count');
    this.recent = ctx.getListState('recent');
    this.seen = ctx.getMapState('seen');
  },
  processElement(value, ctx, out) {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    this.recent.add(value.temperature);
    this.seen.put(String(Math.floor(value.temperature)), count);
    const timers = ctx.timerService();
    timers.registerEventTimeTimer(ctx.timestamp() + 3000);
    timers.registerProcessingTimeTimer(timers.currentProcessingTime() + 450);
    out.collect({ id: 'count ' + value.id, value: count });
  },
  onTimer(timestamp, ctx, out) {
    const recent = [...(this.recent.get() ?? [])];
    out.collect({ id: 'timer ' + ctx.getCurrentKey() + ' ' + timestamp, value: recent.reduce((sum, one) => sum + one, 0) });
    if (recent.length > 4) {
      this.recent.clear();
      ctx.output('cleared', ctx.getCurrentKey());
    }
  },
})`;

const BOTH = `({
  open(ctx) { this.left = ctx.getState('left'); this.right = ctx.getState('right'); },
  processElement1(value, ctx, out) {
    this.left.update(value.temperature);
    const right = this.right.value();
    if (right !== null) out.collect({ id: value.id, value: value.temperature - right });
    ctx.timerService().registerEventTimeTimer(ctx.timestamp() + 2000);
  },
  processElement2(value, ctx, out) {
    this.right.update(value.temperature);
    out.collect({ id: 'right ' + value.id, value: this.left.value() ?? -1 });
  },
  onTimer(timestamp, ctx, out) { this.right.clear(); },
})`;

const RULES = `({
  open(ctx) { this.last = ctx.getState('last'); },
  processElement(value, ctx, out) {
    const limit = ctx.getBroadcastState('limits').get(value.id) ?? 100;
    out.collect({ id: value.id, value: (this.last.value() ?? 0) > limit ? 1 : 0 });
    this.last.update(value.temperature);
  },
  processBroadcastElement(value, ctx) { ctx.getBroadcastState('limits').put(value.id, value.temperature); },
})`;

const AGGREGATES = [
  { fn: 'count', column: '', as: 'n' },
  { fn: 'avg', column: 'temperature', as: 'average' },
];
const ONE: Subject['inputs'] = [['in', 'k']];
const TWO: Subject['inputs'] = [
  ['in1', 'k'],
  ['in2', 'k'],
];

const LOOKUP = {
  table: 'sensor,room\na,Library\nb,Kitchen\n',
  lookupField: 'id',
  combine: "(r, row) => ({ id: r.id, temperature: r.temperature, room: row?.room ?? 'none' })",
  latency: 730,
};

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  'timers of both kinds': {
    type: 'keyed-process-function',
    config: { code: TIMERS, schema: RESULT, sideOutputs: [{ name: 'cleared', type: 'string' }] },
    inputs: ONE,
    sides: ['cleared'],
  },
  'results of timers on their way': {
    type: 'keyed-process-function',
    config: { code: TIMERS, schema: RESULT, sideOutputs: [{ name: 'cleared', type: 'string' }] },
    inputs: ONE,
    summedUp: true,
  },
  'state of two inputs': { type: 'keyed-co-process-function', config: { code: BOTH, schema: RESULT }, inputs: TWO },
  'broadcast state': {
    type: 'keyed-broadcast-process-function',
    config: { code: RULES, schema: RESULT },
    inputs: [
      ['in', 'k'],
      ['broadcast', 'b'],
    ],
  },
  'buffers of a join': {
    type: 'interval-join',
    config: {
      lowerBound: -1000,
      upperBound: 1500,
      combine: '(a, b) => ({ id: a.id, a: a.temperature, b: b.temperature })',
      lateData: 'drop',
    },
    inputs: TWO,
  },
  'panes of a window join': {
    type: 'window-join',
    config: { size: 4000, combine: '(a, b) => ({ id: a.id, a: a.temperature, b: b.temperature })' },
    inputs: TWO,
  },
  'calls under way, in order': { type: 'async-lookup', config: { ...LOOKUP, mode: 'ordered' }, inputs: ONE },
  'calls under way, overtaking': { type: 'async-lookup', config: { ...LOOKUP, mode: 'unordered' }, inputs: ONE },
  'sessions that merge': {
    type: 'session-window',
    config: { gap: 1500, allowedLateness: 1000, lateData: 'side-output', aggregates: AGGREGATES },
    inputs: ONE,
    sides: ['late'],
  },
  'windows that overlap': { type: 'sliding-window', config: { size: 6000, slide: 2000, aggregates: AGGREGATES }, inputs: ONE },
  'windows by count': { type: 'count-window', config: { size: 3, aggregates: AGGREGATES }, inputs: ONE },
  'a running reduction': {
    type: 'reduce',
    config: { reducer: '(a, b) => ({ ...b, temperature: a.temperature + b.temperature })' },
    inputs: ONE,
  },
  'a running maximum': { type: 'rolling-aggregate', config: { fn: 'max', column: 'temperature', ties: 'first' }, inputs: ONE },
};

export function pipeline(subject: Subject, parallelism: number): PipelineDocument {
  const fields = [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ];
  const { type, config, inputs, sides = [], summedUp = false } = subject;
  const sum = { reducer: '(a, b) => ({ id: a.id, value: a.value + b.value })' };
  const streams = inputs.map(([port, how], i) => ({ port, how, i }));
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'restored-operator',
    job: { parallelism, autoWatermarkIntervalMs: 200 },
    nodes: [
      ...streams.flatMap(({ how, i }) => [
        { id: `file${i}`, type: 'file-source', config: { data: `data${i}`, schema: fields } },
        { id: `time${i}`, type: 'timestamps-and-watermarks', config: { timestampField: 'timestamp', maxOutOfOrdernessMs: 800 } },
        how === 'k' ? { id: `way${i}`, type: 'key-by', config: { columns: ['id'] } } : { id: `way${i}`, type: 'broadcast', config: {} },
      ]),
      { id: 'subject', type, config },
      { id: 'out', type: 'table-sink', config: {} },
      ...(summedUp
        ? [
            { id: 'again', type: 'key-by', config: { columns: ['id'] } },
            { id: 'sum', type: 'reduce', config: sum },
          ]
        : []),
      ...sides.map((side) => ({ id: side, type: 'table-sink', config: {} })),
    ],
    edges: [
      ...streams.flatMap(({ port, i }) => [
        { id: `a${i}`, source: `file${i}`, target: `time${i}` },
        { id: `b${i}`, source: `time${i}`, target: `way${i}` },
        { id: `c${i}`, source: `way${i}`, target: 'subject', targetPort: port },
      ]),
      ...(summedUp
        ? [
            { id: 'o1', source: 'subject', target: 'again' },
            { id: 'o2', source: 'again', target: 'sum' },
            { id: 'o3', source: 'sum', target: 'out' },
          ]
        : [{ id: 'o', source: 'subject', target: 'out' }]),
      ...sides.map((side) => ({ id: `s${side}`, source: 'subject', sourcePort: side, target: side })),
    ],
    data: streams.map(({ i }) => ({ id: `data${i}`, name: 'd.csv', format: 'csv', source: { kind: 'file', sizeBytes: 0 } })),
  });
}

export type Lines = readonly string[];

export const lines: fc.Arbitrary<Lines> = fc
  .array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      step: fc.integer({ min: 0, max: 700 }),
      back: fc.integer({ min: 0, max: 3000 }),
      value: fc.nat({ max: 40 }),
    }),
    { minLength: 5, maxLength: 50 },
  )
  .map((items) => {
    let time = 0;
    return items.map(({ id, step, back, value }) => `${id},${Math.max(0, (time += step) - (back > 2200 ? back : 0))},${value}`);
  });
