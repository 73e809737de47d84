import { describe, expect, it } from 'vitest';
import { fixtureDocument, fixtureLookup } from '../testing/graph-fixtures.ts';
import type { FixtureDocument } from '../testing/graph-fixtures.ts';
import { analyzeDocument } from './analyze-document.ts';
import { buildExecutionGraph, pointwiseTargets } from './execution-graph.ts';
import type { ExecutionGraph } from './execution-graph.ts';
import { buildJobGraph } from './job-graph.ts';
import type { JobGraph } from './job-graph.ts';
import { slotDemandOf } from './slots.ts';

function jobGraph(fixture: FixtureDocument): JobGraph {
  const document = fixtureDocument(fixture);
  return buildJobGraph(document, analyzeDocument(document, fixtureLookup), fixtureLookup);
}

function executionGraph(fixture: FixtureDocument): ExecutionGraph {
  return buildExecutionGraph(fixtureDocument(fixture).job, jobGraph(fixture));
}

const WINDOWED: FixtureDocument = {
  nodes: {
    source: { type: 'readings', name: 'Sensors', parallelism: 1 },
    stamp: { type: 'stamps', parallelism: 1 },
    key: 'by-column',
    window: { type: 'totals', maxParallelism: 16 },
    sink: 'list',
  },
  edges: ['source > stamp', 'stamp > key', 'key > window', 'window > sink'],
  job: { parallelism: 3 },
};

describe('buildJobGraph', () => {
  it('makes a task of every chain, and an exchange of what lies between', () => {
    const { vertices, edges } = jobGraph(WINDOWED);
    expect(vertices.map(({ id, name, parallelism, isSource }) => ({ id, name, parallelism, isSource }))).toEqual([
      { id: 'source', name: 'Sensors → Stamps', parallelism: 1, isSource: true },
      { id: 'window', name: 'Totals → List', parallelism: 3, isSource: false },
    ]);
    expect(edges).toEqual([
      {
        id: 'stamp > key+key > window',
        edgeIds: ['stamp > key', 'key > window'],
        fromVertex: 'source',
        fromNode: 'stamp',
        port: 'out',
        toVertex: 'window',
        toNode: 'window',
        inputIndex: 0,
        partitioner: { kind: 'hash', key: { kind: 'fields', fields: ['id'] } },
        chosenBy: null,
      },
    ]);
  });

  it('says everything an operator needs to be created', () => {
    const totals = { fields: [{ name: 'total', type: 'double' }] };
    expect(jobGraph(WINDOWED).vertices[1]).toMatchObject({
      operators: [
        {
          nodeId: 'window',
          name: 'Totals',
          type: 'totals',
          config: { column: 'value' },
          inputs: [{ key: { kind: 'fields', fields: ['id'] }, eventTime: true }],
          outputs: { out: { schema: totals, key: null, eventTime: true } },
          maxParallelism: 16,
          delivery: null,
        },
        { nodeId: 'sink', maxParallelism: 128, inputs: [{ schema: totals }], outputs: {}, delivery: { kind: 'table' } },
      ],
      chained: [{ edgeIds: ['window > sink'], fromNode: 'window', port: 'out', toNode: 'sink', inputIndex: 0 }],
    });
  });

  it.each([
    ['what its parallelism gives, as nobody says how many', { parallelism: 86 }, {}, 256],
    ['those of the job', { parallelism: 86, maxParallelism: 512 }, {}, 512],
    ['its own', { parallelism: 86, maxParallelism: 512 }, { maxParallelism: 1024 }, 1024],
    ['what its own parallelism gives', { parallelism: 86 }, { parallelism: 85 }, 128],
  ])('gives an operator as many key groups as %s', (_, job, node, keyGroups) => {
    const { vertices } = jobGraph({
      ...WINDOWED,
      nodes: { ...WINDOWED.nodes, window: { type: 'totals', ...node } },
      job,
    });
    const operators = vertices.flatMap((vertex) => vertex.operators);
    expect(operators.find(({ nodeId }) => nodeId === 'window')?.maxParallelism).toBe(keyGroups);
  });

  it('chains trees, side outputs included', () => {
    const { vertices, edges } = jobGraph({
      nodes: { source: 'readings', a: 'pass', b: 'pass', bad: 'list', sa: 'list', sb: 'list' },
      edges: ['source > a', 'source > b', 'source.malformed > bad', 'a > sa', 'b > sb'],
    });
    expect(edges).toEqual([]);
    expect(vertices.map((vertex) => vertex.name)).toEqual(['Readings → (Pass → List, Pass → List, List)']);
    expect(vertices[0]?.chained.map(({ fromNode, port, toNode }) => `${fromNode}.${port} > ${toNode}`)).toEqual([
      'source.out > a',
      'source.out > b',
      'source.malformed > bad',
      'a.out > sa',
      'b.out > sb',
    ]);
  });

  it('enters an operator with two inputs over two exchanges', () => {
    const { vertices, edges } = jobGraph({
      nodes: { source: 'readings', a: 'pass', both: 'pair', sink: 'list' },
      edges: ['source > both.in2', 'source > a', 'a > both.in1', 'both > sink'],
    });
    expect(vertices.map((vertex) => vertex.id)).toEqual(['source', 'both']);
    expect(edges.map(({ fromNode, inputIndex, partitioner }) => [fromNode, inputIndex, partitioner.kind])).toEqual([
      ['a', 0, 'forward'],
      ['source', 1, 'forward'],
    ]);
  });

  it('hashes a computed key by the type that its stream has', () => {
    const { edges } = jobGraph({ ...WINDOWED, nodes: { ...WINDOWED.nodes, key: 'by-function' } });
    expect(edges[0]?.partitioner).toEqual({ kind: 'hash', key: { kind: 'function', source: '(r) => r.id', type: 'string' } });
  });

  it('is only made of a document without errors', () => {
    expect(() => jobGraph({ nodes: { a: 'pass' }, edges: [] })).toThrow('a job graph is only built of a document without errors');
  });
});

