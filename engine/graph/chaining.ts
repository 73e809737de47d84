import { groupBy } from '../util/group-by.ts';
import type { Exchange } from './exchanges.ts';

/** What chaining needs to know of a real operator. */
export interface ChainingNode {
  readonly nodeId: string;
  readonly parallelism: number;
  readonly chaining: 'always' | 'head' | 'never';
  readonly slotSharingGroup: string;
}

/** Flink: an operator without a group of its own is in its inputs' group if they agree, else in this one. */
const DEFAULT_GROUP = 'default';

/**
 * The slot sharing group of each operator (Flink: `StreamGraphGenerator.determineSlotSharingGroup`). Virtual operators have none: they hand on that of what
 * feeds them.
 * @param order Topological.
 */
export function slotSharingGroups(
  order: readonly { readonly id: string; readonly slotSharingGroup?: string | undefined }[],
  exchanges: readonly Exchange[],
): ReadonlyMap<string, string> {
  const incoming = groupBy(exchanges, (exchange) => exchange.toNode);
  const groups = new Map<string, string>();
  for (const node of order) {
    const inherited = new Set((incoming.get(node.id) ?? []).map((exchange) => groups.get(exchange.fromNode)));
    const own = node.slotSharingGroup === '' ? undefined : node.slotSharingGroup;
    groups.set(node.id, own ?? (inherited.size === 1 ? [...inherited][0] : undefined) ?? DEFAULT_GROUP);
  }
  return groups;
}

/**
 * The exchanges that become plain calls inside one task, by Flink's rules (`StreamingJobGraphGenerator.isChainable`): a forward
 * exchange at equal parallelism within a slot sharing group, into an operator that has no other input and may be chained to the one before it,
 * from an operator that may be chained at all. An operator may be chained to several others: chains are trees.
 */
export function chainedExchanges(exchanges: readonly Exchange[], nodes: ReadonlyMap<string, ChainingNode>): ReadonlySet<Exchange> {
  const inputs = new Map<string, number>();
  for (const exchange of exchanges) inputs.set(exchange.toNode, (inputs.get(exchange.toNode) ?? 0) + 1);
  return new Set(
    exchanges.filter((exchange) => {
      const from = nodes.get(exchange.fromNode);
      const to = nodes.get(exchange.toNode);
      return from !== undefined && to !== undefined && inputs.get(exchange.toNode) === 1 && isChainable(exchange, from, to);
    }),
  );
}

function isChainable(exchange: Exchange, from: ChainingNode, to: ChainingNode): boolean {
  return (
    exchange.partitioner.kind === 'forward' &&
    from.parallelism === to.parallelism &&
    from.slotSharingGroup === to.slotSharingGroup &&
    from.chaining !== 'never' &&
    to.chaining === 'always'
  );
}

/**
 * Tasks: node ids that are chained together. `order` is topological; tasks and the nodes within one keep that order, so the head is first.
 */
export function chainsOf(order: readonly string[], chained: Iterable<Exchange>): readonly (readonly string[])[] {
  const feeder = new Map([...chained].map((exchange) => [exchange.toNode, exchange.fromNode]));
  const chainOf = new Map<string, string[]>();
  const chains: string[][] = [];
  for (const nodeId of order) {
    const from = feeder.get(nodeId);
    let chain = from === undefined ? undefined : chainOf.get(from);
    if (chain === undefined) {
      chain = [];
      chains.push(chain);
    }
    chain.push(nodeId);
    chainOf.set(nodeId, chain);
  }
  return chains;
}
