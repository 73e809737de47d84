import type { Batch } from '../batch/batch.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import type { JobSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import { ArrivalClock } from '../elements/processing-time.ts';
import type { ExecutionEdge, ExecutionGraph, ExecutionSubtask } from '../graph/execution-graph.ts';
import type { JobVertex } from '../graph/job-graph.ts';
import { must } from '../util/assert.ts';
import { hashText } from '../util/hash.ts';
import { AlignmentGroups } from './alignment-group.ts';
import type { Receiver } from './chain-output.ts';
import { recordFailure } from './failures.ts';
import { InputGate } from './input-gate.ts';
import { OperatorChain } from './operator-chain.ts';
import { partitionChoice } from './partition-choice.ts';
import { ResultPartition } from './result-partition.ts';
import { restoreJob } from './restore-job.ts';
import { Subtask } from './subtask.ts';
import type { SubtaskInput } from './subtask.ts';
import type { TaskEnvironment } from './task-environment.ts';

/** A deployed exchange: its channels, in the order of `edge.channels`. */
export interface DeployedEdge {
  readonly edge: ExecutionEdge;
  readonly channels: readonly LocalChannel[];
  /** By sending subtask. */
  readonly partitions: readonly ResultPartition[];
}

export interface DeployedJob {
  /** In topological order. */
  readonly subtasks: readonly Subtask[];
  readonly edges: readonly DeployedEdge[];
  readonly clock: ArrivalClock;
}

interface GrowingEdge extends DeployedEdge {
  readonly partitions: ResultPartition[];
}

/**
 * Creates all subtasks of a job in this thread, wired by local channels, not yet opened. With `restoreFrom` they go on from that snapshot.
 * @throws JobFailure when the snapshot does not fit the job.
 */
export async function deployJob(
  graph: ExecutionGraph,
  environment: TaskEnvironment,
  restoreFrom: JobSnapshot | null = null,
): Promise<DeployedJob> {
  const edges = graph.edges.map((edge): GrowingEdge => ({ edge, channels: edge.channels.map(() => new LocalChannel()), partitions: [] }));
  const vertices = new Map(graph.vertices.map((vertex) => [vertex.id, vertex]));
  const subtasks: Subtask[] = [];
  const alignment = new AlignmentGroups();
  for (const execution of graph.subtasks) {
    const vertex = must(vertices.get(execution.vertexId), `the task of ${execution.id}`);
    subtasks.push(await deploySubtask(graph, vertex, execution, vertices, edges, alignment, environment));
  }
  const job = { subtasks, edges, clock: arrivalClockOf(graph) };
  if (restoreFrom !== null) restoreJob(job, graph, restoreFrom);
  return job;
}

async function deploySubtask(
  graph: ExecutionGraph,
  vertex: JobVertex,
  execution: ExecutionSubtask,
  vertices: ReadonlyMap<string, JobVertex>,
  edges: readonly GrowingEdge[],
  alignment: AlignmentGroups,
  environment: TaskEnvironment,
): Promise<Subtask> {
  const outgoing = edges
    .filter(({ edge }) => edge.fromVertex === vertex.id)
    .map((deployed) => ({
      deployed,
      partition: partitionOf(deployed, execution, must(vertices.get(deployed.edge.toVertex), 'the target task'), graph.job.seed),
    }));
  const partitions = outgoing.map(({ partition }) => partition);
  for (const { deployed, partition } of outgoing) deployed.partitions.push(partition);
  const receivers = (nodeId: string, port: string): Receiver[] =>
    outgoing
      .filter(({ deployed }) => deployed.edge.fromNode === nodeId && deployed.edge.port === port)
      .map(({ partition }) => receiverOf(partition));
  const { seed, autoWatermarkIntervalMs } = graph.job;
  const job = { seed, autoWatermarkIntervalMs, clock: arrivalClockOf(graph), alignment };
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

function partitionOf({ edge, channels }: DeployedEdge, sender: ExecutionSubtask, target: JobVertex, jobSeed: number): ResultPartition {
  const mine = channels.filter((_, c) => edge.channels[c]?.fromIndex === sender.index);
  const head = must(target.operators[0], 'the head of the target task');
  // A record without a key is the receiver's problem as well: it is the operator that needs the key, and what the user knows by name.
  const blamed = edge.chosenBy ?? head;
  const choice = partitionChoice(edge.partitioner, {
    channels: mine.length,
    senderIndex: sender.index,
    schema: must(head.inputs[edge.inputIndex], 'the input of the target').schema,
    maxParallelism: head.maxParallelism,
    seed: hashText(edge.id) ^ Math.imul(jobSeed, 0x9e3779b1),
    refuse: (reason, position, content, cause) => recordFailure(blamed, sender.index, { reason, position, content, cause }),
  });
  return new ResultPartition(mine, choice);
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
