import 'reactflow/dist/style.css';
import '../styles/canvas.css';
import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FocusEvent as ReactFocusEvent, MouseEvent as ReactMouseEvent, PointerEvent as ReactPointerEvent, RefObject } from 'react';
import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, applyNodeChanges, useStore } from 'reactflow';
import type { EdgeChange, NodeChange, ReactFlowInstance, Viewport } from 'reactflow';
import { definitionOf } from '../../engine/api/index.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { useRun } from '../run/run-store.ts';
import { CanvasControls } from './CanvasControls.tsx';
import { CanvasHintBubble } from './CanvasHintBubble.tsx';
import { CanvasMenu } from './CanvasMenu.tsx';
import { CanvasSearch, ConnectChooser } from './CanvasSearch.tsx';
import { editNode, fitView, moveNodes } from '../commands/canvas-actions.ts';
import { toCanvas, useCanvas } from './canvas-store.ts';
import { ConnectionRefusal } from './ConnectionRefusal.tsx';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { ExchangeEdge } from './ExchangeEdge.tsx';
import { flowEdges, flowNodes } from './flow-elements.ts';
import type { FlowEdge, FlowNode } from './flow-elements.ts';
import { OperatorNode } from './OperatorNode.tsx';
import { Outline } from './Outline.tsx';
import { CANVAS_KEYS_HELP, useCanvasKeys } from './use-canvas-keys.ts';
import { useConnecting } from './use-connecting.ts';
import { useDropTarget } from './use-drop-target.ts';
import { VirtualNode } from './VirtualNode.tsx';

const NODE_TYPES = { operator: OperatorNode, virtual: VirtualNode };
const EDGE_TYPES = { exchange: ExchangeEdge };
/** Pixels at which a wire snaps to a port. */
const SNAP_RADIUS = 30;

/** The pipeline as a graph that is seen, edited and watched. */
export function Canvas() {
  const element = useRef<HTMLElement>(null);
  const scheme = useComputedColorScheme('light');
  const [nodes, onNodesChange] = useFlowNodes();
  const [edges, onEdgesChange] = useFlowEdges();
  const connecting = useConnecting();
  const drop = useDropTarget();
  const onKeyDown = useCanvasKeys();
  const minimapOpen = useCanvas((state) => state.minimapOpen);
  const [initialView] = useState(() => documentStore.getState().document.view);
  const pendingFit = useViewportOfDocument(nodes);

  const onInit = useCallback(
    (flow: ReactFlowInstance<FlowNode, FlowEdge>) => {
      // Looked up once: React Flow's own component asks the document for it per connection and movement.
      const edgeLabels = element.current?.querySelector<HTMLElement>('.react-flow__edgelabel-renderer') ?? null;
      useCanvas.setState({ flow, element: element.current, edgeLabels });
      pendingFit.current = initialView === undefined;
    },
    [initialView, pendingFit],
  );

  return (
    <section
      ref={element}
      className="mr-canvas"
      aria-label="Pipeline"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onFocus={rememberFocus}
      onPointerMove={rememberPointer}
      {...drop}
    >
      <p id="mr-canvas-keys" className="mr-visually-hidden">
        {CANVAS_KEYS_HELP}
      </p>
      <ReactFlow<FlowNode, FlowEdge>
        aria-label="Pipeline graph"
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        {...connecting}
        onInit={onInit}
        onNodeDragStop={(_event, _node, dragged) => moveNodes(positionsOf(dragged))}
        onSelectionDragStop={(_event, dragged) => moveNodes(positionsOf(dragged))}
        onMoveEnd={(_event, view) => rememberView(view)}
        onDoubleClick={searchAtPointer}
        onNodeDoubleClick={(_event, node) => editNode(node.id)}
        onNodeContextMenu={(event, node) => openMenu(event, { kind: 'node', id: node.id })}
        onEdgeContextMenu={(event, edge) => openMenu(event, { kind: 'edge', id: edge.id })}
        onEdgeMouseEnter={(_event, edge) => useCanvas.setState({ hoveredEdgeId: edge.id })}
        onEdgeMouseLeave={() => useCanvas.setState({ hoveredEdgeId: null })}
        onPaneContextMenu={(event) => openMenu(event, { kind: 'canvas' })}
        {...(initialView === undefined ? {} : { defaultViewport: initialView })}
        colorMode={scheme}
        connectionRadius={SNAP_RADIUS}
        selectionMode={SelectionMode.Partial}
        minZoom={0.05}
        maxZoom={2.5}
        deleteKeyCode={null}
        disableKeyboardA11y
        edgesFocusable={false}
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--mr-dots)" />
        {minimapOpen && nodes.length > 0 && (
          <MiniMap<FlowNode> pannable zoomable ariaLabel="Overview of the pipeline" nodeClassName={minimapClass} nodeBorderRadius={6} />
        )}
        <CanvasControls />
        <FarSight />
        <ConnectionRefusal />
      </ReactFlow>
      <EmptyCanvas />
      <Outline />
      <CanvasSearch />
      <ConnectChooser />
      <CanvasMenu />
      <CanvasHintBubble />
    </section>
  );
}

/** Below this zoom nobody can read what a node is set to and how it is doing. */
const FAR_ZOOM = 0.45;

