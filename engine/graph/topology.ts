import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';

/** The nodes of a document in an order in which every node comes after those that feed it. */
export interface Topology {
  readonly nodes: ReadonlyMap<string, DocumentNode>;
  /** In topological order; ties in document order. */
  readonly order: readonly DocumentNode[];
  /** Edges without those of the lists below: an acyclic graph. */
  readonly edges: readonly DocumentEdge[];
  /** Edges with an end that is not in the document. */
  readonly dangling: readonly DocumentEdge[];
  /** Edges from a node to itself. */
  readonly loops: readonly DocumentEdge[];
  /** Edges that close a cycle: of each cycle, the edge that comes last in the document, which is the one drawn last. */
  readonly closing: readonly DocumentEdge[];
}

export function topologyOf(document: PipelineDocument): Topology {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const targets = new Map<string, string[]>(document.nodes.map((node) => [node.id, []]));
  const edges: DocumentEdge[] = [];
  const dangling: DocumentEdge[] = [];
  const loops: DocumentEdge[] = [];
  const closing: DocumentEdge[] = [];
  for (const edge of document.edges) {
    const ofSource = targets.get(edge.source);
    if (ofSource === undefined || !nodes.has(edge.target)) dangling.push(edge);
    else if (edge.source === edge.target) loops.push(edge);
    else if (isReachable(targets, edge.target, edge.source)) closing.push(edge);
    else {
      edges.push(edge);
      ofSource.push(edge.target);
    }
  }
  return { nodes, order: sorted(document.nodes, targets), edges, dangling, loops, closing };
}

/** Whether an edge from `source` to `target` would close a cycle (a loop included). */
export function wouldCloseCycle(document: PipelineDocument, source: string, target: string): boolean {
  const targets = new Map<string, string[]>();
  for (const edge of document.edges) {
    const known = targets.get(edge.source);
    if (known === undefined) targets.set(edge.source, [edge.target]);
    else known.push(edge.target);
  }
  return isReachable(targets, target, source);
}

function isReachable(targets: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const nodeId of seen) {
    if (nodeId === to) return true;
    // A Set iterates over what is added on the way: this is the work list.
    for (const target of targets.get(nodeId) ?? []) seen.add(target);
  }
  return false;
}

/** Kahn's algorithm; `targets` is acyclic. */
function sorted(nodes: readonly DocumentNode[], targets: ReadonlyMap<string, readonly string[]>): DocumentNode[] {
  const position = new Map(nodes.map((node, i) => [node.id, i]));
  const waitingFor = new Int32Array(nodes.length);
  const indexesOfTargets = (node: DocumentNode): number[] => (targets.get(node.id) ?? []).map((id) => position.get(id) ?? -1);
  for (const node of nodes) for (const i of indexesOfTargets(node)) waitingFor[i] = (waitingFor[i] as number) + 1;
  const ready = nodes.map((_, i) => i).filter((i) => waitingFor[i] === 0);
  const order: DocumentNode[] = [];
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    const node = nodes[next] as DocumentNode;
    order.push(node);
    for (const i of indexesOfTargets(node)) {
      waitingFor[i] = (waitingFor[i] as number) - 1;
      if (waitingFor[i] === 0) ready.push(i);
    }
    ready.sort((a, b) => a - b);
  }
  return order;
}