describe('buildExecutionGraph', () => {
  it('multiplies by parallelism, sources counted through the job', () => {
    const graph = executionGraph({
      nodes: {
        s1: { type: 'readings', parallelism: 2 },
        s2: { type: 'readings', parallelism: 1 },
        both: { type: 'pair', parallelism: 2 },
        sink: { type: 'list', parallelism: 1 },
      },
      edges: ['s1 > both.in1', 's2 > both.in2', 'both > sink'],
    });
    expect(graph.subtasks).toEqual([
      { id: 's1#0', vertexId: 's1', index: 0, sourceIndex: 0 },
      { id: 's1#1', vertexId: 's1', index: 1, sourceIndex: 1 },
      { id: 's2#0', vertexId: 's2', index: 0, sourceIndex: 2 },
      { id: 'both#0', vertexId: 'both', index: 0, sourceIndex: -1 },
      { id: 'both#1', vertexId: 'both', index: 1, sourceIndex: -1 },
      { id: 'sink#0', vertexId: 'sink', index: 0, sourceIndex: -1 },
    ]);
    const connections = graph.edges.map(({ id, partitioner, channels }) => [
      id,
      partitioner.kind,
      channels.map(({ fromIndex, toIndex }) => `${fromIndex}-${toIndex}`).join(' '),
    ]);
    expect(connections).toEqual([
      ['s1 > both.in1', 'forward', '0-0 1-1'],
      ['s2 > both.in2', 'rebalance', '0-0 0-1'],
      ['both > sink', 'rebalance', '0-0 1-0'],
    ]);
  });

  it('connects everything with everything where it hashes', () => {
    const [edge] = executionGraph({
      ...WINDOWED,
      nodes: { ...WINDOWED.nodes, source: { type: 'readings', parallelism: 2 }, stamp: { type: 'stamps', parallelism: 2 } },
    }).edges;
    expect(edge?.channels.map(({ fromIndex, toIndex }) => `${fromIndex}-${toIndex}`)).toEqual(['0-0', '0-1', '0-2', '1-0', '1-1', '1-2']);
    expect(edge?.channels[1 * 3 + 2]).toEqual({ fromIndex: 1, toIndex: 2 });
  });

  it('can be sent to a worker', () => {
    const graph = executionGraph(WINDOWED);
    expect(structuredClone(graph)).toEqual(graph);
  });
});