/** Nodes and connections simplify when they are looked at from far away: one subscription instead of one each. */
function FarSight() {
  const far = useStore((state) => state.transform[2] < FAR_ZOOM);
  useEffect(() => useCanvas.setState({ far }), [far]);
  return null;
}

/** Positions while dragging and measured sizes live here; everything else comes from the document. */
function useFlowNodes() {
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const document = useDocument((state) => state.document);
  const analysis = useDocument((state) => state.analysis);
  const selection = useDocument((state) => state.selection);
  const focusedNodeId = useCanvas((state) => state.focusedNodeId);
  const status = useRun((state) => statusWord(state.status, state.paused));
  useEffect(() => {
    setNodes((before) => flowNodes({ document, analysis, selection, focusedNodeId, status }, before));
  }, [document, analysis, selection, focusedNodeId, status]);
  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    const kept = changes.filter((change) => change.type === 'position' || change.type === 'dimensions');
    if (kept.length > 0) setNodes((before) => applyNodeChanges(kept, before));
    changeSelection('nodeIds', changes);
  }, []);
  return [nodes, onNodesChange] as const;
}

function useFlowEdges() {
  const document = useDocument((state) => state.document);
  const selection = useDocument((state) => state.selection);
  const [edges, setEdges] = useState<FlowEdge[]>([]);
  useEffect(() => setEdges(flowEdges(document, selection)), [document, selection]);
  const onEdgesChange = useCallback((changes: EdgeChange<FlowEdge>[]) => changeSelection('edgeIds', changes), []);
  return [edges, onEdgesChange] as const;
}

function changeSelection(part: 'nodeIds' | 'edgeIds', changes: readonly (NodeChange<FlowNode> | EdgeChange<FlowEdge>)[]): void {
  const { selection, select } = documentStore.getState();
  const ids = new Set(selection[part]);
  for (const change of changes) {
    if (change.type !== 'select') continue;
    if (change.selected) ids.add(change.id);
    else ids.delete(change.id);
  }
  select({ ...selection, [part]: [...ids] });
}

/** Another pipeline brings its own viewport, or is fitted as soon as its nodes are measured. The ref asks for a fit. */
function useViewportOfDocument(nodes: readonly FlowNode[]): RefObject<boolean> {
  const documentId = useDocument((state) => state.document.id);
  const shown = useRef(documentId);
  const pendingFit = useRef(false);
  useEffect(() => {
    if (shown.current === documentId) return;
    shown.current = documentId;
    const { view } = documentStore.getState().document;
    if (view === undefined) pendingFit.current = true;
    else void useCanvas.getState().flow?.setViewport(view);
  }, [documentId]);
  useEffect(() => {
    const ids = documentStore.getState().document.nodes.map((node) => node.id);
    const drawn = nodes.filter((node) => node.measured?.width !== undefined && ids.includes(node.id));
    // An empty pipeline is as it should be at once: a first operator stays where it is put.
    if (!pendingFit.current || useCanvas.getState().flow === null || drawn.length < ids.length) return;
    pendingFit.current = false;
    fitView();
  }, [nodes]);
  return pendingFit;
}

function positionsOf(dragged: readonly FlowNode[]) {
  return Object.fromEntries(dragged.map((node) => [node.id, { x: Math.round(node.position.x), y: Math.round(node.position.y) }]));
}

function rememberView(view: Viewport): void {
  documentStore.getState().apply({ kind: 'set-view', view: { x: view.x, y: view.y, zoom: view.zoom } }, 'Look around');
}

function rememberFocus(event: ReactFocusEvent): void {
  const nodeId = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  if (nodeId !== undefined) useCanvas.setState({ focusedNodeId: nodeId });
}

function rememberPointer(event: ReactPointerEvent): void {
  useCanvas.setState({ pointer: { x: event.clientX, y: event.clientY } });
}

function searchAtPointer(event: ReactMouseEvent): void {
  if (!(event.target as HTMLElement).classList.contains('react-flow__pane')) return;
  const at = { x: event.clientX, y: event.clientY };
  useCanvas.setState({ search: { at, placement: { kind: 'at', position: toCanvas(at) } } });
}

function openMenu(event: ReactMouseEvent | MouseEvent, target: NonNullable<ReturnType<typeof useCanvas.getState>['menu']>['target']): void {
  event.preventDefault();
  const { selection, select } = documentStore.getState();
  if (target.kind === 'node' && !selection.nodeIds.includes(target.id)) select({ nodeIds: [target.id] });
  if (target.kind === 'edge') select({ edgeIds: [target.id] });
  useCanvas.setState({ menu: { at: { x: event.clientX, y: event.clientY }, target } });
}

function minimapClass(node: FlowNode): string {
  const found = documentStore.getState().document.nodes.find((other) => other.id === node.id);
  return `mr-map-${(found === undefined ? undefined : definitionOf(found.type)?.category) ?? 'unknown'}`;
}

function statusWord(status: string, paused: boolean): string {
  if (status === 'RUNNING') return paused ? 'paused' : 'running';
  return status === 'FAILED' ? 'job failed' : status === 'FINISHED' ? 'finished' : 'not running';
}
