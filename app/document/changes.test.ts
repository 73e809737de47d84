import { describe, expect, test } from 'vitest';
import { emptyDocument } from '../../engine/api/index.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { applyChange } from './changes.ts';

const node = (id: string, config: Record<string, unknown> = {}): DocumentNode => ({
  id,
  type: 'any',
  name: id,
  config,
  position: { x: 0, y: 0 },
});
const edge = (id: string, source: string, target: string): DocumentEdge => ({ id, source, sourcePort: 'out', target, targetPort: 'in' });

const threeNodes: PipelineDocument = {
  ...emptyDocument('d'),
  nodes: [node('a'), node('b', { size: 10 }), node('c')],
  edges: [edge('ab', 'a', 'b'), edge('bc', 'b', 'c')],
};

describe('changes', () => {
  test('removing a node removes its edges', () => {
    const after = applyChange(threeNodes, { kind: 'remove-nodes', nodeIds: ['b'] });
    expect(after.nodes.map((n) => n.id)).toEqual(['a', 'c']);
    expect(after.edges).toEqual([]);
  });

  test('parts that did not change keep their identity', () => {
    const after = applyChange(threeNodes, { kind: 'set-config', nodeId: 'b', field: 'size', value: 20 });
    expect(after.nodes[1]?.config).toEqual({ size: 20 });
    expect(after.nodes[0]).toBe(threeNodes.nodes[0]);
    expect(after.edges).toBe(threeNodes.edges);
  });

  test('a change without effect returns the document itself', () => {
    expect(applyChange(threeNodes, { kind: 'set-config', nodeId: 'b', field: 'size', value: 10 })).toBe(threeNodes);
    expect(applyChange(threeNodes, { kind: 'rename-node', nodeId: 'gone', name: 'x' })).toBe(threeNodes);
    expect(applyChange(threeNodes, { kind: 'move-nodes', positions: { a: { x: 0, y: 0 } } })).toBe(threeNodes);
    expect(applyChange(threeNodes, { kind: 'remove-edges', edgeIds: ['none'] })).toBe(threeNodes);
    expect(applyChange(threeNodes, { kind: 'add-edge', edge: edge('x', 'a', 'gone') })).toBe(threeNodes);
  });

  test('a setting set to undefined is removed', () => {
    const set = applyChange(threeNodes, { kind: 'set-node', nodeId: 'a', patch: { parallelism: 4, note: 'hot' } });
    expect(set.nodes[0]).toEqual({ ...node('a'), parallelism: 4, note: 'hot' });
    const unset = applyChange(set, { kind: 'set-node', nodeId: 'a', patch: { parallelism: undefined } });
    expect(unset.nodes[0]).toEqual({ ...node('a'), note: 'hot' });
  });

  test('a compound does its parts in order', () => {
    const after = applyChange(threeNodes, {
      kind: 'compound',
      changes: [
        { kind: 'remove-edges', edgeIds: ['ab'] },
        { kind: 'add-node', node: node('x') },
        { kind: 'add-edge', edge: edge('ax', 'a', 'x') },
        { kind: 'add-edge', edge: edge('xb', 'x', 'b') },
      ],
    });
    expect(after.edges.map((e) => `${e.source}>${e.target}`)).toEqual(['b>c', 'a>x', 'x>b']);
  });
});
