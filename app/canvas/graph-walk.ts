import type { PipelineDocument } from '../../engine/api/index.ts';

/** The node that an arrow key leads to: along the edges left and right, between branches up and down. Null: none that way. */
export function neighbourOf(document: PipelineDocument, order: readonly string[], nodeId: string, key: string): string | null {
  switch (key) {
    case 'ArrowRight':
      return document.edges.find((edge) => edge.source === nodeId)?.target ?? beside(order, nodeId, 1);
    case 'ArrowLeft':
      return document.edges.find((edge) => edge.target === nodeId)?.source ?? beside(order, nodeId, -1);
    case 'ArrowDown':
      return beside(siblings(document, order, nodeId), nodeId, 1);
    case 'ArrowUp':
      return beside(siblings(document, order, nodeId), nodeId, -1);
    case 'Home':
      return order[0] ?? null;
    case 'End':
      return order.at(-1) ?? null;
    default:
      return null;
  }
}

/** Nodes fed by the same node, or all sources; a node without siblings walks the whole order. */
function siblings(document: PipelineDocument, order: readonly string[], nodeId: string): readonly string[] {
  const feeding = document.edges.find((edge) => edge.target === nodeId)?.source;
  const fed = (id: string) => document.edges.find((edge) => edge.target === id)?.source;
  const found = order.filter((id) => fed(id) === feeding);
  return found.length > 1 ? found : order;
}

function beside(ids: readonly string[], nodeId: string, step: number): string | null {
  return ids[ids.indexOf(nodeId) + step] ?? null;
}
