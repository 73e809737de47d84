import { useCallback } from 'react';
import type { KeyboardEvent } from 'react';
import { documentStore } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { announce } from '../ui/announcer.ts';
import { editNode, nudgeSelection } from '../commands/canvas-actions.ts';
import { canvasMiddle, focusNode, nodeElement, useCanvas } from './canvas-store.ts';
import { neighbourOf } from './graph-walk.ts';

const NUDGE = 8;
const BIG_NUDGE = 32;

/** Read to people who reach an operator by keyboard. */
export const CANVAS_KEYS_HELP =
  'Enter or Space selects, Enter again goes to its settings, F6 comes back. Arrow keys go along the stream; when selected, they move the operator. C connects, slash adds an operator after it, E selects its connection, Delete removes it, Escape deselects.';

/** Keys that mean something only while the canvas has the focus. */
export function useCanvasKeys() {
  return useCallback((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
    if (handleKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, []);
}

function handleKey(event: KeyboardEvent): boolean {
  const nodeId = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset['id'] ?? null;
  const { selection, select } = documentStore.getState();
  if (event.key === '/') return openSearch(nodeId);
  if (event.key === 'Escape') {
    if (selection.nodeIds.length + selection.edgeIds.length === 0) return false;
    select({});
    announce('Nothing selected.');
    return true;
  }
  if (nudgeSelection(event.key, event.shiftKey ? BIG_NUDGE : NUDGE)) return true;
  if (nodeId === null) return enterCanvas(event.key);
  if (event.key === 'Enter' || event.key === ' ') return selectNode(nodeId, event.shiftKey);
  if (event.key === 'c' || event.key === 'C') {
    useCanvas.setState({ connecting: nodeId });
    return true;
  }
  if (event.key === 'e' || event.key === 'E') return selectNextEdge(nodeId);
  return walk(nodeId, event.key);
}

function openSearch(nodeId: string | null): boolean {
  const { selection } = documentStore.getState();
  const after = nodeId ?? (selection.nodeIds.length === 1 ? selection.nodeIds[0] : undefined);
  const box = after === undefined ? undefined : nodeElement(after)?.getBoundingClientRect();
  const at = box === undefined ? canvasMiddle() : { x: box.right + 8, y: box.top };
  const placement = after === undefined ? ({ kind: 'at', position: { x: 0, y: 0 } } as const) : ({ kind: 'after', nodeId: after } as const);
  useCanvas.setState({ search: { at, placement: after === undefined ? middlePlacement() : placement } });
  return true;
}

function middlePlacement() {
  const { flow } = useCanvas.getState();
  return { kind: 'at', position: flow?.screenToFlowPosition(canvasMiddle()) ?? { x: 0, y: 0 } } as const;
}

/** Arrows on the canvas itself go to its first (or last) operator. */
function enterCanvas(key: string): boolean {
  const { order } = documentStore.getState().analysis;
  const to = key === 'ArrowRight' || key === 'ArrowDown' || key === 'Home' ? order[0] : key === 'End' ? order.at(-1) : undefined;
  if (to === undefined) return false;
  focusNode(to);
  return true;
}

/** Once selects, again opens the settings. */
function selectNode(nodeId: string, adding: boolean): boolean {
  const { selection, select, document } = documentStore.getState();
  if (!adding && selection.nodeIds.length === 1 && selection.nodeIds[0] === nodeId) {
    editNode(nodeId);
    return true;
  }
  select({ nodeIds: adding ? [...new Set([...selection.nodeIds, nodeId])] : [nodeId] });
  announce(`Selected ${titleOf(document, nodeId)}.`);
  return true;
}

/** E, again and again: the node's outgoing edges, then its incoming ones. */
function selectNextEdge(nodeId: string): boolean {
  const { document, selection, select } = documentStore.getState();
  const edges = [...document.edges.filter((edge) => edge.source === nodeId), ...document.edges.filter((edge) => edge.target === nodeId)];
  const at = edges.findIndex((edge) => selection.edgeIds.includes(edge.id));
  const next = edges[(at + 1) % Math.max(1, edges.length)];
  if (next === undefined) announce('It has no connections.');
  else {
    select({ edgeIds: [next.id] });
    announce(`Selected the connection from ${titleOf(document, next.source)} to ${titleOf(document, next.target)}.`);
  }
  return true;
}

function walk(nodeId: string, key: string): boolean {
  const { document, analysis } = documentStore.getState();
  const to = neighbourOf(document, analysis.order, nodeId, key);
  if (to !== null) focusNode(to);
  return to !== null;
}

export function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, .monaco-editor') !== null);
}
