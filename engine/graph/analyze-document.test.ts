import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureDocument, fixtureLookup } from '../testing/graph-fixtures.ts';
import type { FixtureDocument } from '../testing/graph-fixtures.ts';
import type { Analysis } from './analysis.ts';
import { analyzeDocument } from './analyze-document.ts';
import type { PipelineDocument } from './document.ts';

function analyze(fixture: FixtureDocument): Analysis {
  return analyzeDocument(fixtureDocument(fixture), fixtureLookup);
}

/** Problems as `code @ place`, where the place is a node, `node.port`, `node/field`, an edge or nothing. */
function places(analysis: Analysis): string[] {
  return analysis.problems.map(({ code, nodeId, edgeId, field, port }) => {
    const place = edgeId ?? `${nodeId ?? ''}${field === undefined ? '' : `/${field}`}${port === undefined ? '' : `.${port}`}`;
    return place === '' ? code : `${code} @ ${place}`;
  });
}

function strategies(analysis: Analysis): Record<string, string> {
  return Object.fromEntries([...analysis.edges.values()].map((edge) => [edge.edgeId, `${edge.strategy}${edge.chained ? ' chained' : ''}`]));
}

const WINDOWED: FixtureDocument = {
  nodes: { source: 'readings', stamp: 'stamps', key: 'by-column', window: 'totals', sink: 'list' },
  edges: ['source > stamp', 'stamp > key', 'key > window', 'window > sink'],
};

describe('a pipeline that can run', () => {
  it('propagates shapes, in topological order', () => {
    const analysis = analyze(WINDOWED);
    const readings = {
      fields: [
        { name: 'id', type: 'string' },
        { name: 'value', type: 'double' },
      ],
    };
    expect(analysis.problems).toEqual([]);
    expect(analysis.runnable).toBe(true);
    expect(analysis.order).toEqual(['source', 'stamp', 'key', 'window', 'sink']);
    expect(analysis.nodes.get('window')).toEqual({
      nodeId: 'window',
      config: { column: 'value' },
      inputs: [{ schema: readings, key: { kind: 'fields', fields: ['id'] }, eventTime: true }],
      outputs: { out: { schema: { fields: [{ name: 'total', type: 'double' }] }, key: null, eventTime: true } },
      parallelism: 1,
      bounded: true,
    });
  });

  it('does not depend on the order in which nodes and edges were drawn', () => {
    const document = fixtureDocument(WINDOWED);
    const reversed = { ...document, nodes: document.nodes.toReversed(), edges: document.edges.toReversed() };
    const analysis = analyzeDocument(reversed, fixtureLookup);
    expect([analysis.order, analysis.chains]).toEqual([analyze(WINDOWED).order, analyze(WINDOWED).chains]);
  });

  it('hashes after a key by, and makes it no task', () => {
    const analysis = analyze(WINDOWED);
    expect(strategies(analysis)).toEqual({
      'source > stamp': 'FORWARD chained',
      'stamp > key': 'FORWARD',
      'key > window': 'HASH',
      'window > sink': 'FORWARD chained',
    });
    expect(analysis.edges.get('key > window')?.partitioner).toEqual({ kind: 'hash', key: { kind: 'fields', fields: ['id'] } });
    expect(analysis.chains).toEqual([
      ['source', 'stamp'],
      ['window', 'sink'],
    ]);
  });

  it('may leave side outputs unconnected, or use them', () => {
    const analysis = analyze({
      nodes: { source: 'readings', bad: 'list', good: 'list' },
      edges: ['source.malformed > bad', 'source > good'],
    });
    expect(analysis.problems).toEqual([]);
  });

  it('is bounded as far as its sources are', () => {
    const analysis = analyze({
      nodes: { ends: 'readings', goesOn: { type: 'readings', config: { limit: 0 } }, both: 'pair', one: 'pass', s1: 'list', s2: 'list' },
      edges: ['ends > both.in1', 'goesOn > both.in2', 'ends > one', 'both > s1', 'one > s2'],
    });
    expect([...analysis.nodes.values()].filter((node) => node.bounded).map((node) => node.nodeId)).toEqual(['ends', 'one', 's2']);
  });
});

