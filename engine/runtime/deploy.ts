import type { Batch } from '../batch/batch.ts';
import type { ChannelSelector } from '../channels/channel-selector.ts';
import { RebalanceSelector } from '../channels/channel-selector.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import { ArrivalClock } from '../elements/processing-time.ts';
import type { ExecutionEdge, ExecutionGraph, ExecutionSubtask } from '../graph/execution-graph.ts';
import type { JobVertex, OperatorDeployment } from '../graph/job-graph.ts';
import { must, unreachable } from '../util/assert.ts';
import type { Receiver } from './chain-output.ts';
import { recordFailure } from './failures.ts';
import { HashSelector } from './hash-selector.ts';
import { InputGate } from './input-gate.ts';
import { OperatorChain } from './operator-chain.ts';
import { ResultPartition } from './result-partition.ts';
import { Subtask } from './subtask.ts';
import type { SubtaskInput } from './subtask.ts';
import type { TaskEnvironment } from './task-environment.ts';

/** A deployed exchange: its channels, in the order of `edge.channels`. */
export interface DeployedEdge {
  readonly edge: ExecutionEdge;
  readonly channels: readonly LocalChannel[];
}

export interface DeployedJob {
  /** In topological order. */
  readonly subtasks: readonly Subtask[];
  readonly edges: readonly DeployedEdge[];
}

/** Creates all subtasks of a job in this thread, wired by local channels, not yet opened. */
export async function deployJob(graph: ExecutionGraph, environment: TaskEnvironment): Promise<DeployedJob> {
  const edges = graph.edges.map((edge) => ({ edge, channels: edge.channels.map(() => new LocalChannel()) }));
  const vertices = new Map(graph.vertices.map((vertex) => [vertex.id, vertex]));
  const subtasks: Subtask[] = [];
  for (const execution of graph.subtasks) {
    const vertex = must(vertices.get(execution.vertexId), `the task of ${execution.id}`);
    subtasks.push(await deploySubtask(graph, vertex, execution, vertices, edges, environment));
  }
  return { subtasks, edges };
}

async function deploySubtask(
  graph: ExecutionGraph,
  vertex: JobVertex,
  execution: ExecutionSubtask,
  vertices: ReadonlyMap<string, JobVertex>,
  edges: readonly DeployedEdge[],
  environment: TaskEnvironment,
): Promise<Subtask> {
  const outgoing = edges
    .filter(({ edge }) => edge.fromVertex === vertex.id)
    .map((deployed) => ({
      deployed,
      partition: partitionOf(deployed, execution, must(vertices.get(deployed.edge.toVertex), 'the target task')),
    }));
  const partitions = outgoing.map(({ partition }) => partition);
  const receivers = (nodeId: string, port: string): Receiver[] =>
    outgoing
      .filter(({ deployed }) => deployed.edge.fromNode === nodeId && deployed.edge.port === port)
      .map(({ partition }) => receiverOf(partition));
  const { seed, autoWatermarkIntervalMs } = graph.job;
  const job = { seed, autoWatermarkIntervalMs, clock: arrivalClockOf(graph) };
  const chain = await OperatorChain.deploy(vertex, execution, job, receivers, environment);
  return new Subtask(execution, chain, inputsOf(vertex, execution, edges), partitions);
}

/** Sources that do not say how fast their records come: ten in a second. */
const DEFAULT_ARRIVAL_INTERVAL_MS = 100;

function arrivalClockOf(graph: ExecutionGraph): ArrivalClock {
  const known = graph.vertices.flatMap((vertex) => vertex.operators.flatMap((operator) => operator.arrivalIntervalMs ?? []));
  return new ArrivalClock(known.length === 0 ? DEFAULT_ARRIVAL_INTERVAL_MS : Math.min(...known));
}

function receiverOf(partition: ResultPartition): Receiver {
  return { byRecord: null, receiveBatch: (batch: Batch) => partition.emit(batch) };
}

function partitionOf({ edge, channels }: DeployedEdge, sender: ExecutionSubtask, target: JobVertex): ResultPartition {
  const mine = channels.filter((_, c) => edge.channels[c]?.fromIndex === sender.index);
  return new ResultPartition(
    mine,
    mine.length === 1 ? null : selectorOf(edge, mine.length, sender, must(target.operators[0], 'the head of the target task')),
  );
}

function selectorOf(edge: ExecutionEdge, channels: number, sender: ExecutionSubtask, target: OperatorDeployment): ChannelSelector {
  const { partitioner } = edge;
  switch (partitioner.kind) {
    case 'hash': {
      const { schema } = must(target.inputs[edge.inputIndex], 'the input of the target');
      // A record without a key is the receiver's problem as well: it is the operator that needs the key, and what the user knows by name.
      return new HashSelector(partitioner.key, schema, channels, target.maxParallelism, (reason, position, record, cause) =>
        recordFailure(target, sender.index, reason, position, record, cause),
      );
    }
    case 'rebalance':
      return new RebalanceSelector(channels, sender.index);
    case 'forward':
      throw new Error('Invariant violated: a forward exchange has one channel per sender');
    default:
      return unreachable(partitioner);
  }
}

function inputsOf(vertex: JobVertex, execution: ExecutionSubtask, edges: readonly DeployedEdge[]): SubtaskInput[] {
  const head = must(vertex.operators[0], 'the head of a task');
  return head.inputs.flatMap((shape, index) => {
    const channels = edges.flatMap(({ edge, channels: all }) =>
      edge.toVertex === vertex.id && edge.inputIndex === index ? all.filter((_, c) => edge.channels[c]?.toIndex === execution.index) : [],
    );
    return channels.length === 0 ? [] : [{ gate: new InputGate(channels, shape.schema), index }];
  });
}
