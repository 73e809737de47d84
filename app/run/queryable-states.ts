import type { Analysis, PipelineDocument, Schema } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { nodeTitle } from '../document/edits/node-title.ts';

/** State of a pipeline that clients may look up while it runs. */
export interface QueryableState {
  readonly nodeId: string;
  readonly title: string;
  readonly stateName: string;
  /** Of the record that each key holds. */
  readonly schema: Schema;
}

/** The queryable states of a document that have a name, in its order. */
export function queryableStatesOf(document: PipelineDocument, { nodes }: Analysis): readonly QueryableState[] {
  return document.nodes.flatMap((node) => {
    const analyzed = nodes.get(node.id);
    const queryable = definitionOf(node.type)?.queryable;
    if (analyzed === undefined || queryable === undefined) return [];
    // The analysis validated the configuration against the definition's own fields; the registry forgot their types.
    const { name } = queryable(analyzed.config as Parameters<typeof queryable>[0]);
    return name === ''
      ? []
      : [{ nodeId: node.id, title: nodeTitle(node), stateName: name, schema: analyzed.inputs[0]?.schema ?? { fields: [] } }];
  });
}