describe('strategies and chains', () => {
  it('rebalances where parallelism differs', () => {
    const analysis = analyze({
      job: { parallelism: 2 },
      nodes: { source: { type: 'readings', parallelism: 1 }, a: 'pass', b: 'pass', sink: { type: 'list', parallelism: 4 } },
      edges: ['source > a', 'a > b', 'b > sink'],
    });
    expect(strategies(analysis)).toEqual({ 'source > a': 'REBALANCE', 'a > b': 'FORWARD chained', 'b > sink': 'REBALANCE' });
    expect(analysis.chains).toEqual([['source'], ['a', 'b'], ['sink']]);
  });

  it('chains both consumers of an operator', () => {
    const analysis = analyze({
      nodes: { source: 'readings', a: 'pass', b: 'pass', sa: 'list', sb: 'list' },
      edges: ['source > a', 'source > b', 'a > sa', 'b > sb'],
    });
    expect(analysis.chains).toEqual([['source', 'a', 'b', 'sa', 'sb']]);
  });

  it('does not chain into an operator with two inputs', () => {
    const analysis = analyze({
      nodes: { source: 'readings', a: 'pass', both: 'pair', sink: 'list' },
      edges: ['source > a', 'a > both.in1', 'source > both.in2', 'both > sink'],
    });
    expect(strategies(analysis)).toEqual({
      'source > a': 'FORWARD chained',
      'a > both.in1': 'FORWARD',
      'source > both.in2': 'FORWARD',
      'both > sink': 'FORWARD chained',
    });
    expect(analysis.chains).toEqual([
      ['source', 'a'],
      ['both', 'sink'],
    ]);
  });

  it('obeys head and never', () => {
    const line = (chaining: 'head' | 'never'): FixtureDocument => ({
      nodes: { source: 'readings', a: { type: 'pass', chaining }, b: 'pass', sink: 'list' },
      edges: ['source > a', 'a > b', 'b > sink'],
    });
    expect(analyze(line('head')).chains).toEqual([['source'], ['a', 'b', 'sink']]);
    expect(analyze(line('never')).chains).toEqual([['source'], ['a'], ['b', 'sink']]);
  });

  it('keeps slot sharing groups apart; an operator joins the group of its inputs', () => {
    const analysis = analyze({
      nodes: {
        source: 'readings',
        a: { type: 'pass', slotSharingGroup: 'heavy' },
        b: 'pass',
        sink: { type: 'list', slotSharingGroup: 'default' },
      },
      edges: ['source > a', 'a > b', 'b > sink'],
    });
    expect(analysis.chains).toEqual([['source'], ['a', 'b'], ['sink']]);
  });

  it('lets the last of several virtual operators decide', () => {
    const analysis = analyze({
      nodes: { source: 'readings', key: 'by-column', even: 'spread', a: 'pass', sink: 'list' },
      edges: ['source > key', 'key > even', 'even > a', 'a > sink'],
    });
    expect(strategies(analysis)).toEqual({
      'source > key': 'FORWARD',
      'key > even': 'HASH',
      'even > a': 'REBALANCE',
      'a > sink': 'FORWARD chained',
    });
  });

  it('keeps records in their subtask where forward is asked for, whatever stood before it', () => {
    const line = (parallelism: number): FixtureDocument => ({
      nodes: {
        source: { type: 'readings', parallelism: 2 },
        even: 'spread',
        stay: { type: 'distribute', config: { kind: 'forward' } },
        a: { type: 'pass', name: 'After', parallelism },
        sink: { type: 'list', parallelism },
      },
      edges: ['source > even', 'even > stay', 'stay > a', 'a > sink'],
    });
    const analysis = analyze(line(2));
    expect(analysis.problems).toEqual([]);
    expect(analysis.chains).toEqual([['source', 'a', 'sink']]);
    expect(strategies(analysis)['stay > a']).toBe('FORWARD chained');
    expect(analyze(line(3)).problems.map(({ code, nodeId, message }) => [code, nodeId, message])).toEqual([
      [
        'forward-parallelism',
        'stay',
        'Forward does not allow a change of parallelism, from Readings (2) to After (3). Make the two equal, or use rebalance or rescale.',
      ],
    ]);
  });

  it('runs virtual operators where their records come from', () => {
    const analysis = analyze({
      ...WINDOWED,
      job: { parallelism: 4 },
      nodes: { ...WINDOWED.nodes, source: { type: 'readings', parallelism: 2 } },
    });
    expect([...analysis.nodes.values()].map((node) => node.parallelism)).toEqual([2, 4, 4, 4, 4]);
  });
});

