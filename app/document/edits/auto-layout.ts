import { Graph, layout } from '@dagrejs/dagre';
import type { PipelineDocument } from '../../../engine/api/index.ts';
import { definitionOf } from '../../../engine/api/index.ts';
import type { Edit } from './edit.ts';
import { COLUMN_GAP, ROW_GAP, sizeOf } from './node-size.ts';

/** Everything (or the given nodes) in columns from left to right, each after what feeds it. Keeps the upper left corner where it was. */
export function planAutoLayout(document: PipelineDocument, nodeIds: readonly string[]): Edit {
  const wanted = new Set(nodeIds.length > 1 ? nodeIds : document.nodes.map((node) => node.id));
  const nodes = document.nodes.filter((node) => wanted.has(node.id));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: COLUMN_GAP, nodesep: ROW_GAP, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(definitionOf(node.type)) });
  for (const edge of document.edges) {
    if (wanted.has(edge.source) && wanted.has(edge.target)) graph.setEdge(edge.source, edge.target, {}, edge.id);
  }
  layout(graph);
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const positions = Object.fromEntries(
    nodes.map((node) => {
      const placed = graph.node(node.id) as { x: number; y: number; width: number; height: number };
      return [node.id, { x: Math.round(left + placed.x - placed.width / 2), y: Math.round(top + placed.y - placed.height / 2) }];
    }),
  );
  return { changes: [{ kind: 'move-nodes', positions }], label: 'Arrange' };
}
