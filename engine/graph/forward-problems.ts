import type { DocumentProblem } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { NodeAnalysis } from './analyze-node.ts';
import type { Exchange } from './exchanges.ts';

/** A forward exchange that was asked for, between operators of different parallelism: records cannot stay in their subtask there. */
export function forwardProblems(exchanges: readonly Exchange[], nodes: ReadonlyMap<string, NodeAnalysis>): readonly DocumentProblem[] {
  return exchanges.flatMap(({ partitioner, askedBy, fromNode, toNode }): readonly DocumentProblem[] => {
    const from = nodes.get(fromNode);
    const to = nodes.get(toNode);
    if (partitioner.kind !== 'forward' || askedBy === null || from === undefined || to === undefined) return [];
    if (from.analyzed.parallelism === to.analyzed.parallelism) return [];
    const sides = [from, to].map(({ node, definition, analyzed }) => `${nameOf(node, definition)} (${analyzed.parallelism})`);
    const message = `Forward does not allow a change of parallelism, from ${sides.join(' to ')}. Make the two equal, or use rebalance or rescale.`;
    return [{ severity: 'error', code: 'forward-parallelism', message, nodeId: askedBy }];
  });
}
