import { ORIGIN_SOURCES } from '../elements/origin.ts';
import { groupBy } from '../util/group-by.ts';
import type { DocumentProblem } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { NodeAnalysis } from './analyze-node.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';
import { maxParallelismOf } from './max-parallelism.ts';
import type { Topology } from './topology.ts';

/** Problems of the graph as a whole: its shape and its parallelism. */
export function graphProblems(
  document: PipelineDocument,
  topology: Topology,
  nodes: ReadonlyMap<string, NodeAnalysis>,
  edges: readonly DocumentEdge[],
): readonly DocumentProblem[] {
  return [
    ...shapeProblems(topology, nodes),
    ...missingEnds(document, nodes),
    ...unreachable(topology, nodes, edges),
    ...unconnectedOutputs(topology, nodes, edges),
    ...parallelismProblems(document, topology, nodes),
  ];
}

function shapeProblems(topology: Topology, nodes: ReadonlyMap<string, NodeAnalysis>): readonly DocumentProblem[] {
  const name = (nodeId: string): string => {
    const node = topology.nodes.get(nodeId);
    return node === undefined ? nodeId : nameOf(node, nodes.get(nodeId)?.definition);
  };
  const error = (edge: DocumentEdge, code: string, message: string): DocumentProblem => ({
    severity: 'error',
    code,
    message,
    edgeId: edge.id,
  });
  return [
    ...topology.dangling.map((edge) => error(edge, 'dangling-edge', 'This connection has lost one of its ends. Remove it.')),
    ...topology.loops.map((edge) => error(edge, 'self-loop', `${name(edge.source)} cannot feed itself. Remove this connection.`)),
    ...topology.closing.map((edge) =>
      error(
        edge,
        'cycle',
        `This connection closes a cycle: what leaves ${name(edge.source)} would come back to it. A pipeline flows one way; remove this connection.`,
      ),
    ),
  ];
}

function missingEnds(document: PipelineDocument, nodes: ReadonlyMap<string, NodeAnalysis>): readonly DocumentProblem[] {
  if (document.nodes.length === 0) {
    return [{ severity: 'error', code: 'empty', message: 'The pipeline is empty. Add a source, for a start.' }];
  }
  // An operator of an unknown type may be the source or the sink that seems to be missing.
  if (nodes.size < document.nodes.length) return [];
  const known = [...nodes.values()];
  const problems: DocumentProblem[] = [];
  if (!known.some(isSource)) {
    problems.push({ severity: 'error', code: 'no-source', message: 'The pipeline has no source, so nothing can flow. Add one.' });
  }
  if (!known.some(({ definition }) => definition.delivery !== undefined)) {
    problems.push({ severity: 'warning', code: 'no-sink', message: 'The pipeline has no sink: its results are counted, but not kept.' });
  }
  return problems;
}

function isSource({ definition }: NodeAnalysis): boolean {
  return definition.inputs.length === 0;
}

/** Nodes that no source feeds although their own inputs are connected; an unconnected input is an error of its own. */
function unreachable(
  topology: Topology,
  nodes: ReadonlyMap<string, NodeAnalysis>,
  edges: readonly DocumentEdge[],
): readonly DocumentProblem[] {
  const fed = new Set<string>();
  const connected = new Set(edges.map((edge) => edge.target));
  const incoming = groupBy(edges, (edge) => edge.target);
  return topology.order.flatMap((node): readonly DocumentProblem[] => {
    const known = nodes.get(node.id);
    const mayBeSource = known === undefined ? !connected.has(node.id) : isSource(known);
    if (mayBeSource || incoming.get(node.id)?.some((edge) => fed.has(edge.source)) === true) {
      fed.add(node.id);
      return [];
    }
    if (!connected.has(node.id)) return [];
    return [
      {
        severity: 'warning',
        code: 'unreachable',
        message: `No source feeds ${nameOf(node, known?.definition)}: follow its connections upstream.`,
        nodeId: node.id,
      },
    ];
  });
}

function unconnectedOutputs(
  topology: Topology,
  nodes: ReadonlyMap<string, NodeAnalysis>,
  edges: readonly DocumentEdge[],
): readonly DocumentProblem[] {
  const connected = new Set(edges.map((edge) => JSON.stringify([edge.source, edge.sourcePort])));
  return topology.order.flatMap((node) =>
    (nodes.get(node.id)?.outputPorts ?? [])
      .filter((port) => port.side !== true && !connected.has(JSON.stringify([node.id, port.name])))
      .map((port) => ({
        severity: 'warning' as const,
        code: 'output-unconnected',
        message: `Nothing takes what leaves ${nameOf(node, nodes.get(node.id)?.definition)}: it is counted and dropped.`,
        nodeId: node.id,
        port: port.name,
      })),
  );
}

function parallelismProblems(
  document: PipelineDocument,
  topology: Topology,
  nodes: ReadonlyMap<string, NodeAnalysis>,
): readonly DocumentProblem[] {
  const { parallelism, maxParallelism } = document.job;
  const problems: DocumentProblem[] = topology.order.flatMap((node) => nodeParallelism(document, node, nodes.get(node.id)));
  if (maxParallelism !== undefined && parallelism > maxParallelism) {
    problems.push({
      severity: 'error',
      code: 'parallelism-too-high',
      message: `The job's parallelism (${parallelism}) is higher than its max parallelism (${maxParallelism}). Lower the first or raise the second.`,
    });
  }
  const sources = [...nodes.values()].filter(isSource).reduce((sum, { analyzed }) => sum + analyzed.parallelism, 0);
  if (sources > ORIGIN_SOURCES) {
    problems.push({
      severity: 'error',
      code: 'too-many-sources',
      message: `The job has ${sources} source subtasks; it can have ${ORIGIN_SOURCES}. Lower the parallelism of its sources.`,
    });
  }
  return problems;
}

function nodeParallelism(document: PipelineDocument, node: DocumentNode, known: NodeAnalysis | undefined): readonly DocumentProblem[] {
  if (known === undefined || known.definition.partitioner !== undefined) return [];
  const { fixedParallelism } = known.definition;
  const name = nameOf(node, known.definition);
  const problems: DocumentProblem[] = [];
  if (fixedParallelism !== undefined && node.parallelism !== undefined && node.parallelism !== fixedParallelism) {
    const message = `${name} always runs at parallelism ${fixedParallelism}; the ${node.parallelism} set here has no effect.`;
    problems.push({ severity: 'warning', code: 'parallelism-fixed', message, nodeId: node.id });
  }
  const limit = maxParallelismOf(document.job, node, known.analyzed.parallelism);
  // What comes from the job alone is complained about once, at the job.
  const isOwn = node.parallelism !== undefined || node.maxParallelism !== undefined || fixedParallelism !== undefined;
  if (isOwn && known.analyzed.parallelism > limit) {
    const message = `${name} runs at parallelism ${known.analyzed.parallelism}, but its max parallelism is ${limit}. Lower the first or raise the second.`;
    problems.push({ severity: 'error', code: 'parallelism-too-high', message, nodeId: node.id });
  }
  return problems;
}
