import { describe, expect, it } from 'vitest';
import { fixtureDocument, fixtureLookup } from '../testing/graph-fixtures.ts';
import type { FixtureDocument } from '../testing/graph-fixtures.ts';
import { analyzeDocument } from './analyze-document.ts';
import { buildExecutionGraph } from './execution-graph.ts';
import type { ExecutionGraph } from './execution-graph.ts';
import { buildJobGraph } from './job-graph.ts';
import type { JobGraph } from './job-graph.ts';

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
