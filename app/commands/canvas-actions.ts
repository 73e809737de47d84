import type { AnyDefinition, PipelineDocument } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import type { Point } from '../document/changes.ts';
import { documentStore } from '../document/document-store.ts';
import type { Placement } from '../document/edits/add-operator.ts';
import { planAddOperator } from '../document/edits/add-operator.ts';
import { planAutoLayout } from '../document/edits/auto-layout.ts';
import { fragmentOf, fragmentText, parseFragment, planPaste } from '../document/edits/clipboard.ts';
import { planConnect, planReconnect } from '../document/edits/connect.ts';
import type { Connection } from '../document/edits/connect.ts';
import { applyEdit } from '../document/edits/edit.ts';
import { sizeOf } from '../document/edits/node-size.ts';
import { nodeTitle, titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';
import { announce } from '../ui/announcer.ts';
import { useLayout } from '../ui/layout-store.ts';
import { canvasMiddle, focusNode, showHint, toCanvas, useCanvas } from '../canvas/canvas-store.ts';
import { plural } from '../canvas/flow-elements.ts';

/** What people do on the canvas. Each is one undo step and says what happened. */

/** Without a placement: after the selected operator, or in the middle of what is seen. */
export function addOperator(type: string, placement?: Placement): string | null {
  const definition = definitionOf(type);
  if (definition === undefined) return null;
  const state = documentStore.getState();
  const edit = planAddOperator(
    state.document,
    definition,
    placement ?? defaultPlacement(state.document, state.selection.nodeIds, definition),
  );
  applyEdit(state, edit);
  const connectedTo = documentStore
    .getState()
    .document.edges.filter((edge) => edge.target === edit.nodeId)
    .map((edge) => titleOf(documentStore.getState().document, edge.source));
  announce(`Added ${definition.title}${connectedTo.length > 0 ? `, connected to ${connectedTo.join(', ')}` : ''}.`);
  showNode(edit.nodeId);
  focusNode(edit.nodeId);
  return edit.nodeId;
}

/** Pans as little as needed for a node to be seen whole. */
export function showNode(nodeId: string): void {
  const { flow, element } = useCanvas.getState();
  const node = documentStore.getState().document.nodes.find((other) => other.id === nodeId);
  const box = element?.getBoundingClientRect();
  if (flow === null || node === undefined || box === undefined) return;
  const size = sizeOf(definitionOf(node.type));
  const from = flow.flowToScreenPosition(node.position);
  const to = flow.flowToScreenPosition({ x: node.position.x + size.width, y: node.position.y + size.height });
  const dx = panFor(from.x, to.x, box.left, box.right);
  const dy = panFor(from.y, to.y, box.top, box.bottom);
  if (dx === 0 && dy === 0) return;
  const view = flow.getViewport();
  const next = { ...view, x: view.x + dx, y: view.y + dy };
  void flow.setViewport(next);
  documentStore.getState().apply({ kind: 'set-view', view: next }, 'Look around');
}

/** Room that a shown node keeps to the border, for badges and ports. */
const SHOW_MARGIN = 32;

function panFor(from: number, to: number, low: number, high: number): number {
  if (from < low + SHOW_MARGIN) return low + SHOW_MARGIN - from;
  return to > high - SHOW_MARGIN ? high - SHOW_MARGIN - to : 0;
}

function defaultPlacement(document: PipelineDocument, selected: readonly string[], definition: AnyDefinition): Placement {
  const [only] = selected;
  if (selected.length === 1 && only !== undefined && definition.inputs.length > 0) return { kind: 'after', nodeId: only };
  return { kind: 'at', position: document.nodes.length === 0 ? { x: 0, y: 0 } : toCanvas(canvasMiddle()) };
}

/** Connects, or says why not, near `at` (pixels of the window). */
export function connect(connection: Connection, at: Point | null): boolean {
  const state = documentStore.getState();
  const planned = planConnect(state.document, connection);
  if ('refused' in planned) {
    refuse(planned.refused, at);
    return false;
  }
  applyEdit(state, planned.edit);
  announce(`Connected ${titleOf(state.document, connection.source)} to ${titleOf(state.document, connection.target)}.`);
  return true;
}

export function reconnect(edgeId: string, connection: Connection, at: Point | null): void {
  const state = documentStore.getState();
  const planned = planReconnect(state.document, edgeId, connection);
  if ('refused' in planned) refuse(planned.refused, at);
  else {
    applyEdit(state, planned.edit);
    announce(`${planned.edit.label}.`);
  }
}

export function refuse(reason: string, at: Point | null): void {
  showHint(reason, at ?? useCanvas.getState().pointer);
  announce(`Not connected. ${reason}`);
}

export function deleteSelection(): void {
  const state = documentStore.getState();
  const { nodeIds, edgeIds } = state.selection;
  if (nodeIds.length + edgeIds.length === 0) return;
  const what = whatIsSelected();
  state.apply(
    [
      { kind: 'remove-edges', edgeIds },
      { kind: 'remove-nodes', nodeIds },
    ],
    `Delete ${what}`,
    { select: {} },
  );
  announce(`Deleted ${what}.`);
  useCanvas.getState().element?.focus({ preventScroll: true });
}

function whatIsSelected(): string {
  const { document, selection } = documentStore.getState();
  const { nodeIds, edgeIds } = selection;
  const [only] = nodeIds;
  if (nodeIds.length === 1 && only !== undefined) return titleOf(document, only);
  if (nodeIds.length === 0) return plural(edgeIds.length, 'connection');
  return plural(nodeIds.length, 'operator');
}

const NUDGES: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Moves the selected nodes by keyboard; steps in quick succession are one undo step. */
export function nudgeSelection(key: string, distance: number): boolean {
  const direction = NUDGES[key];
  const { document, selection, apply } = documentStore.getState();
  if (direction === undefined || selection.nodeIds.length === 0) return false;
  const positions = Object.fromEntries(
    document.nodes
      .filter((node) => selection.nodeIds.includes(node.id))
      .map((node) => [node.id, { x: node.position.x + direction.x * distance, y: node.position.y + direction.y * distance }]),
  );
  apply({ kind: 'move-nodes', positions }, `Move ${whatIsSelected()}`, { coalesce: `nudge ${selection.nodeIds.join(' ')}` });
  return true;
}

export function moveNodes(positions: Readonly<Record<string, Point>>): void {
  documentStore
    .getState()
    .apply({ kind: 'move-nodes', positions }, `Move ${Object.keys(positions).length === 1 ? whatIsMoved(positions) : 'operators'}`);
}

function whatIsMoved(positions: Readonly<Record<string, Point>>): string {
  return titleOf(documentStore.getState().document, Object.keys(positions)[0] ?? '');
}

export function duplicateSelection(): void {
  const state = documentStore.getState();
  const edit = planPaste(state.document, fragmentOf(state.document, state.selection.nodeIds), null, `Duplicate ${whatIsSelected()}`);
  if (edit === null) return;
  applyEdit(state, edit);
  announce(`Duplicated ${plural(edit.select?.nodeIds?.length ?? 0, 'operator')}.`);
}

/** The selected part as text, or null when no operator is selected. */
export function copySelection(): string | null {
  const { document, selection } = documentStore.getState();
  if (selection.nodeIds.length === 0) return null;
  announce(`Copied ${plural(selection.nodeIds.length, 'operator')}.`);
  return fragmentText(fragmentOf(document, selection.nodeIds));
}

/** False when the text is no part of a pipeline. */
export function pasteText(text: string, at: Point | null): boolean {
  const fragment = parseFragment(text);
  if (fragment === null) return false;
  const state = documentStore.getState();
  const edit = planPaste(state.document, fragment, at, `Paste ${plural(fragment.nodes.length, 'operator')}`);
  if (edit === null) return false;
  applyEdit(state, edit);
  announce(`Pasted ${plural(fragment.nodes.length, 'operator')}.`);
  return true;
}

export function selectAll(): void {
  const { document, select } = documentStore.getState();
  select({ nodeIds: document.nodes.map((node) => node.id), edgeIds: document.edges.map((edge) => edge.id) });
  announce(`Selected ${plural(document.nodes.length, 'operator')}.`);
}

export function arrange(): void {
  const state = documentStore.getState();
  if (state.document.nodes.length === 0) return;
  applyEdit(state, planAutoLayout(state.document, state.selection.nodeIds));
  announce('Arranged.');
  requestAnimationFrame(() => fitView());
}

const FIT = { padding: 0.12, maxZoom: 1.1, duration: 0 } as const;

export function fitView(nodeIds?: readonly string[]): void {
  const { flow, element } = useCanvas.getState();
  if (documentStore.getState().document.nodes.length === 0) {
    // React Flow would keep the wish until there is an operator, and then move it away from where it was dropped.
    const box = element?.getBoundingClientRect();
    void flow?.setViewport({ x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2, zoom: 1 });
    return;
  }
  void flow?.fitView(nodeIds === undefined ? FIT : { ...FIT, nodes: nodeIds.map((id) => ({ id })) });
}

export function zoomBy(factor: number): void {
  const { flow } = useCanvas.getState();
  if (flow !== null) void flow.zoomTo(flow.getZoom() * factor);
}

export function zoomTo(zoom: number): void {
  void useCanvas.getState().flow?.zoomTo(zoom);
}

/** Opens a node's settings and puts the keyboard there. F6 leads back. */
export function editNode(nodeId: string): void {
  useLayout.getState().setOpen('inspector', true);
  revealField(nodeId);
}

/** The keyboard goes to the operator it was on, or to the first. */
export function focusCanvas(): void {
  const { document, analysis } = documentStore.getState();
  const { focusedNodeId, element } = useCanvas.getState();
  const nodeId = document.nodes.some((node) => node.id === focusedNodeId) ? focusedNodeId : (analysis.order[0] ?? null);
  if (nodeId === null) element?.focus({ preventScroll: true });
  else focusNode(nodeId);
}

/** Selects a node, shows it, and puts the keyboard on it. */
export function revealNode(nodeId: string): void {
  const { document, select } = documentStore.getState();
  const node = document.nodes.find((other) => other.id === nodeId);
  if (node === undefined) return;
  select({ nodeIds: [nodeId] });
  showNode(nodeId);
  focusNode(nodeId);
  announce(nodeTitle(node));
}
