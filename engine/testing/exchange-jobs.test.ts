import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { groupBy } from '../util/group-by.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterResult, MiniClusterRun } from './mini-cluster.ts';

/** Whole jobs in which records cross in every way there is. */

type Node = readonly [id: string, type: string, config?: Record<string, unknown>, more?: Record<string, unknown>];

function pipeline(nodes: readonly Node[], edges: readonly string[], job: Record<string, unknown>): PipelineDocument {
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'exchange-job',
    job,
    nodes: nodes.map(([id, type, config = {}, more = {}]) => ({ id, type, config, ...more })),
    edges: edges.map((text) => {
      const [source, target] = text.split(' > ');
      return { id: text, source, target };
    }),
    data: ['left', 'right'].map((id) => ({ id, name: `${id}.csv`, format: 'csv', source: { kind: 'file', sizeBytes: 0 } })),
  });
}

const SCHEMA = [
  { name: 'id', type: 'string' },
  { name: 'n', type: 'int' },
];
const file = (data: string): Record<string, unknown> => ({ data, schema: SCHEMA });
const csv = (rows: readonly (readonly [string, number])[]): Uint8Array =>
  new TextEncoder().encode(`id,n\n${rows.map(([id, n]) => `${id},${n}\n`).join('')}`);

interface Inputs {
  readonly left: readonly (readonly [string, number])[];
  readonly right: readonly (readonly [string, number])[];
}

async function run(document: PipelineDocument, { left, right }: Inputs, how: Partial<MiniClusterRun> = {}): Promise<MiniClusterResult> {
  return await runOnMiniCluster({ document, lookup: definitionOf, data: { left: csv(left), right: csv(right) }, ...how });
}

const EXCHANGES: Readonly<Record<string, Node>> = {
  rebalance: ['exchange', 'rebalance'],
  rescale: ['exchange', 'rescale'],
  shuffle: ['exchange', 'shuffle'],
  global: ['exchange', 'global-partition'],
  custom: ['exchange', 'custom-partition', { mode: 'field', column: 'id', partition: '(key, n) => key.charCodeAt(0) % n' }],
  broadcast: ['exchange', 'broadcast'],
};

/** Two files, one of them exchanged, together; then a map, a key, and running sums. */
function sums(exchange: Node, parallelism: number, senders: number): PipelineDocument {
  const reading = { parallelism: senders };
  return pipeline(
    [
      ['left', 'file-source', file('left'), { parallelism: 1 }],
      ['right', 'file-source', file('right'), { parallelism: 1 }],
      ['pass', 'filter', { predicate: '(r) => r.n >= 0' }, reading],
      exchange,
      ['all', 'union'],
      ['twice', 'flat-map', { mapper: '(r) => (r.n % 3 === 0 ? [] : [r, { ...r, n: r.n * 10 }])' }],
      ['key', 'key-by', { columns: ['id'] }],
      ['sum', 'rolling-aggregate', { fn: 'sum', column: 'n' }],
      ['table', 'table-sink', {}, { parallelism: 1 }],
    ],
    ['left > pass', 'pass > exchange', 'exchange > all', 'right > all', 'all > twice', 'twice > key', 'key > sum', 'sum > table'],
    { parallelism },
  );
}

/** What comes out at any parallelism: record n of the first file, record n of the second, and so on. */
function expectedSums({ left, right }: Inputs): unknown[] {
  const totals = new Map<string, number>();
  const order = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [left[i], right[i]]).flat();
  return order.flatMap((row) => {
    if (row === undefined || row[1] % 3 === 0) return [];
    const [id, n] = row;
    return [n, n * 10].map((value) => {
      totals.set(id, (totals.get(id) ?? 0) + value);
      return { id, n: totals.get(id) };
    });
  });
}

const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 99 })), { minLength: 1, maxLength: 60 });
const inputs: fc.Arbitrary<Inputs> = fc.record({ left: rows, right: rows });

describe.each(Object.entries(EXCHANGES))('%s', (name, exchange) => {
  it('gives the same fused, as specification, and in steps', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), async (data, parallelism, senders) => {
        const document = sums(exchange, parallelism, senders);
        const fused = await run(document, data);
        expect(fused.status).toBe('finished');
        for (const how of [{ fused: false }, { stepRecords: 1 }, { stepRecords: 7, fused: false }]) {
          const other = await run(document, data, how);
          expect(other.rows).toEqual(fused.rows);
          expect(other.summary).toEqual(fused.summary);
        }
        if (name !== 'broadcast') expect(fused.rows['table'] ?? []).toEqual(expectedSums(data));
      }),
      { numRuns: 12 },
    );
  }, 60_000);
});