describe('distribution', () => {
  it('wires a rescale as Flink does: neighbours share a group', () => {
    const [edge] = executionGraph({
      nodes: {
        source: { type: 'readings', parallelism: 2 },
        some: { type: 'distribute', config: { kind: 'rescale' } },
        pass: { type: 'pass', parallelism: 4 },
        sink: { type: 'list', parallelism: 4 },
      },
      edges: ['source > some', 'some > pass', 'pass > sink'],
    }).edges;
    expect(edge?.partitioner).toEqual({ kind: 'rescale' });
    expect(edge?.channels.map(({ fromIndex, toIndex }) => `${fromIndex}-${toIndex}`)).toEqual(['0-0', '0-1', '1-2', '1-3']);
  });

  it.each([
    [
      2,
      4,
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [4, 2, [[0], [0], [1], [1]]],
    [2, 3, [[0, 1], [2]]],
    [3, 2, [[0], [1], [1]]],
    [3, 4, [[0, 1], [2], [3]]],
    [5, 3, [[0], [1], [1], [2], [2]]],
    [3, 3, [[0], [1], [2]]],
    [1, 3, [[0, 1, 2]]],
  ] as const)('from %i to %i subtasks pointwise', (senders, receivers, targets) => {
    expect(pointwiseTargets(senders, receivers)).toEqual(targets);
  });

  it.each(['shuffle', 'broadcast', 'global'] as const)('connects everything with everything for %s, and never chains it', (kind) => {
    const graph = executionGraph({
      nodes: { source: 'readings', some: { type: 'distribute', config: { kind } }, sink: 'list' },
      edges: ['source > some', 'some > sink'],
      job: { parallelism: 2 },
    });
    expect(graph.edges.map(({ partitioner, channels }) => [partitioner.kind, channels.length])).toEqual([[kind, 4]]);
  });

  it('leads every stream of a union into the one input, each in its own way', () => {
    const fixture: FixtureDocument = {
      nodes: {
        a: { type: 'readings', parallelism: 2 },
        b: { type: 'readings', parallelism: 1 },
        c: { type: 'readings', parallelism: 2 },
        spread: 'spread',
        all: 'together',
        pass: { type: 'pass', parallelism: 2 },
        sink: { type: 'list', parallelism: 2 },
      },
      edges: ['a > all', 'b > all', 'c > spread', 'spread > all', 'all > pass', 'pass > sink'],
    };
    const graph = jobGraph(fixture);
    expect(graph.vertices.map(({ name }) => name)).toEqual(['Readings', 'Readings', 'Readings', 'Pass → List']);
    expect(graph.edges.map(({ id, partitioner, inputIndex }) => [id, partitioner.kind, inputIndex])).toEqual([
      ['a > all+all > pass', 'forward', 0],
      ['b > all+all > pass', 'rebalance', 0],
      ['c > spread+spread > all+all > pass', 'rebalance', 0],
    ]);
    const { edges } = analyzeDocument(fixtureDocument(fixture), fixtureLookup);
    expect([...edges.values()].map(({ edgeId, strategy }) => [edgeId, strategy])).toEqual([
      ['c > spread', 'FORWARD'],
      ['a > all', 'FORWARD'],
      ['b > all', 'REBALANCE'],
      ['spread > all', 'REBALANCE'],
      ['all > pass', 'FORWARD'],
      ['pass > sink', 'FORWARD'],
    ]);
  });

  it('hashes all streams of a union by a key behind it', () => {
    const graph = jobGraph({
      nodes: { a: 'readings', b: 'readings', sa: 'stamps', sb: 'stamps', all: 'together', key: 'by-column', total: 'totals', sink: 'list' },
      edges: ['a > sa', 'b > sb', 'sa > all', 'sb > all', 'all > key', 'key > total', 'total > sink'],
    });
    expect(graph.edges.map(({ fromNode, toNode, partitioner }) => `${fromNode} ${partitioner.kind} ${toNode}`)).toEqual([
      'sa hash total',
      'sb hash total',
    ]);
  });

  it('chains through a union of one stream', () => {
    expect(
      jobGraph({ nodes: { a: 'readings', all: 'together', sink: 'list' }, edges: ['a > all', 'all > sink'] }).vertices.map(
        ({ name }) => name,
      ),
    ).toEqual(['Readings → List']);
  });
});

/** Tasks as lists of node ids. */
function tasks(fixture: FixtureDocument): readonly (readonly string[])[] {
  return jobGraph(fixture).vertices.map(({ operators }) => operators.map(({ nodeId }) => nodeId));
}

/** The examples of the Flink documentation, with source and sink. */
describe('chains and slots', () => {
  const row = (map2: { readonly chaining?: 'head' | 'never' }, job: FixtureDocument['job'] = {}): FixtureDocument => ({
    nodes: {
      source: { type: 'readings', chaining: 'never' },
      filter1: 'pass',
      map1: 'pass',
      map2: { type: 'pass', ...map2 },
      filter2: 'pass',
      sink: { type: 'list', chaining: 'never' },
    },
    edges: ['source > filter1', 'filter1 > map1', 'map1 > map2', 'map2 > filter2', 'filter2 > sink'],
    job,
  });

  it('leaves an operator that is never chained alone (disableChaining)', () => {
    expect(tasks(row({ chaining: 'never' }))).toEqual([['source'], ['filter1', 'map1'], ['map2'], ['filter2'], ['sink']]);
  });

  it('starts a chain at a head (startNewChain)', () => {
    expect(tasks(row({ chaining: 'head' }))).toEqual([['source'], ['filter1', 'map1'], ['map2', 'filter2'], ['sink']]);
  });

  it('chains nothing when the job says so (disableOperatorChaining)', () => {
    expect(tasks(row({}, { operatorChaining: false }))).toEqual([['source'], ['filter1'], ['map1'], ['map2'], ['filter2'], ['sink']]);
    expect(tasks(row({}))).toEqual([['source'], ['filter1', 'map1', 'map2', 'filter2'], ['sink']]);
  });

  it('gives every slot sharing group the slots of its most parallel operator; inputs hand their group on', () => {
    const fixture: FixtureDocument = {
      nodes: {
        a: { type: 'readings', parallelism: 4, slotSharingGroup: 'green' },
        b: { type: 'pass', parallelism: 4 },
        c: { type: 'readings', parallelism: 2, slotSharingGroup: 'yellow' },
        all: { type: 'distribute', config: { kind: 'broadcast' } },
        d: { type: 'pair', parallelism: 4, slotSharingGroup: 'blue' },
        e: { type: 'list', parallelism: 2 },
      },
      edges: ['a > b', 'c > all', 'b > d.in1', 'all > d.in2', 'd > e'],
    };
    const graph = jobGraph(fixture);
    expect(graph.vertices.map(({ id, slotSharingGroup }) => [id, slotSharingGroup])).toEqual([
      ['a', 'green'],
      ['c', 'yellow'],
      ['d', 'blue'],
      ['e', 'blue'],
    ]);
    expect(tasks(fixture)[0]).toEqual(['a', 'b']);
    expect(slotDemandOf(graph)).toEqual({
      total: 10,
      byGroup: new Map([
        ['green', 4],
        ['yellow', 2],
        ['blue', 4],
      ]),
    });
  });

  it('does not chain across groups, and falls back to the default where inputs differ', () => {
    const graph = jobGraph({
      nodes: {
        a: { type: 'readings', slotSharingGroup: 'green' },
        b: { type: 'readings' },
        both: 'pair',
        sink: { type: 'list', slotSharingGroup: 'own' },
      },
      edges: ['a > both.in1', 'b > both.in2', 'both > sink'],
    });
    expect(graph.vertices.map(({ id, slotSharingGroup }) => [id, slotSharingGroup])).toEqual([
      ['a', 'green'],
      ['b', 'default'],
      ['both', 'default'],
      ['sink', 'own'],
    ]);
  });

  it('makes three tasks and five subtasks of source 1, flat map 2, key by, reduce 2, sink 2', () => {
    const graph = executionGraph({
      nodes: {
        source: { type: 'readings', parallelism: 1 },
        flatMap: { type: 'stamps', parallelism: 2 },
        key: 'by-column',
        reduce: { type: 'totals', parallelism: 2 },
        sink: { type: 'list', parallelism: 2 },
      },
      edges: ['source > flatMap', 'flatMap > key', 'key > reduce', 'reduce > sink'],
    });
    expect(graph.vertices.map(({ id, parallelism, operators }) => [id, parallelism, operators.length])).toEqual([
      ['source', 1, 1],
      ['flatMap', 2, 1],
      ['reduce', 2, 2],
    ]);
    expect(graph.edges.map(({ partitioner }) => partitioner.kind)).toEqual(['rebalance', 'hash']);
    expect(graph.subtasks.length).toBe(5);
  });

  it('runs an operator at its own parallelism, else at that of the job', () => {
    const { vertices } = jobGraph({
      nodes: { source: 'readings', a: { type: 'pass', parallelism: 4 }, sink: 'list' },
      edges: ['source > a', 'a > sink'],
      job: { parallelism: 2 },
    });
    expect(vertices.map(({ id, parallelism }) => [id, parallelism])).toEqual([
      ['source', 2],
      ['a', 4],
      ['sink', 2],
    ]);
  });

  it.each([
    [2, 2],
    [6, 6],
  ])('needs at parallelism %i with a sink of 1 as many slots: %i', (parallelism, slots) => {
    const graph = jobGraph({
      nodes: { source: 'readings', a: 'stamps', key: 'by-column', b: 'totals', sink: { type: 'list', parallelism: 1 } },
      edges: ['source > a', 'a > key', 'key > b', 'b > sink'],
      job: { parallelism },
    });
    expect(slotDemandOf(graph).total).toBe(slots);
  });
});