describe('an edited document', () => {
  const document = fixtureDocument(WINDOWED);
  const afresh = (edited: PipelineDocument): Analysis => analyzeDocument(structuredClone(edited), fixtureLookup);
  const edits: [string, (before: PipelineDocument) => PipelineDocument][] = [
    ['nothing', (before) => ({ ...before })],
    ['a node moved', (before) => ({ ...before, nodes: before.nodes.map((node) => ({ ...node, position: { x: 7, y: 7 } })) })],
    ['a node renamed', (before) => ({ ...before, nodes: before.nodes.map((node) => ({ ...node, name: 'Same' })) })],
    [
      'a setting',
      (before) => ({ ...before, nodes: before.nodes.map((node) => (node.id === 'key' ? { ...node, config: { column: 'x' } } : node)) }),
    ],
    ['an edge removed', (before) => ({ ...before, edges: before.edges.filter((edge) => edge.id !== 'key > window') })],
    [
      'the parallelism of a node',
      (before) => ({ ...before, nodes: before.nodes.map((node) => (node.id === 'stamp' ? { ...node, parallelism: 3 } : node)) }),
    ],
    ['the job', (before) => ({ ...before, job: { ...before.job, parallelism: 2, executionMode: 'batch' as const } })],
    ['the data', (before) => ({ ...before, data: [] })],
    [
      'a copy of a node',
      (before) => ({ ...before, nodes: [...before.nodes, ...before.nodes.map((node) => ({ ...node, id: `${node.id}2` }))] }),
    ],
  ];

  it.each(edits)('is analysed as if it had never been seen: %s', (_, edit) => {
    analyzeDocument(document, fixtureLookup);
    expect(analyzeDocument(edit(document), fixtureLookup)).toEqual(afresh(edit(document)));
    expect(analyzeDocument(document, fixtureLookup)).toEqual(afresh(document));
  });
});

