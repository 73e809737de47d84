import type { AlignmentSettings, Partitioner, SinkDelivery, StreamShape } from '../operators/definition.ts';
import { assert, must } from '../util/assert.ts';
import { groupBy } from '../util/group-by.ts';
import type { Analysis, DefinitionLookup } from './analysis.ts';
import { nameOf } from './analyze-node.ts';
import type { DocumentNode, PipelineDocument } from './document.ts';
import { batchExecutionOf, isBatchExecution } from './batch-execution.ts';
import type { BatchExecution } from './batch-execution.ts';
import { slotSharingGroups } from './chaining.ts';
import { maxParallelismOf } from './max-parallelism.ts';
import { exchangesOf, partitionerOf } from './exchanges.ts';
import type { Exchange, ExchangeNode } from './exchanges.ts';

/** Everything a task needs to create one operator. Plain data: it is sent to the task worker. */
export interface OperatorDeployment {
  readonly nodeId: string;
  /** The user's name of the node; its title when there is none. */
  readonly name: string;
  readonly type: string;
  /** Validated, defaults applied. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By index of the definition's inputs. */
  readonly inputs: readonly StreamShape[];
  /** By output port. */
  readonly outputs: Readonly<Record<string, StreamShape>>;
  /** Number of key groups of this operator; also what a hash exchange into it uses. */
  readonly maxParallelism: number;
  /** Where a sink's rows go; null for everything else. */
  readonly delivery: SinkDelivery | null;
  /** Sources that know their rate: processing time between two of their positions, in ms. */
  readonly arrivalIntervalMs: number | null;
  /** Name by which clients ask for its state. */
  readonly queryableState?: string;
  /** By its watermarks the source of the task is aligned with others. */
  readonly alignment?: AlignmentSettings;
  /** What batch execution changes for it; missing: nothing, or the job is a streaming job. */
  readonly batchExecution?: BatchExecution;
  /** Functions that give its records their keys, and whose they are: other operators', but this one calls them. */
  readonly keyFunctions?: readonly KeyFunction[];
}

/** A key function with the place where it was written. */
export interface KeyFunction {
  readonly nodeId: string;
  readonly name: string;
  readonly field: string;
  readonly source: string;
}

/** A call from operator to operator inside one task. Chains are trees: an operator may feed several others. */
export interface ChainedEdge {
  /** The document edges it covers, upstream first: more than one when virtual nodes lie between. */
  readonly edgeIds: readonly string[];
  readonly fromNode: string;
  readonly port: string;
  readonly toNode: string;
  readonly inputIndex: number;
}

/** A task: operators chained together. */
export interface JobVertex {
  /** Node id of the head. */
  readonly id: string;
  /** Flink's task name: `a → b`, branches as `a → (b, c → d)`. */
  readonly name: string;
  readonly parallelism: number;
  readonly isSource: boolean;
  /** Tasks of one group may run in the same slot. */
  readonly slotSharingGroup: string;
  /** The head first, every operator after the one that feeds it. */
  readonly operators: readonly OperatorDeployment[];
  readonly chained: readonly ChainedEdge[];
}

/** An exchange between two tasks. */
export interface JobEdge {
  /** Stable: the document edges joined with `+`. */
  readonly id: string;
  /** The document edges it covers, upstream first: those through virtual nodes included. */
  readonly edgeIds: readonly string[];
  readonly fromVertex: string;
  /** The operator inside `fromVertex` that emits, and its port. */
  readonly fromNode: string;
  readonly port: string;
  readonly toVertex: string;
  /** Always the head of `toVertex`. */
  readonly toNode: string;
  readonly inputIndex: number;
  readonly partitioner: Partitioner;
  /** The virtual operator whose user functions choose the channel: who is named when they fail. Null for every other partitioner. */
  readonly chosenBy: Pick<OperatorDeployment, 'nodeId' | 'name' | 'config'> | null;
}

/** Flink's job graph: what runs, before it is multiplied by parallelism. */
export interface JobGraph {
  /** In topological order; ties in document order. */
  readonly vertices: readonly JobVertex[];
  /** By the order of their target vertex, then input index, then order of the source vertex. */
  readonly edges: readonly JobEdge[];
  /** Batch execution: every operator has its whole input before it emits, and there are no checkpoints. */
  readonly isBatchExecution: boolean;
}

/**
 * The job graph of a document.
 * @param analysis Of this very document; it must be runnable.
 */
