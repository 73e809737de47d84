import type { AnalyzedNode, PipelineDocument, SinkDelivery } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { nodeTitle } from '../document/edits/node-title.ts';

export interface Sink {
  readonly nodeId: string;
  readonly title: string;
  readonly delivery: SinkDelivery;
}

/** The sinks of a document, in its order. */
export function sinksOf(document: PipelineDocument, analyzed: ReadonlyMap<string, AnalyzedNode>): readonly Sink[] {
  return document.nodes.flatMap((node) => {
    const definition = definitionOf(node.type);
    if (definition?.delivery === undefined) return [];
    const config = analyzed.get(node.id)?.config;
    // The analysis validated the configuration against the definition's own fields; the registry forgot their types.
    const delivery =
      config === undefined ? { kind: 'table' as const } : definition.delivery(config as Parameters<typeof definition.delivery>[0]);
    return [{ nodeId: node.id, title: nodeTitle(node), delivery }];
  });
}
