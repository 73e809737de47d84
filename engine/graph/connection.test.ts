import { describe, expect, it } from 'vitest';
import { fixtureDocument, fixtureLookup } from '../testing/graph-fixtures.ts';
import { connectionProblem } from './connection.ts';

const document = fixtureDocument({
  nodes: {
    source: 'readings',
    a: 'pass',
    b: { type: 'pass', name: 'Cleaned' },
    both: 'pair',
    window: 'totals',
    sink: 'list',
    odd: 'teleport',
  },
  edges: ['source > a', 'a > b', 'b > both.in1'],
});

function problemOf(from: string, to: string): string | null {
  const [source = '', sourcePort = 'out'] = from.split('.');
  const [target = '', targetPort = 'in'] = to.split('.');
  return connectionProblem(document, fixtureLookup, { source, sourcePort, target, targetPort });
}

describe('connectionProblem', () => {
  it('allows what can be connected', () => {
    expect([problemOf('b', 'sink'), problemOf('source.malformed', 'both.in2'), problemOf('a', 'both.in2')]).toEqual([null, null, null]);
  });

  it('allows a stream without key and timestamps: they can be put in between', () => {
    expect(problemOf('b', 'window')).toBeNull();
  });

  it.each([
    ['a', 'a', 'Pass cannot feed itself.'],
    [
      'both',
      'a',
      'An input takes one stream, and this one of Pass already has a connection. Remove one of them, or use a union to bring the streams together.',
    ],
    ['source', 'a', 'These two are already connected.'],
    ['sink.in', 'b.out', 'A connection goes from an output to an input.'],
    ['a.in', 'sink.in', 'A connection goes from an output to an input.'],
    ['sink', 'window', 'List is a sink: nothing leaves it.'],
    ['b', 'source', 'Readings is a source: nothing enters it.'],
    ['both', 'both.in2', 'Pair cannot feed itself.'],
    ['a.late', 'sink', 'Pass has no output "late".'],
    ['a', 'sink.side', 'List has no input "side".'],
    ['odd', 'sink', 'teleport has no output "out".'],
    ['a', 'gone', 'A connection goes from an operator to an operator.'],
  ])('%s to %s: %s', (from, to, expected) => {
    expect(problemOf(from, to)).toBe(expected);
  });

  it('refuses a cycle over any number of operators', () => {
    const ring = fixtureDocument({ nodes: { a: 'pair', b: 'pass', c: 'pass' }, edges: ['a > b', 'b > c'] });
    expect(connectionProblem(ring, fixtureLookup, { source: 'c', sourcePort: 'out', target: 'a', targetPort: 'in2' })).toBe(
      'This would close a cycle: what leaves Pass would come back to it.',
    );
  });
});