export function buildJobGraph(document: PipelineDocument, analysis: Analysis, lookup: DefinitionLookup): JobGraph {
  assert(analysis.runnable, 'a job graph is only built of a document without errors');
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const exchanges = exchangesOf(
    document.edges.filter((edge) => analysis.edges.has(edge.id)),
    new Map(document.nodes.map((node) => [node.id, exchangeNodeOf(node, analysis, lookup)])),
  );
  const real = new Set(analysis.chains.flat());
  const order = analysis.order.filter((nodeId) => real.has(nodeId)).map((nodeId) => must(nodes.get(nodeId), 'a node in order'));
  const groups = slotSharingGroups(order, exchanges);
  const isChained = (exchange: Exchange): boolean => analysis.edges.get(exchange.edgeIds.at(-1) ?? '')?.chained === true;
  const chained = groupBy(exchanges.filter(isChained), (exchange) => exchange.fromNode);
  const vertexOf = new Map(analysis.chains.flatMap((chain) => chain.map((nodeId) => [nodeId, must(chain[0], 'the head of a chain')])));
  const vertices = analysis.chains.map((chain) => {
    const operators = chain.map((nodeId) => deploymentOf(document, must(nodes.get(nodeId), 'a chained node'), analysis, lookup));
    const calls = chain.flatMap((nodeId) => chained.get(nodeId) ?? []);
    const head = must(operators[0], 'the head of a chain');
    return {
      id: head.nodeId,
      name: taskName(head.nodeId, operators, calls),
      parallelism: must(analysis.nodes.get(head.nodeId), 'the head of a chain').parallelism,
      isSource: head.inputs.length === 0,
      slotSharingGroup: must(groups.get(head.nodeId), 'the slot sharing group of a task'),
      operators,
      chained: calls.map(({ edgeIds, fromNode, port, toNode, inputIndex }) => ({ edgeIds, fromNode, port, toNode, inputIndex })),
    };
  });
  const position = new Map(vertices.map((vertex, i) => [vertex.id, i]));
  const edges = exchanges.filter((exchange) => !isChained(exchange)).map((exchange) => jobEdgeOf(exchange, vertexOf, nodes, lookup));
  const at = (vertexId: string): number => must(position.get(vertexId), 'a vertex of the job');
  edges.sort((a, b) => at(a.toVertex) - at(b.toVertex) || a.inputIndex - b.inputIndex || at(a.fromVertex) - at(b.fromVertex));
  return { vertices, edges, isBatchExecution: isBatchExecution(document.job, analysis) };
}

function exchangeNodeOf(node: DocumentNode, analysis: Analysis, lookup: DefinitionLookup): ExchangeNode {
  const definition = must(lookup(node.type), `the operator ${node.type}`);
  const analyzed = must(analysis.nodes.get(node.id), 'an analysed node');
  return {
    nodeId: node.id,
    parallelism: analyzed.parallelism,
    inputPorts: definition.inputs.map((port) => port.name),
    broadcastPorts: definition.inputs.flatMap((port) => (port.broadcast === true ? [port.name] : [])),
    partitioner: partitionerOf(definition, analyzed.config, analyzed.outputs),
  };
}

function deploymentOf(document: PipelineDocument, node: DocumentNode, analysis: Analysis, lookup: DefinitionLookup): OperatorDeployment {
  const definition = must(lookup(node.type), `the operator ${node.type}`);
  const { config: configured, inputs, outputs, parallelism } = must(analysis.nodes.get(node.id), 'an analysed node');
  const inBatch = isBatchExecution(document.job, analysis);
  const config = inBatch ? (definition.inBatch?.(configured as never) ?? configured) : configured;
  const batchExecution = inBatch ? batchExecutionOf(definition, inputs) : null;
  const alignment = definition.alignment?.(config as never) ?? null;
  const keyFunctions = inputs.flatMap(({ key }) => (key?.kind === 'function' ? keyFunctionOf(document, node, key.source, lookup) : []));
  return {
    nodeId: node.id,
    name: nameOf(node, definition),
    type: node.type,
    config,
    inputs,
    outputs,
    maxParallelism: maxParallelismOf(document.job, node, parallelism),
    delivery: definition.delivery?.(config as never) ?? null,
    arrivalIntervalMs: definition.arrivalIntervalMs?.(config as never) ?? null,
    ...(definition.queryable === undefined ? {} : { queryableState: definition.queryable(config as never).name }),
    ...(alignment === null ? {} : { alignment }),
    ...(batchExecution === null ? {} : { batchExecution }),
    ...(keyFunctions.length === 0 ? {} : { keyFunctions }),
  };
}

/** Who upstream of `node` has written the key function `source`: the nearest one. */
function keyFunctionOf(document: PipelineDocument, node: DocumentNode, source: string, lookup: DefinitionLookup): readonly KeyFunction[] {
  const reached = new Set([node.id]);
  // A set is walked through in the order in which it grows: nearest first.
  for (const nodeId of reached) {
    for (const edge of document.edges) if (edge.target === nodeId) reached.add(edge.source);
    const writer = document.nodes.find(({ id }) => id === nodeId);
    const field = Object.entries(writer?.config ?? {}).find(([, value]) => value === source)?.[0];
    if (writer !== undefined && field !== undefined && nodeId !== node.id)
      return [{ nodeId, name: nameOf(writer, lookup(writer.type)), field, source }];
  }
  return [];
}

function jobEdgeOf(
  exchange: Exchange,
  vertexOf: ReadonlyMap<string, string>,
  nodes: ReadonlyMap<string, DocumentNode>,
  lookup: DefinitionLookup,
): JobEdge {
  const { edgeIds, fromNode, port, toNode, inputIndex, partitioner, askedBy } = exchange;
  const fromVertex = must(vertexOf.get(fromNode), 'the task of an exchange');
  const toVertex = must(vertexOf.get(toNode), 'the task of an exchange');
  assert(toVertex === toNode, 'an exchange enters a task at its head');
  const asking = askedBy === null || partitioner.kind !== 'custom' ? undefined : nodes.get(askedBy);
  const chosenBy = asking === undefined ? null : { nodeId: asking.id, name: nameOf(asking, lookup(asking.type)), config: asking.config };
  return { id: edgeIds.join('+'), edgeIds, fromVertex, fromNode, port, toVertex, toNode, inputIndex, partitioner, chosenBy };
}

function taskName(nodeId: string, operators: readonly OperatorDeployment[], calls: readonly Exchange[]): string {
  const name = must(
    operators.find((operator) => operator.nodeId === nodeId),
    'an operator of the task',
  ).name;
  const branches = calls.filter((call) => call.fromNode === nodeId).map((call) => taskName(call.toNode, operators, calls));
  if (branches.length === 0) return name;
  return `${name} → ${branches.length === 1 ? branches[0] : `(${branches.join(', ')})`}`;
}
