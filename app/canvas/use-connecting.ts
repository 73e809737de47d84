import { useMemo } from 'react';
import type { Connection as FlowConnection, FinalConnectionState } from 'reactflow';
import { connectionProblemOf } from '../../engine/api/index.ts';
import type { Point } from '../document/changes.ts';
import { documentStore } from '../document/document-store.ts';
import type { Connection } from '../document/edits/connect.ts';
import { possibleConnections } from '../document/edits/connect.ts';
import { connect, reconnect, refuse } from '../commands/canvas-actions.ts';
import { toCanvas, useCanvas } from './canvas-store.ts';
import type { FlowEdge } from './flow-elements.ts';

/** React Flow's connection in the document's words; null while an end is missing. */
export function connectionOf(flow: {
  readonly source: string | null;
  readonly sourceHandle?: string | null;
  readonly target: string | null;
  readonly targetHandle?: string | null;
}): Connection | null {
  const { source, sourceHandle, target, targetHandle } = flow;
  if (source === null || target === null) return null;
  return { source, sourcePort: sourceHandle ?? 'out', target, targetPort: targetHandle ?? 'in' };
}

/** Drawing wires: validated while dragging; dropped on a node they find its input, on nothing they ask what to add. */
export function useConnecting() {
  return useMemo(() => {
    let reconnecting: string | null = null;
    return {
      isValidConnection: (flow: FlowConnection | FlowEdge) => {
        const connection = connectionOf(flow);
        if (connection === null) return false;
        const { document } = documentStore.getState();
        const known = reconnecting === null ? document : { ...document, edges: document.edges.filter((edge) => edge.id !== reconnecting) };
        return connectionProblemOf(known, connection) === null;
      },
      onConnect: (flow: FlowConnection) => {
        const connection = connectionOf(flow);
        if (connection !== null) connect(connection, null);
      },
      onConnectEnd: (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
        if (reconnecting === null) finishWire(event, end);
      },
      onClickConnectEnd: (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
        if (end.isValid === false) explainRefusal(end, pointOf(event));
      },
      onReconnectStart: (_event: unknown, edge: FlowEdge) => {
        reconnecting = edge.id;
      },
      onReconnect: (edge: FlowEdge, flow: FlowConnection) => {
        const connection = connectionOf(flow);
        if (connection !== null) reconnect(edge.id, connection, null);
      },
      onReconnectEnd: () => {
        reconnecting = null;
      },
    };
  }, []);
}

function finishWire(event: MouseEvent | TouchEvent, end: FinalConnectionState): void {
  const at = pointOf(event);
  if (end.isValid === true || end.fromHandle === null || end.fromNode === null) return;
  if (end.toHandle !== null) {
    explainRefusal(end, at);
    return;
  }
  const target = document.elementFromPoint(at.x, at.y);
  const nodeId = target?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
  if (nodeId !== undefined) connectToNode(end.fromHandle, end.fromNode.id, nodeId, at);
  else if (target?.closest('.react-flow__pane') != null) {
    const from = { nodeId: end.fromNode.id, port: end.fromHandle.id ?? 'out', direction: end.fromHandle.type };
    useCanvas.setState({ search: { at, placement: { kind: 'from-port', from, position: toCanvas(at) } } });
  }
}

/** A wire dropped on a node's body means its first free port. */
function connectToNode(
  handle: { readonly id?: string | null; readonly type: 'source' | 'target' },
  fromId: string,
  toId: string,
  at: Point,
): void {
  if (fromId === toId) return;
  const { document, analysis } = documentStore.getState();
  const sourceId = handle.type === 'source' ? fromId : toId;
  const targetId = handle.type === 'source' ? toId : fromId;
  const candidates = possibleConnections(document, analysis, sourceId).filter(
    ({ connection }) =>
      connection.source === sourceId &&
      connection.target === targetId &&
      (handle.type === 'source' ? connection.sourcePort : connection.targetPort) === handle.id,
  );
  const [best] = candidates;
  if (best !== undefined) connect(best.connection, at);
  else
    refuse(
      handle.type === 'source'
        ? 'This operator has no input: it is where a stream begins.'
        : 'This operator has no output: it is where a stream ends.',
      at,
    );
}

function explainRefusal(end: FinalConnectionState, at: Point): void {
  const reason = refusalOf(end);
  if (reason !== null) refuse(reason, at);
}

/** Why the wire cannot end where it is now, or null. */
export function refusalOf(end: Pick<FinalConnectionState, 'fromHandle' | 'toHandle'>): string | null {
  const { fromHandle, toHandle } = end;
  if (fromHandle === null || toHandle === null) return null;
  if (fromHandle.nodeId === toHandle.nodeId) return 'An operator cannot feed itself.';
  if (fromHandle.type === toHandle.type) {
    return fromHandle.type === 'source'
      ? 'Two outputs cannot be connected: end the wire at an input.'
      : 'Two inputs cannot be connected: end the wire at an output.';
  }
  const [source, target] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle];
  const connection = connectionOf({
    source: source.nodeId,
    sourceHandle: source.id ?? null,
    target: target.nodeId,
    targetHandle: target.id ?? null,
  });
  return connection === null ? null : connectionProblemOf(documentStore.getState().document, connection);
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}
