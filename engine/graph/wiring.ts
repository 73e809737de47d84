import type { AnyDefinition } from '../operators/definition.ts';
import { groupBy } from '../util/group-by.ts';
import { didYouMean } from '../util/nearest.ts';
import type { DefinitionLookup, DocumentProblem } from './analysis.ts';
import { analyzeNode, nameOf, UNKNOWN_SHAPE } from './analyze-node.ts';
import type { IncomingStream, NodeAnalysis } from './analyze-node.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';
import type { Topology } from './topology.ts';

/** Propagates streams through the document, node by node in topological order, and sorts out the edges that connect nothing. */
export class Wiring {
  /** Nodes of known types, with what is known of them. */
  readonly nodes = new Map<string, NodeAnalysis>();
  /** Edges between ports that exist, one per input; several where the port takes many. */
  readonly edges: DocumentEdge[] = [];
  readonly problems: DocumentProblem[] = [];
  readonly #document: PipelineDocument;
  readonly #lookup: DefinitionLookup;
  readonly #topology: Topology;
  readonly #incoming: ReadonlyMap<string, readonly DocumentEdge[]>;

  constructor(document: PipelineDocument, lookup: DefinitionLookup, topology: Topology) {
    this.#document = document;
    this.#lookup = lookup;
    this.#topology = topology;
    this.#incoming = groupBy(topology.edges, (edge) => edge.target);
  }

  /** Precondition: everything upstream of the node was visited. */
  visit(node: DocumentNode): void {
    const definition = this.#lookup(node.type);
    const edges = this.#incoming.get(node.id) ?? [];
    if (definition === undefined) {
      this.problems.push({
        severity: 'error',
        code: 'unknown-type',
        message: `This Millrace has no operator "${node.type}". Remove the node, or open the document with a version that has it.`,
        nodeId: node.id,
      });
      this.edges.push(...edges.filter((edge) => this.#hasSourcePort(edge)));
      return;
    }
    const accepted = this.#accept(node, definition, edges);
    // An input whose only connection was refused has its problem at that edge; it is not unconnected on top of it.
    const edgesTo = (port: string): readonly (DocumentEdge | undefined)[] => {
      const good = accepted.filter((edge) => edge.targetPort === port);
      return good.length > 0 ? good : [edges.find((edge) => edge.targetPort === port)];
    };
    const incoming = definition.inputs.flatMap((port) => edgesTo(port.name).map((edge) => this.#streamOf(edge)));
    const analysis = analyzeNode(this.#document, node, definition, incoming);
    this.nodes.set(node.id, analysis);
    this.edges.push(...accepted);
    for (const problem of analysis.problems) this.problems.push({ ...problem, nodeId: node.id });
  }

  /** The edges that connect something, in the order of the document. */
  #accept(node: DocumentNode, definition: AnyDefinition, edges: readonly DocumentEdge[]): readonly DocumentEdge[] {
    const accepted: DocumentEdge[] = [];
    const names = definition.inputs.map((port) => port.name);
    for (const edge of edges) {
      if (!this.#hasSourcePort(edge)) continue;
      const port = definition.inputs.find(({ name }) => name === edge.targetPort);
      const earlier = accepted.filter((other) => other.targetPort === edge.targetPort);
      if (port === undefined) this.#edgeProblem(edge, 'port-missing', noInput(nameOf(node, definition), edge.targetPort, names));
      // The same stream may enter a union more than once: every record comes as often.
      else if (earlier.length === 0 || port.many === true) accepted.push(edge);
      else if (earlier.some((other) => other.source === edge.source && other.sourcePort === edge.sourcePort)) {
        this.#edgeProblem(edge, 'duplicate-edge', 'This connection exists twice. Remove one.');
      } else this.#edgeProblem(edge, 'input-taken', inputTaken(nameOf(node, definition)));
    }
    return accepted;
  }

  #hasSourcePort(edge: DocumentEdge): boolean {
    const source = this.nodes.get(edge.source);
    if (source === undefined) return true;
    const ports = source.outputPorts.map((port) => port.name);
    if (ports.includes(edge.sourcePort)) return true;
    this.#edgeProblem(edge, 'port-missing', noOutput(nameOf(source.node, source.definition), edge.sourcePort, ports));
    return false;
  }

  #streamOf(edge: DocumentEdge | undefined): IncomingStream | undefined {
    if (edge === undefined) return undefined;
    const source = this.nodes.get(edge.source);
    if (source === undefined) {
      const node = this.#topology.nodes.get(edge.source);
      const parallelism = node?.parallelism ?? this.#document.job.parallelism;
      return { shape: UNKNOWN_SHAPE, certain: false, parallelism, bounded: false };
    }
    const { outputs, parallelism, bounded } = source.analyzed;
    const shape = outputs[edge.sourcePort];
    return { shape: shape ?? UNKNOWN_SHAPE, certain: source.certain && shape !== undefined, parallelism, bounded };
  }

  #edgeProblem(edge: DocumentEdge, code: string, message: string): void {
    this.problems.push({ severity: 'error', code, message, edgeId: edge.id });
  }
}

export function noInput(name: string, port: string, ports: readonly string[]): string {
  if (ports.length === 0) return `${name} is a source: it has no input. Remove this connection.`;
  return `${name} has no input "${port}".${didYouMean(port, ports)} Remove this connection and draw it again.`;
}

export function noOutput(name: string, port: string, ports: readonly string[]): string {
  if (ports.length === 0) return `${name} is a sink: it has no output. Remove this connection.`;
  return `${name} has no output "${port}" with its present settings.${didYouMean(port, ports)} Remove this connection, or change the settings of ${name}.`;
}

export function inputTaken(name: string): string {
  return `An input takes one stream, and this one of ${name} already has a connection. Remove one of them, or use a union to bring the streams together.`;
}
