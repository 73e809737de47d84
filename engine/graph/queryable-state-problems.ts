import type { DocumentProblem } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { NodeAnalysis } from './analyze-node.ts';

/** Clients ask for a state by its name alone, so two of them cannot share one. */
export function queryableStateProblems(nodes: ReadonlyMap<string, NodeAnalysis>): readonly DocumentProblem[] {
  const first = new Map<string, NodeAnalysis>();
  return [...nodes.values()].flatMap((known): readonly DocumentProblem[] => {
    const state = known.definition.queryable?.(known.analyzed.config as never);
    if (state === undefined || state.name === '') return [];
    const other = first.get(state.name);
    if (other === undefined) {
      first.set(state.name, known);
      return [];
    }
    const message = `${nameOf(other.node, other.definition)} is queryable as "${state.name}" already. Choose another name.`;
    return [{ severity: 'error', code: 'queryable-state-twice', message, nodeId: known.node.id, field: state.field }];
  });
}