describe('problems', () => {
  it('an empty document', () => {
    expect(analyze({ nodes: {}, edges: [] }).problems).toEqual([
      { severity: 'error', code: 'empty', message: 'The pipeline is empty. Add a source, for a start.' },
    ]);
  });

  it('no source, no sink', () => {
    expect(places(analyze({ nodes: { a: 'pass' }, edges: [] }))).toEqual([
      'input-unconnected @ a.in',
      'no-source',
      'no-sink',
      'output-unconnected @ a.out',
    ]);
  });

  it('an unknown type is a placeholder, and its neighbours are not blamed', () => {
    const analysis = analyze({
      nodes: { source: 'readings', odd: { type: 'teleport', config: { to: 'Mars' } }, key: 'by-column', window: 'totals', sink: 'list' },
      edges: ['source > odd', 'odd.beam > key', 'key > window', 'window > sink'],
    });
    expect(analysis.problems).toEqual([
      {
        severity: 'error',
        code: 'unknown-type',
        message: 'This Millrace has no operator "teleport". Remove the node, or open the document with a version that has it.',
        nodeId: 'odd',
      },
    ]);
    expect(analysis.nodes.get('odd')).toEqual({
      nodeId: 'odd',
      config: { to: 'Mars' },
      inputs: [],
      outputs: {},
      parallelism: 1,
      bounded: false,
    });
    expect(analysis.chains).toEqual([['source'], ['window', 'sink']]);
  });

  it('a window without key and timestamps', () => {
    const analysis = analyze({
      nodes: { source: 'readings', window: 'totals', sink: 'list' },
      edges: ['source > window', 'window > sink'],
    });
    expect(analysis.problems).toEqual([
      {
        severity: 'error',
        code: 'not-keyed',
        message: 'The stream at the input must be keyed. Add a key by before it.',
        nodeId: 'window',
        port: 'in',
      },
      {
        severity: 'error',
        code: 'no-event-time',
        message: 'The records at the input have no event time. Add timestamps and watermarks upstream.',
        nodeId: 'window',
        port: 'in',
      },
    ]);
  });

  it('one mistake gives one problem, where it was made', () => {
    const nodes = { ...WINDOWED.nodes, key: { type: 'by-column', config: { column: 'idd' } } };
    expect(analyze({ ...WINDOWED, nodes }).problems).toEqual([
      {
        severity: 'error',
        code: 'column-missing',
        message: '"Column" names the field "idd", which the input does not have. Did you mean "id"?',
        nodeId: 'key',
        field: 'column',
      },
    ]);
    expect(places(analyze({ ...WINDOWED, edges: WINDOWED.edges.slice(1) }))).toEqual([
      'input-unconnected @ stamp.in',
      'unreachable @ key',
      'unreachable @ window',
      'unreachable @ sink',
      'output-unconnected @ source.out',
    ]);
  });

  it('two connections on one input', () => {
    const analysis = analyze({
      nodes: { a: 'readings', b: 'readings', sink: { type: 'list', name: 'Results' } },
      edges: ['a > sink', 'b > sink'],
    });
    expect(analysis.problems[0]).toEqual({
      severity: 'error',
      code: 'input-taken',
      message:
        'An input takes one stream, and this one of Results already has a connection. Remove one of them, or use a union to bring the streams together.',
      edgeId: 'b > sink',
    });
    expect([...analysis.edges.keys()]).toEqual(['a > sink']);
  });

  it('the same connection twice', () => {
    const document = fixtureDocument({ nodes: { a: 'readings', sink: 'list' }, edges: ['a > sink'] });
    const doubled = { ...document, edges: [...document.edges, ...document.edges.map((edge) => ({ ...edge, id: 'again' }))] };
    expect(places(analyzeDocument(doubled, fixtureLookup))).toEqual(['duplicate-edge @ again']);
  });

  it('a connection that is refused does not leave a second complaint at its input', () => {
    const edges = ['source.malfromed > window', 'window > sink'];
    const analysis = analyze({ nodes: { source: 'readings', window: 'totals', sink: 'list' }, edges });
    expect(places(analysis)).toEqual(['port-missing @ source.malfromed > window', 'unreachable @ sink', 'output-unconnected @ source.out']);
  });

  it('ports that do not exist', () => {
    const analysis = analyze({
      nodes: { a: 'readings', b: 'pass', sink: 'list' },
      edges: ['a.malfromed > b', 'a > sink.input', 'sink > b', 'b > a'],
    });
    expect(analysis.problems.filter((problem) => problem.code === 'port-missing').map(({ edgeId, message }) => [edgeId, message])).toEqual([
      ['a > sink.input', 'List has no input "input". Remove this connection and draw it again.'],
      [
        'a.malfromed > b',
        'Readings has no output "malfromed" with its present settings. Did you mean "malformed"? Remove this connection, or change the settings of Readings.',
      ],
      ['sink > b', 'List is a sink: it has no output. Remove this connection.'],
    ]);
  });

  it('a cycle is pinned to the edge that closes it, and the rest is analysed', () => {
    const analysis = analyze({
      nodes: { source: 'readings', a: 'pair', b: 'pass', sink: 'list' },
      edges: ['source > a.in1', 'a > b', 'b > sink', 'b > a.in2'],
    });
    expect(places(analysis)).toEqual(['input-unconnected @ a.in2', 'cycle @ b > a.in2']);
    expect(analysis.order).toEqual(['source', 'a', 'b', 'sink']);
    expect(analysis.nodes.get('b')?.inputs[0]?.schema.fields.map((field) => field.name)).toEqual(['id', 'value']);
  });

  it('an operator that feeds itself, and a connection to nowhere', () => {
    expect(
      places(analyze({ nodes: { source: 'readings', a: 'pass', sink: 'list' }, edges: ['a > a', 'a > sink', 'source > gone'] })),
    ).toEqual([
      'input-unconnected @ a.in',
      'dangling-edge @ source > gone',
      'self-loop @ a > a',
      'unreachable @ sink',
      'output-unconnected @ source.out',
    ]);
  });

  it('data that is not there, or of another format', () => {
    const nodes = { source: { type: 'readings', config: { file: 'lost' } }, sink: 'list' };
    expect(places(analyze({ nodes, edges: ['source > sink'] }))).toEqual(['data-missing @ source/file']);
    const data = [{ id: 'lost', name: 'x.ndjson', format: 'ndjson', source: { kind: 'file', sizeBytes: 5 } }] as const;
    expect(analyze({ nodes, edges: ['source > sink'], data }).problems).toEqual([
      {
        severity: 'error',
        code: 'data-format',
        message: '"File" reads csv; x.ndjson is ndjson. Choose another file.',
        nodeId: 'source',
        field: 'file',
      },
    ]);
  });

  it('an endless source in batch execution', () => {
    const nodes = { source: { type: 'readings', config: { limit: 0 } }, sink: 'list' };
    expect(places(analyze({ job: { executionMode: 'batch' }, nodes, edges: ['source > sink'] }))).toEqual(['unbounded-in-batch @ source']);
  });

  it('parallelism above the number of key groups', () => {
    const line: FixtureDocument = {
      nodes: { source: 'readings', a: { type: 'pass', parallelism: 9 }, sink: 'list' },
      edges: ['source > a', 'a > sink'],
    };
    expect(places(analyze({ ...line, job: { maxParallelism: 8 } }))).toEqual(['parallelism-too-high @ a']);
    expect(places(analyze({ ...line, job: { parallelism: 4, maxParallelism: 2 } }))).toEqual([
      'parallelism-too-high @ a',
      'parallelism-too-high',
    ]);
  });

  it('more source subtasks than origins can tell apart', () => {
    const ids = Array.from({ length: 33 }, (_, i) => `s${i}`);
    const nodes = Object.fromEntries(
      ids.flatMap((id) => [
        [id, 'readings'],
        [`${id}-sink`, 'list'],
      ]),
    );
    expect(places(analyze({ job: { parallelism: 128 }, nodes, edges: ids.map((id) => `${id} > ${id}-sink`) }))).toEqual([
      'too-many-sources',
    ]);
  });

  it('parallelism that has no effect', () => {
    const nodes = { source: 'readings', a: { type: 'single', parallelism: 4 }, sink: 'list' };
    const analysis = analyze({ nodes, edges: ['source > a', 'a > sink'] });
    expect(places(analysis)).toEqual(['parallelism-fixed @ a']);
    expect([analysis.runnable, analysis.nodes.get('a')?.parallelism]).toEqual([true, 1]);
  });

  it('a definition that throws', () => {
    const analysis = analyze({ nodes: { source: 'readings', a: 'broken', sink: 'list' }, edges: ['source > a', 'a > sink'] });
    expect(places(analysis)).toEqual(['internal-error @ a']);
  });
});

