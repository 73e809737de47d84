import { beforeEach, describe, expect, test } from 'vitest';
import type { Analysis } from '../../engine/api/index.ts';
import { emptyDocument } from '../../engine/api/index.ts';
import type { DocumentNode, PipelineDocument } from '../../engine/api/index.ts';
import { createDocumentStore } from './create-document-store.ts';
import type { DocumentStore } from './create-document-store.ts';

const node = (id: string): DocumentNode => ({ id, type: 'any', name: id, config: {}, position: { x: 0, y: 0 } });
const analyzed = (document: PipelineDocument): Analysis => ({
  problems: [],
  nodes: new Map(),
  edges: new Map(),
  chains: [],
  order: document.nodes.map((n) => n.id),
  runnable: true,
});

let time = 0;
let store: DocumentStore;
const state = () => store.getState();
const names = () => state().document.nodes.map((n) => n.name);

beforeEach(() => {
  time = 0;
  store = createDocumentStore({ ...emptyDocument('d'), nodes: [node('a'), node('b')] }, { analyze: analyzed, now: () => time });
});

describe('undo and redo', () => {
  test('every action is one step, named, and the analysis follows', () => {
    state().apply(
      [
        { kind: 'add-node', node: node('c') },
        { kind: 'rename-node', nodeId: 'a', name: 'A' },
      ],
      'Add c',
    );
    expect(names()).toEqual(['A', 'b', 'c']);
    expect(state().undoLabel).toBe('Add c');
    expect(state().analysis.order).toEqual(['a', 'b', 'c']);

    state().undo();
    expect(names()).toEqual(['a', 'b']);
    expect([state().canUndo, state().canRedo, state().redoLabel]).toEqual([false, true, 'Add c']);
    expect(state().analysis.order).toEqual(['a', 'b']);

    state().redo();
    expect(names()).toEqual(['A', 'b', 'c']);
    expect([state().canUndo, state().canRedo]).toEqual([true, false]);
  });

  test('a new edit forgets what could be redone', () => {
    state().apply({ kind: 'rename-node', nodeId: 'a', name: 'A' }, 'Rename');
    state().undo();
    state().apply({ kind: 'rename-node', nodeId: 'b', name: 'B' }, 'Rename');
    expect(state().canRedo).toBe(false);
    state().redo();
    expect(names()).toEqual(['a', 'B']);
  });

  test('typing in a field is one step; a pause, a blur or another field begins the next', () => {
    const type = (field: string, value: string) => state().apply({ kind: 'set-config', nodeId: 'a', field, value }, 'Edit');
    const config = () => state().document.nodes[0]?.config;
    type('f', '1');
    time += 500;
    type('f', '12');
    time += 999;
    type('f', '123');
    state().undo();
    expect(config()).toEqual({});
    state().redo();

    time += 1000;
    type('f', 'after a pause');
    state().undo();
    expect(config()).toEqual({ f: '123' });

    type('f', '4');
    state().endCoalescing();
    type('f', '45');
    type('g', 'x');
    state().undo();
    expect(config()).toEqual({ f: '45' });
    state().undo();
    expect(config()).toEqual({ f: '4' });
  });

  test('keyboard nudges join when asked to', () => {
    for (let step = 1; step <= 5; step++) {
      time += 30;
      state().apply({ kind: 'move-nodes', positions: { a: { x: step * 8, y: 0 } } }, 'Move a', { coalesce: 'nudge a' });
    }
    state().undo();
    expect(state().document.nodes[0]?.position).toEqual({ x: 0, y: 0 });
    expect(state().canUndo).toBe(false);
  });

  test('looking around is not a step, and undo does not move the viewport', () => {
    state().apply({ kind: 'set-view', view: { x: 1, y: 1, zoom: 1 } }, 'View');
    expect([state().canUndo, state().untouched]).toEqual([false, true]);
    state().apply({ kind: 'rename-node', nodeId: 'a', name: 'A' }, 'Rename');
    state().apply({ kind: 'set-view', view: { x: 9, y: 9, zoom: 2 } }, 'View');
    state().undo();
    expect(state().document.view).toEqual({ x: 9, y: 9, zoom: 2 });
    expect(names()).toEqual(['a', 'b']);
  });

  test('the selection goes with the step and never names what is gone', () => {
    state().select({ nodeIds: ['a', 'nobody'] });
    expect(state().selection).toEqual({ nodeIds: ['a'], edgeIds: [] });
    state().apply({ kind: 'remove-nodes', nodeIds: ['a'] }, 'Delete a');
    expect(state().selection).toEqual({ nodeIds: [], edgeIds: [] });
    state().undo();
    expect(state().selection).toEqual({ nodeIds: ['a'], edgeIds: [] });
    state().apply({ kind: 'add-node', node: node('c') }, 'Add c', { select: { nodeIds: ['c'] } });
    expect(state().selection.nodeIds).toEqual(['c']);
  });

  test('a change without effect is no step', () => {
    state().apply({ kind: 'rename-node', nodeId: 'a', name: 'a' }, 'Rename');
    expect(state().canUndo).toBe(false);
  });

  test('opening a pipeline can be undone, with its own viewport', () => {
    state().apply({ kind: 'set-view', view: { x: 5, y: 5, zoom: 1 } }, 'View');
    state().replaceDocument({ ...emptyDocument('other'), view: { x: 0, y: 0, zoom: 2 } }, { undoable: true, label: 'Import' });
    expect([state().document.id, state().untouched, state().undoLabel]).toEqual(['other', true, 'Import']);
    state().undo();
    expect([state().document.id, state().document.view]).toEqual(['d', { x: 5, y: 5, zoom: 1 }]);
  });
});
