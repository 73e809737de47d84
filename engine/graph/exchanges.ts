import type { AnyDefinition, Partitioner, StreamShape } from '../operators/definition.ts';
import { groupBy } from '../util/group-by.ts';
import type { ExchangeStrategy } from './analysis.ts';
import type { DocumentEdge } from './document.ts';

/** What the exchanges need to know of a node. */
export interface ExchangeNode {
  readonly nodeId: string;
  readonly parallelism: number;
  /** Names of the inputs, by index. */
  readonly inputPorts: readonly string[];
  /** Names of the inputs that are broadcast to, whatever the stream says. */
  readonly broadcastPorts?: readonly string[];
  /** Null: a real operator. Virtual operators are never a task; they only say how records choose a subtask. */
  readonly partitioner: Partitioner | null;
}

/** A way for records from one real operator to another, over virtual operators if there are any in between. */
export interface Exchange {
  /** Upstream first. */
  readonly edgeIds: readonly string[];
  readonly fromNode: string;
  readonly port: string;
  readonly toNode: string;
  readonly inputIndex: number;
  readonly partitioner: Partitioner;
  /** The virtual operator that asked for the partitioner; null when it is the default. */
  readonly askedBy: string | null;
  /** The edge on which records change their subtask: behind `askedBy`, otherwise the first. */
  readonly movingEdge: string;
}

/**
 * The exchanges between real operators. `edges` are acyclic and end at known nodes.
 * Flink's rule: what a virtual operator asks for holds, of several the last; otherwise FORWARD at equal parallelism and REBALANCE else.
 */
export function exchangesOf(edges: readonly DocumentEdge[], nodes: ReadonlyMap<string, ExchangeNode>): readonly Exchange[] {
  const incoming = groupBy(edges, (edge) => edge.target);
  return edges.flatMap((edge) => {
    const target = nodes.get(edge.target);
    if (target === undefined || target.partitioner !== null) return [];
    return pathsTo([edge], nodes, incoming).flatMap((path) => exchangeAlong(path, target, nodes));
  });
}

/** Every way to the last edge of `path` that begins at a real operator. */
function pathsTo(
  path: readonly DocumentEdge[],
  nodes: ReadonlyMap<string, ExchangeNode>,
  incoming: ReadonlyMap<string, readonly DocumentEdge[]>,
): readonly (readonly DocumentEdge[])[] {
  const first = path[0] as DocumentEdge;
  const source = nodes.get(first.source);
  if (source === undefined) return [];
  if (source.partitioner === null) return [path];
  return (incoming.get(first.source) ?? []).flatMap((edge) => pathsTo([edge, ...path], nodes, incoming));
}

function exchangeAlong(path: readonly DocumentEdge[], target: ExchangeNode, nodes: ReadonlyMap<string, ExchangeNode>): readonly Exchange[] {
  const first = path[0] as DocumentEdge;
  const last = path.at(-1) as DocumentEdge;
  const source = nodes.get(first.source) as ExchangeNode;
  if (target.broadcastPorts?.includes(last.targetPort) === true) return [broadcastAlong(path, target)];
  const asking = path.slice(1).findLast((edge) => asksFor(nodes.get(edge.source)) !== null);
  const asked = asksFor(nodes.get(asking?.source ?? ''));
  return [
    {
      edgeIds: path.map((edge) => edge.id),
      fromNode: source.nodeId,
      port: first.sourcePort,
      toNode: target.nodeId,
      inputIndex: target.inputPorts.indexOf(last.targetPort),
      partitioner: asked ?? defaultPartitioner(source.parallelism, target.parallelism),
      askedBy: asking?.source ?? null,
      movingEdge: (asking ?? first).id,
    },
  ];
}

/** To an input that every subtask reads in full; records are copied on the last edge. */
function broadcastAlong(path: readonly DocumentEdge[], target: ExchangeNode): Exchange {
  const first = path[0] as DocumentEdge;
  const last = path.at(-1) as DocumentEdge;
  return {
    edgeIds: path.map((edge) => edge.id),
    fromNode: first.source,
    port: first.sourcePort,
    toNode: target.nodeId,
    inputIndex: target.inputPorts.indexOf(last.targetPort),
    partitioner: { kind: 'broadcast' },
    askedBy: null,
    movingEdge: last.id,
  };
}

/** The partitioner of a virtual operator that has one of its own. */
function asksFor(node: ExchangeNode | undefined): Partitioner | null {
  const partitioner = node?.partitioner ?? null;
  return partitioner?.kind === 'forward' && partitioner.isDemanded !== true ? null : partitioner;
}

/**
 * What a virtual operator asks for; null for a real one. The key of a hash partitioner is taken from the keyed stream itself: the type of a
 * key that a function computes follows from the input, which only the stream's shape knows.
 */
export function partitionerOf(
  definition: AnyDefinition,
  config: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, StreamShape>>,
): Partitioner | null {
  const partitioner = definition.partitioner?.(config as never) ?? null;
  if (partitioner?.kind !== 'hash') return partitioner;
  const key = Object.values(outputs).find((shape) => shape.key !== null)?.key ?? partitioner.key;
  return { kind: 'hash', key };
}

export function defaultPartitioner(fromParallelism: number, toParallelism: number): Partitioner {
  return { kind: fromParallelism === toParallelism ? 'forward' : 'rebalance' };
}

const STRATEGIES: Readonly<Record<Partitioner['kind'], ExchangeStrategy>> = {
  forward: 'FORWARD',
  hash: 'HASH',
  rebalance: 'REBALANCE',
  rescale: 'RESCALE',
  shuffle: 'SHUFFLE',
  broadcast: 'BROADCAST',
  global: 'GLOBAL',
  custom: 'CUSTOM',
};

export function strategyOf(partitioner: Partitioner): ExchangeStrategy {
  return STRATEGIES[partitioner.kind];
}
