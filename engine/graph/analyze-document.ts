import { must } from '../util/assert.ts';
import { groupBy } from '../util/group-by.ts';
import { alignmentProblems } from './alignment-problems.ts';
import type { Analysis, AnalyzedEdge, AnalyzedNode, DefinitionLookup, DocumentProblem } from './analysis.ts';
import type { NodeAnalysis } from './analyze-node.ts';
import { chainedExchanges, chainsOf, slotSharingGroups } from './chaining.ts';
import type { ChainingNode } from './chaining.ts';
import type { DocumentNode, PipelineDocument } from './document.ts';
import { defaultPartitioner, exchangesOf, strategyOf } from './exchanges.ts';
import type { Exchange, ExchangeNode } from './exchanges.ts';
import { forwardProblems } from './forward-problems.ts';
import { graphProblems } from './graph-problems.ts';
import { queryableStateProblems } from './queryable-state-problems.ts';
import { topologyOf } from './topology.ts';
import { Wiring } from './wiring.ts';

/**
 * Everything there is to know of a document before it runs. Pure; works on half-finished and broken documents and never throws: what is
 * wrong is a problem on the node or edge that causes it, and whatever depends on it is analysed as far as it goes.
 */
export function analyzeDocument(document: PipelineDocument, lookup: DefinitionLookup): Analysis {
  const topology = topologyOf(document);
  const wiring = new Wiring(document, lookup, topology);
  for (const node of topology.order) wiring.visit(node);
  const order = topology.order.map((node) => node.id);
  const tasks = order.filter((nodeId) => isTask(wiring.nodes.get(nodeId)));
  const exchanges = exchangesOf(wiring.edges, new Map([...wiring.nodes].map(([nodeId, known]) => [nodeId, exchangeNodeOf(known)])));
  const isChaining = document.job.operatorChaining;
  const chained = isChaining ? chainedExchanges(exchanges, chainingNodesOf(tasks, exchanges, wiring.nodes)) : new Set<Exchange>();
  const chains = chainsOf(tasks, chained);
  const problems: readonly DocumentProblem[] = [
    ...wiring.problems,
    ...graphProblems(document, topology, wiring.nodes, wiring.edges),
    ...forwardProblems(exchanges, wiring.nodes),
    ...alignmentProblems(chains, wiring.nodes),
    ...queryableStateProblems(wiring.nodes),
  ];
  return {
    problems,
    nodes: new Map(topology.order.map((node) => [node.id, wiring.nodes.get(node.id)?.analyzed ?? placeholderOf(document, node)])),
    edges: new Map(analyzedEdges(wiring, exchanges, chained).map((edge) => [edge.edgeId, edge])),
    chains,
    order,
    runnable: problems.every((problem) => problem.severity !== 'error'),
  };
}

function isTask(known: NodeAnalysis | undefined): boolean {
  return known !== undefined && known.definition.partitioner === undefined;
}

function exchangeNodeOf(known: NodeAnalysis): ExchangeNode {
  return {
    nodeId: known.node.id,
    parallelism: known.analyzed.parallelism,
    inputPorts: known.definition.inputs.map((port) => port.name),
    broadcastPorts: known.definition.inputs.flatMap((port) => (port.broadcast === true ? [port.name] : [])),
    partitioner: known.partitioner,
  };
}

function chainingNodesOf(
  tasks: readonly string[],
  exchanges: readonly Exchange[],
  nodes: ReadonlyMap<string, NodeAnalysis>,
): ReadonlyMap<string, ChainingNode> {
  const known = tasks.flatMap((nodeId) => nodes.get(nodeId) ?? []);
  const groups = slotSharingGroups(
    known.map(({ node }) => node),
    exchanges,
  );
  return new Map(
    known.map(({ node, analyzed }): [string, ChainingNode] => [
      node.id,
      {
        nodeId: node.id,
        parallelism: analyzed.parallelism,
        chaining: node.chaining ?? 'always',
        slotSharingGroup: must(groups.get(node.id), 'the slot sharing group of a task'),
      },
    ]),
  );
}

function analyzedEdges(wiring: Wiring, exchanges: readonly Exchange[], chained: ReadonlySet<Exchange>): readonly AnalyzedEdge[] {
  // On the other edges of an exchange, into virtual operators or out of a union, the records stay where they are.
  const movedOn = groupBy(exchanges, (exchange) => exchange.movingEdge);
  const chainedEdges = new Set([...chained].flatMap((exchange) => exchange.edgeIds.at(-1) ?? []));
  return wiring.edges.map((edge) => {
    const source = wiring.nodes.get(edge.source);
    const target = wiring.nodes.get(edge.target);
    // Behind a union the targets may be differently parallel: what moves records is the more telling answer.
    const moved = movedOn.get(edge.id) ?? [];
    const exchange = moved.find(({ partitioner }) => partitioner.kind !== 'forward') ?? moved[0];
    const partitioner =
      exchange?.partitioner ??
      source?.partitioner ??
      defaultPartitioner(source?.analyzed.parallelism ?? 1, target?.analyzed.parallelism ?? source?.analyzed.parallelism ?? 1);
    return { edgeId: edge.id, strategy: strategyOf(partitioner), partitioner, chained: chainedEdges.has(edge.id) };
  });
}

/** A node of an unknown type: kept as it is, shown as a placeholder. */
function placeholderOf(document: PipelineDocument, node: DocumentNode): AnalyzedNode {
  return {
    nodeId: node.id,
    config: node.config,
    inputs: [],
    outputs: {},
    parallelism: node.parallelism ?? document.job.parallelism,
    bounded: false,
  };
}
