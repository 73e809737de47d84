import type { DocumentEdge, PipelineDocument } from '../../../engine/api/index.ts';
import { connectionProblemOf } from '../../../engine/api/index.ts';
import type { Analysis } from '../../../engine/api/index.ts';
import { freeEdgeId } from '../ids.ts';
import { titleOf } from './node-title.ts';
import type { Edit } from './edit.ts';
import { portsOf } from './node-ports.ts';

export type Connection = Omit<DocumentEdge, 'id'>;

export type Planned = { readonly edit: Edit } | { readonly refused: string };

/** A new edge, or the reason why there cannot be one. */
export function planConnect(document: PipelineDocument, connection: Connection): Planned {
  const refused = connectionProblemOf(document, connection);
  if (refused !== null) return { refused };
  const edge: DocumentEdge = { id: freeEdgeId(document), ...connection };
  return {
    edit: {
      changes: [{ kind: 'add-edge', edge }],
      label: `Connect ${titleOf(document, edge.source)} to ${titleOf(document, edge.target)}`,
    },
  };
}

/** Moves an end of an edge to another port, or the reason why not. */
export function planReconnect(document: PipelineDocument, edgeId: string, connection: Connection): Planned {
  const without = { ...document, edges: document.edges.filter((edge) => edge.id !== edgeId) };
  const refused = connectionProblemOf(without, connection);
  if (refused !== null) return { refused };
  return {
    edit: {
      changes: [
        { kind: 'remove-edges', edgeIds: [edgeId] },
        { kind: 'add-edge', edge: { id: edgeId, ...connection } },
      ],
      label: `Reconnect to ${titleOf(document, connection.target)}`,
    },
  };
}

export interface PossibleConnection {
  readonly connection: Connection;
  /** "Filter", or "Filter · late" where a node has several ports to choose from. */
  readonly title: string;
  readonly refused: string | null;
}

/** Every connection a node's outputs (or, for a node without outputs, its inputs) could be wished to make, allowed ones first. */
export function possibleConnections(document: PipelineDocument, analysis: Analysis, nodeId: string): readonly PossibleConnection[] {
  const node = document.nodes.find((other) => other.id === nodeId);
  if (node === undefined) return [];
  const own = portsOf(document, node, analysis);
  const outward = own.outputs.length > 0;
  const found: PossibleConnection[] = [];
  for (const other of document.nodes) {
    if (other.id === nodeId) continue;
    const ports = portsOf(document, other, analysis);
    for (const ownPort of outward ? own.outputs : own.inputs) {
      for (const otherPort of outward ? ports.inputs : ports.outputs) {
        const connection = outward
          ? { source: nodeId, sourcePort: ownPort.name, target: other.id, targetPort: otherPort.name }
          : { source: other.id, sourcePort: otherPort.name, target: nodeId, targetPort: ownPort.name };
        const several = own.outputs.length > 1 ? ` · from ${ownPort.title}` : '';
        found.push({ connection, title: `${titleOf(document, other.id)}${several}`, refused: connectionProblemOf(document, connection) });
      }
    }
  }
  return found.sort((a, b) => Number(a.refused !== null) - Number(b.refused !== null));
}