describe('an exchange', () => {
  const LEFT: Inputs['left'] = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
    ['e', 5],
  ];
  /** What arrives behind the exchange, over all subtasks. */
  async function arrivals(exchange: Node, parallelism: number): Promise<number[]> {
    const document = pipeline(
      [
        ['left', 'file-source', file('left'), { parallelism: 1 }],
        exchange,
        ['pass', 'map', { mapper: '(r) => ({ ...r })' }],
        ['table', 'table-sink'],
      ],
      ['left > exchange', 'exchange > pass', 'pass > table'],
      { parallelism },
    );
    const result = await run(document, { left: LEFT, right: [] });
    return (result.rows['table'] ?? []).map((row) => row['n'] as number);
  }

  it('sends every record to all subtasks when it is a broadcast', async () => {
    expect((await arrivals(['exchange', 'broadcast'], 3)).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
  });

  it.each(['rebalance', 'rescale', 'shuffle', 'global-partition'])('loses and repeats nothing with %s', async (type) => {
    expect((await arrivals(['exchange', type], 3)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  it('fails at the record for which a custom partitioner chooses a channel that is not there, and names it', async () => {
    const document = pipeline(
      [
        ['left', 'file-source', file('left'), { parallelism: 1 }],
        ['route', 'custom-partition', { mode: 'field', column: 'id', partition: "(key) => (key === 'c' ? 2 : 0)" }, { name: 'By letter' }],
        ['table', 'table-sink'],
      ],
      ['left > route', 'route > table'],
      { parallelism: 2 },
    );
    const { status, error } = await run(document, { left: LEFT, right: [] });
    expect(status).toBe('failed');
    expect(error).toMatchObject({
      nodeId: 'route',
      nodeName: 'By letter',
      position: 4,
      message: 'By letter: The function chose the channel 2; there are 2, so it must return a whole number from 0 to 1.',
    });
  });
});

describe('the order of records', () => {
  it.each([
    ['rebalance', 'rebalance', {}],
    ['shuffle', 'shuffle', {}],
    ['broadcast', 'broadcast', {}],
    ['a hash', 'key-by', { columns: ['id'] }],
  ])('is kept from each sender to each receiver behind %s', async (_, type, config) => {
    const generator = "(ctx) => ({ id: 'k' + (ctx.n % 7), n: ctx.n, sender: ctx.split })";
    const receive =
      '({ open(ctx) { this.me = ctx.getRuntimeContext().getIndexOfThisSubtask(); }, map(r) { return { ...r, receiver: this.me }; } })';
    const withReceiver = ['id string', 'n long', 'sender int', 'receiver int'].map((field) => {
      const [name, of] = field.split(' ');
      return { name, type: of };
    });
    const document = pipeline(
      [
        ['numbers', 'custom-source', { generator, count: 200, splits: 2 }, { parallelism: 2 }],
        ['exchange', type, config],
        ['receive', 'rich-map', { code: receive, schema: withReceiver }, { parallelism: 3 }],
        ['table', 'table-sink', {}, { parallelism: 1 }],
      ],
      ['numbers > exchange', 'exchange > receive', 'receive > table'],
      { parallelism: 1 },
    );
    const received = (await run(document, { left: [], right: [] })).rows['table'] ?? [];
    const pairs = groupBy(received, ({ sender, receiver }) => `${String(sender)} to ${String(receiver)}`);
    expect([...pairs.keys()].toSorted()).toEqual(['0 to 0', '0 to 1', '0 to 2', '1 to 0', '1 to 1', '1 to 2']);
    for (const pair of pairs.values()) {
      const numbers = pair.map(({ n }) => n as number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });
});

describe('a union', () => {
  it('of a stream with itself gives every record twice', async () => {
    const document = pipeline(
      [
        ['left', 'file-source', file('left')],
        ['all', 'union'],
        ['table', 'table-sink'],
      ],
      ['left > all', 'all > table'],
      { parallelism: 1 },
    );
    const twice = {
      ...document,
      edges: document.edges.flatMap((edge) => (edge.target === 'all' ? [edge, { ...edge, id: 'again' }] : [edge])),
    };
    const data = {
      left: [
        ['a', 1],
        ['b', 2],
      ],
      right: [],
    } as const;
    for (const how of [{}, { fused: false }, { stepRecords: 1 }]) {
      expect((await run(twice, data, how)).rows['table']?.map(({ id }) => id)).toEqual(['a', 'a', 'b', 'b']);
    }
  });

  it('takes streams of which only one can be null', async () => {
    const nullable = [
      { name: 'id', type: 'string', nullable: true },
      { name: 'n', type: 'int', nullable: true },
    ];
    const document = pipeline(
      [
        ['left', 'file-source', file('left')],
        ['right', 'file-source', { data: 'right', schema: nullable }],
        ['all', 'union'],
        ['table', 'table-sink'],
      ],
      ['left > all', 'right > all', 'all > table'],
      { parallelism: 1 },
    );
    const data = { left: csv([['a', 1]]), right: new TextEncoder().encode('id,n\n,\nb,2\n') };
    for (const fused of [true, false]) {
      const { rows: delivered } = await runOnMiniCluster({ document, lookup: definitionOf, data, fused });
      expect(delivered['table']).toEqual([
        { id: 'a', n: 1 },
        { id: null, n: null },
        { id: 'b', n: 2 },
      ]);
    }
  });
});

describe('words', () => {
  it('are counted', async () => {
    const document = pipeline(
      [
        ['left', 'file-source', { data: 'left', schema: [{ name: 'line', type: 'string' }] }],
        [
          'split',
          'flat-map',
          {
            mapper: "(r, out) => { for (const word of r.line.split(' ')) out({ word, count: 1 }); }",
            schema: [
              { name: 'word', type: 'string' },
              { name: 'count', type: 'int' },
            ],
          },
        ],
        ['key', 'key-by', { columns: ['word'] }],
        ['count', 'reduce', { reducer: '(a, b) => ({ ...b, count: a.count + b.count })' }],
        ['table', 'table-sink'],
      ],
      ['left > split', 'split > key', 'key > count', 'count > table'],
      { parallelism: 1 },
    );
    const lines = new TextEncoder().encode('line\nto be or not\nto be\n');
    const result = await runOnMiniCluster({ document, lookup: definitionOf, data: { left: lines } });
    expect(result.rows['table']).toEqual([
      { word: 'to', count: 1 },
      { word: 'be', count: 1 },
      { word: 'or', count: 1 },
      { word: 'not', count: 1 },
      { word: 'to', count: 2 },
      { word: 'be', count: 2 },
    ]);
  });
});
