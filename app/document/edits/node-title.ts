import type { DocumentNode, PipelineDocument } from '../../../engine/api/index.ts';
import { definitionOf } from '../../../engine/api/index.ts';

/** What a node is called on the screen: the name its owner gave it, else its operator's title. */
export function nodeTitle(node: DocumentNode): string {
  return node.name === '' ? (definitionOf(node.type)?.title ?? node.type) : node.name;
}

export function titleOf(document: PipelineDocument, nodeId: string): string {
  const node = document.nodes.find((other) => other.id === nodeId);
  return node === undefined ? nodeId : nodeTitle(node);
}
