import type { ReactFlowInstance } from 'reactflow';
import { create } from 'zustand';
import type { Point } from '../document/changes.ts';
import type { Placement } from '../document/edits/add-operator.ts';
import type { FlowEdge, FlowNode } from './flow-elements.ts';

export interface OperatorSearch {
  /** Where the list opens, in pixels of the window. */
  readonly at: Point;
  readonly placement: Placement;
}

export interface CanvasHint {
  readonly text: string;
  readonly at: Point;
}

export interface CanvasMenu {
  readonly at: Point;
  readonly target: { readonly kind: 'node' | 'edge'; readonly id: string } | { readonly kind: 'canvas' };
}

interface CanvasState {
  /** The mounted canvas. Commands outside it (fit view, zoom) use it. */
  readonly flow: ReactFlowInstance<FlowNode, FlowEdge> | null;
  readonly element: HTMLElement | null;
  /** Where labels of connections are drawn: above the lines. */
  readonly edgeLabels: HTMLElement | null;
  /** Looked at from so far away that small text cannot be read. */
  readonly far: boolean;
  /** The node that the canvas's one tab stop is on. */
  readonly focusedNodeId: string | null;
  /** The edge the pointer is on: it offers to insert an operator. */
  readonly hoveredEdgeId: string | null;
  readonly search: OperatorSearch | null;
  /** The node whose connection is being chosen from a list. */
  readonly connecting: string | null;
  readonly menu: CanvasMenu | null;
  readonly hint: CanvasHint | null;
  readonly outlineOpen: boolean;
  readonly minimapOpen: boolean;
  /** The pointer's last place over the canvas, in pixels of the window. */
  readonly pointer: Point | null;
}

export const useCanvas = create<CanvasState>()(() => ({
  flow: null,
  element: null,
  edgeLabels: null,
  far: false,
  focusedNodeId: null,
  hoveredEdgeId: null,
  search: null,
  connecting: null,
  menu: null,
  hint: null,
  outlineOpen: false,
  // On a small screen the pipeline needs the room.
  minimapOpen: typeof window !== 'undefined' && window.innerWidth >= 1200,
  pointer: null,
}));

/** The middle of the visible canvas, in pixels of the window. */
export function canvasMiddle(): Point {
  const box = useCanvas.getState().element?.getBoundingClientRect();
  return box === undefined ? { x: 0, y: 0 } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** From pixels of the window to the canvas's own. */
export function toCanvas(at: Point): Point {
  return useCanvas.getState().flow?.screenToFlowPosition(at) ?? at;
}

let hintTimer: ReturnType<typeof setTimeout> | undefined;
const HINT_MS = 5000;

/** A sentence near the pointer, for a few seconds. */
export function showHint(text: string, at: Point | null): void {
  clearTimeout(hintTimer);
  useCanvas.setState({ hint: { text, at: at ?? canvasMiddle() } });
  hintTimer = setTimeout(() => useCanvas.setState({ hint: null }), HINT_MS);
}

/** Puts the keyboard on a node once it is drawn. */
export function focusNode(nodeId: string): void {
  useCanvas.setState({ focusedNodeId: nodeId });
  let tries = 10;
  const attempt = () => {
    const element = nodeElement(nodeId);
    // Not measured yet: hidden, and what is hidden takes no focus.
    if (element !== null && element.style.visibility !== 'hidden') element.focus({ preventScroll: true });
    else if (tries-- > 0) requestAnimationFrame(attempt);
  };
  attempt();
}

export function nodeElement(nodeId: string): HTMLElement | null {
  const { element } = useCanvas.getState();
  return element?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`) ?? null;
}

/** From pixels inside the canvas element (where React Flow counts) to pixels of the window. */
export function toScreen(at: Point): Point {
  const box = useCanvas.getState().element?.getBoundingClientRect();
  return { x: at.x + (box?.x ?? 0), y: at.y + (box?.y ?? 0) };
}
