import type { AnyDefinition, DocumentEdge, DocumentNode, PipelineDocument } from '../../../engine/api/index.ts';
import { connectionProblemOf, defaultConfig, definitionOf } from '../../../engine/api/index.ts';
import type { Change, Point } from '../changes.ts';
import { freeEdgeId, freeName, freeNodeId } from '../ids.ts';
import type { Connection } from './connect.ts';
import { after } from './edit.ts';
import type { Edit } from './edit.ts';
import { inputsOf, outputsOf, portsOf } from './node-ports.ts';
import { COLUMN_GAP, OPERATOR_SIZE, ROW_GAP, sizeOf } from './node-size.ts';

/** Where a new operator goes. Positions are the centre of the new node. */
export type Placement =
  | { readonly kind: 'at'; readonly position: Point }
  | { readonly kind: 'after'; readonly nodeId: string }
  | { readonly kind: 'on-edge'; readonly edgeId: string; readonly position?: Point }
  /** A wire was dropped on the empty canvas: `from` is the port it comes out of (or goes into). */
  | { readonly kind: 'from-port'; readonly from: WireEnd; readonly position: Point };

export interface WireEnd {
  readonly nodeId: string;
  readonly port: string;
  readonly direction: 'source' | 'target';
}

export interface AddOperatorEdit extends Edit {
  readonly nodeId: string;
  readonly connected: boolean;
}

/** A new node with its operator's defaults, connected where the placement asks for it and the graph allows it. */
export function planAddOperator(document: PipelineDocument, definition: AnyDefinition, placement: Placement): AddOperatorEdit {
  const size = sizeOf(definition);
  const centre = centreOf(document, definition, placement);
  const node: DocumentNode = {
    id: freeNodeId(document, definition.type),
    type: definition.type,
    name: freeName(document, definition.title),
    config: defaultConfig(definition.fields),
    position: freeSpot(
      document,
      { x: Math.round(centre.x - size.width / 2), y: Math.round(centre.y - size.height / 2) },
      size.width,
      size.height,
    ),
  };
  const add: Change = { kind: 'add-node', node };
  const wiring = wire(after(document, [add]), node, definition, placement);
  return {
    changes: [add, ...wiring],
    label: `Add ${definition.title}`,
    select: { nodeIds: [node.id] },
    nodeId: node.id,
    connected: wiring.length > 0,
  };
}

function wire(document: PipelineDocument, node: DocumentNode, definition: AnyDefinition, placement: Placement): readonly Change[] {
  const input = inputsOf(definition)[0]?.name;
  const output = outputsOf(definition, node.config).find((port) => !port.side)?.name;
  switch (placement.kind) {
    case 'at':
      return [];
    case 'after':
      return input === undefined ? [] : connectFirst(document, outputsFor(document, placement.nodeId, node.id, input));
    case 'from-port': {
      const { nodeId, port, direction } = placement.from;
      if (direction === 'source' && input !== undefined) {
        return connectFirst(document, [{ source: nodeId, sourcePort: port, target: node.id, targetPort: input }]);
      }
      if (direction === 'target' && output !== undefined) {
        return connectFirst(document, [{ source: node.id, sourcePort: output, target: nodeId, targetPort: port }]);
      }
      return [];
    }
    case 'on-edge': {
      const edge = document.edges.find((other) => other.id === placement.edgeId);
      return edge === undefined || input === undefined || output === undefined ? [] : splice(document, edge, node.id, input, output);
    }
  }
}

/** The edge becomes two, with the node between; nothing when either half would be refused. */
function splice(document: PipelineDocument, edge: DocumentEdge, nodeId: string, input: string, output: string): readonly Change[] {
  const first: DocumentEdge = { id: edge.id, source: edge.source, sourcePort: edge.sourcePort, target: nodeId, targetPort: input };
  const second: DocumentEdge = {
    id: freeEdgeId(document),
    source: nodeId,
    sourcePort: output,
    target: edge.target,
    targetPort: edge.targetPort,
  };
  const cut: Change = { kind: 'remove-edges', edgeIds: [edge.id] };
  const open = after(document, [cut]);
  if (connectionProblemOf(open, first) !== null) return [];
  const half = after(open, [{ kind: 'add-edge', edge: first }]);
  if (connectionProblemOf(half, second) !== null) return [];
  return [cut, { kind: 'add-edge', edge: first }, { kind: 'add-edge', edge: second }];
}

/** Can this operator be put into an edge at all? */
export function canSplice(definition: AnyDefinition): boolean {
  return definition.inputs.length > 0 && outputsOf(definition, defaultConfig(definition.fields)).some((port) => !port.side);
}

function outputsFor(document: PipelineDocument, sourceId: string, target: string, targetPort: string): readonly Connection[] {
  const source = document.nodes.find((other) => other.id === sourceId);
  if (source === undefined) return [];
  const ports = portsOf(document, source, null).outputs;
  return ports.filter((port) => !port.side).map((port) => ({ source: sourceId, sourcePort: port.name, target, targetPort }));
}

function connectFirst(document: PipelineDocument, connections: readonly Connection[]): readonly Change[] {
  const possible = connections.find((connection) => connectionProblemOf(document, connection) === null);
  return possible === undefined ? [] : [{ kind: 'add-edge', edge: { id: freeEdgeId(document), ...possible } }];
}

function centreOf(document: PipelineDocument, definition: AnyDefinition, placement: Placement): Point {
  if (placement.kind === 'after') {
    const before = document.nodes.find((node) => node.id === placement.nodeId);
    if (before === undefined) return { x: 0, y: 0 };
    const size = sizeOf(definitionOf(before.type));
    return {
      x: before.position.x + size.width + COLUMN_GAP + sizeOf(definition).width / 2,
      y: before.position.y + size.height / 2,
    };
  }
  if (placement.kind === 'on-edge' && placement.position === undefined) return middleOfEdge(document, placement.edgeId);
  return placement.position ?? { x: 0, y: 0 };
}

function middleOfEdge(document: PipelineDocument, edgeId: string): Point {
  const edge = document.edges.find((other) => other.id === edgeId);
  const ends = [edge?.source, edge?.target].map((id) => document.nodes.find((node) => node.id === id));
  const centres = ends.map((node) => {
    const size = sizeOf(node === undefined ? undefined : definitionOf(node.type));
    return { x: (node?.position.x ?? 0) + size.width / 2, y: (node?.position.y ?? 0) + size.height / 2 };
  });
  const [from, to] = centres as [Point, Point];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

/** Moves down until nothing is covered. */
export function freeSpot(document: PipelineDocument, wanted: Point, width: number, height: number): Point {
  let { y } = wanted;
  const boxes = document.nodes.map((node) => ({ ...node.position, size: sizeOf(definitionOf(node.type)) }));
  for (let tries = 0; tries < 200; tries++) {
    const hit = boxes.find(
      (box) => wanted.x < box.x + box.size.width && wanted.x + width > box.x && y < box.y + box.size.height && y + height > box.y,
    );
    if (hit === undefined) break;
    y = hit.y + hit.size.height + ROW_GAP;
  }
  return { x: wanted.x, y };
}

/** A start on an empty canvas is centred on this, so that the viewport needs no jump. */
export const FIRST_POSITION: Point = { x: OPERATOR_SIZE.width / 2, y: OPERATOR_SIZE.height / 2 };