describe('any document', () => {
  const types = ['readings', 'pass', 'stamps', 'by-column', 'spread', 'totals', 'pair', 'list', 'single', 'broken', 'teleport'];
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const ports = ['', '.out', '.in', '.in1', '.in2', '.malformed', '.nonsense'];
  const end = fc.tuple(fc.constantFrom(...ids, 'gone'), fc.constantFrom(...ports)).map(([id, port]) => `${id}${port}`);
  const documents = fc.record({
    nodes: fc.dictionary(fc.constantFrom(...ids), fc.constantFrom(...types)),
    edges: fc.uniqueArray(
      fc.tuple(end, end).map(([from, to]) => `${from} > ${to}`),
      { maxLength: 12 },
    ),
  });

  it('is analysed without throwing, every node in an order its edges allow', () => {
    fc.assert(
      fc.property(documents, (fixture) => {
        const analysis = analyze(fixture);
        const document = fixtureDocument(fixture);
        expect(new Set(analysis.order)).toEqual(new Set(document.nodes.map((node) => node.id)));
        for (const edge of document.edges.filter(({ id }) => analysis.edges.has(id))) {
          expect(analysis.order.indexOf(edge.source)).toBeLessThan(analysis.order.indexOf(edge.target));
        }
        const virtual = new Set(['by-column', 'spread', 'teleport']);
        const tasks = document.nodes.filter((node) => !virtual.has(node.type)).map((node) => node.id);
        expect(analysis.chains.flat().toSorted()).toEqual(tasks.toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
