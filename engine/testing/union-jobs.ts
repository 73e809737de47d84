import fc from 'fast-check';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';

/** Random jobs for tests of whole jobs: sources at different paces, exchanges of every kind, a window that knows late records. */

type Json = Readonly<Record<string, unknown>>;

/** What stands between the sources and the window, one after the other. */
type Step = 'filter' | 'map' | 'rebalance' | 'shuffle' | 'rescale';

export interface Settings {
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

export const node = (id: string, type: string, config: Json = {}, more: Json = {}): Json => ({ id, type, config, ...more });
export const edge = (source: string, target: string, sourcePort = 'out'): Json => ({
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
export function pipeline({
  parallelism,
  files,
  splits,
  steps,
  autoWatermarkIntervalMs,
  allowedLateness,
  unchained,
}: Settings): PipelineDocument {
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

/** The contents of a file of the job. */
export function csvOf(lines: readonly string[]): string {
  return `id,timestamp,temperature\n${lines.join('\n')}\n`;
}

export const lines: fc.Arbitrary<readonly string[]> = fc
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

export const settings: fc.Arbitrary<Settings> = fc.record({
  parallelism: fc.integer({ min: 1, max: 4 }),
  files: fc.constantFrom(1, 2),
  splits: fc.constantFrom(0, 0, 1),
  steps: fc.array(fc.constantFrom<Step>('filter', 'map', 'rebalance', 'shuffle', 'rescale'), { maxLength: 3 }),
  autoWatermarkIntervalMs: fc.constantFrom(0, 200, 1500),
  allowedLateness: fc.constantFrom(0, 1500),
  unchained: fc.boolean(),
});

export const plain: Settings = {
  parallelism: 2,
  files: 1,
  splits: 0,
  steps: [],
  autoWatermarkIntervalMs: 0,
  allowedLateness: 0,
  unchained: false,
};
