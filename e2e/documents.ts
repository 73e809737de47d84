/** An operator of a document; what `config` leaves out is the operator's default. */
export interface Step {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Column and row on the canvas. */
  readonly at?: readonly [number, number];
  /** `node` or `node.port` this one receives from; missing: the step before. Null: nothing. */
  readonly from?: string | null;
}

export interface Job {
  readonly parallelism?: number;
  readonly autoWatermarkIntervalMs?: number;
  readonly seed?: number;
}

/** A document as a file of it holds it. `text` becomes the data "sample" of the document itself. */
export function documentOf(name: string, steps: readonly Step[], text?: string, job: Job = {}) {
  return {
    format: 'millrace/pipeline',
    version: 1,
    id: `e2e-${name}`,
    job: { name, ...job },
    nodes: steps.map(({ id, type, name: title, config = {}, at }, index) => {
      const [column, row] = at ?? [index % 3, Math.floor(index / 3)];
      return { id, type, name: title, config, position: { x: column * 300, y: row * 190 } };
    }),
    edges: steps.flatMap(({ id, from }, index) => {
      const source = from === undefined ? steps[index - 1]?.id : from;
      if (source === undefined || source === null) return [];
      const [node = '', port = 'out'] = source.split('.');
      return [{ id: `edge-${id}`, source: node, sourcePort: port, target: id, targetPort: 'in' }];
    }),
    data: text === undefined ? [] : [{ id: 'sample', name: 'sample.csv', format: 'csv', source: { kind: 'inline', text } }],
  };
}

export const READING_FIELDS = [
  { name: 'id', type: 'string' },
  { name: 'timestamp', type: 'timestamp' },
  { name: 'temperature', type: 'double' },
];

/** Reads the document's own sample, or a file that is dropped on it. */
export function fileSource(config: Readonly<Record<string, unknown>> = {}): Step {
  return { id: 'file', type: 'file-source', name: 'Readings', config: { data: 'sample', schema: READING_FIELDS, ...config } };
}

export const TABLE: Step = { id: 'table', type: 'table-sink', name: 'Table' };

/** Averages per sensor and 10 seconds of event time. */
export function averages(source: Step, { outOfOrdernessMs = 0, lateData = 'drop' } = {}): readonly Step[] {
  return [
    source,
    {
      id: 'time',
      type: 'timestamps-and-watermarks',
      name: 'Event time',
      config: { timestampField: 'timestamp', maxOutOfOrdernessMs: outOfOrdernessMs },
    },
    { id: 'key', type: 'key-by', name: 'By sensor', config: { columns: ['id'] } },
    {
      id: 'window',
      type: 'tumbling-window',
      name: 'Window',
      config: {
        size: 10_000,
        aggregates: [
          { fn: 'count', column: '', as: 'readings' },
          { fn: 'avg', column: 'temperature', as: 'average' },
        ],
        lateData,
      },
    },
    { ...TABLE, name: 'Averages' },
  ];
}

/** A source, one function over it, a table: what most stories about functions need. */
export function filtered(predicate: string, config: Readonly<Record<string, unknown>> = {}): readonly Step[] {
  return [fileSource(), { id: 'filter', type: 'filter', name: 'Warm', config: { predicate, ...config } }, TABLE];
}

/** Five readings of two sensors. Lines 2 to 6 of the file. */
export const FIVE_READINGS = `id,timestamp,temperature
north,1000,20
south,2000,30
north,3000,40
south,4000,50
north,5000,60
`;
