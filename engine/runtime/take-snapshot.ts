import type { LocalChannel, LocalChannelState } from '../channels/local-channel.ts';
import { JOB_SNAPSHOT_VERSION } from '../checkpoint/snapshot/job-snapshot.ts';
import type {
  DeliverySnapshot,
  ExchangeSnapshot,
  JobSnapshot,
  OperatorSnapshot,
  OperatorSubtaskSnapshot,
  SubtaskSnapshot,
} from '../checkpoint/snapshot/job-snapshot.ts';
import type { SavedBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { originOf } from '../elements/origin.ts';
import { must } from '../util/assert.ts';
import type { DeployedEdge, DeployedJob } from './deploy.ts';
import type { ResultPartition } from './result-partition.ts';
import type { Subtask } from './subtask.ts';

/** What one subtask is at its cut. */
export interface SubtaskCapture {
  readonly task: SubtaskSnapshot;
  /** By node id. */
  readonly operators: ReadonlyMap<string, OperatorSubtaskSnapshot>;
  /** What it has sent, and where its choices of channels stand. */
  readonly sent: ReadonlyMap<LocalChannel, LocalChannelState>;
  readonly selectors: ReadonlyMap<ResultPartition, number | null>;
}

/** The parts of a `JobSnapshot`, gathered subtask by subtask. */
export interface JobCapture {
  readonly mode: CheckpointMode;
  readonly position: number;
  readonly subtasks: ReadonlyMap<Subtask, SubtaskCapture>;
  readonly inflight: ReadonlyMap<LocalChannel, readonly SavedBatch[]>;
  readonly deliveries: Readonly<Record<string, DeliverySnapshot>>;
}

/** The state of a job at a quiescent point. @param position What all sources have read up to. */
export function takeSnapshot(job: DeployedJob, position: number, deliveries: Readonly<Record<string, DeliverySnapshot>>): JobSnapshot {
  const subtasks = new Map(job.subtasks.map((subtask) => [subtask, captureSubtask(subtask, originOf(position, 0))]));
  const inflight = new Map(job.subtasks.flatMap(({ inputs }) => inputs.flatMap(({ gate }) => [...gate.inflight])));
  return assembleSnapshot(job, { mode: 'aligned', position, subtasks, inflight, deliveries });
}

/** @param frontier Nothing with a smaller origin is still to come. The state of operators is theirs: they may change it later. */
export function captureSubtask(subtask: Subtask, frontier: number): SubtaskCapture {
  const { isFinished, inputs, chain, partitions } = subtask;
  return {
    task: {
      isFinished,
      frontier: Number.isFinite(frontier) ? frontier : null,
      gates: inputs.map(({ gate }) => gate.snapshot()),
      inputs: chain.inputWatermarks?.snapshot() ?? null,
    },
    operators: chain.snapshot(subtask.progress, isFinished),
    sent: new Map(partitions.flatMap(({ channels }) => channels.map((channel) => [channel, channel.snapshot()]))),
    selectors: new Map(partitions.map((partition) => [partition, partition.snapshot()])),
  };
}

export function assembleSnapshot(job: DeployedJob, capture: JobCapture): JobSnapshot {
  const operators: Record<string, OperatorSnapshot & { subtasks: OperatorSubtaskSnapshot[] }> = {};
  const tasks: Record<string, SubtaskSnapshot[]> = {};
  for (const subtask of job.subtasks) {
    const { task, operators: states } = must(capture.subtasks.get(subtask), 'the state of a subtask');
    (tasks[subtask.execution.vertexId] ??= []).push(task);
    for (const { deployment } of subtask.chain.links) {
      const { nodeId, name, type, maxParallelism } = deployment;
      const operator = (operators[nodeId] ??= { name, type, maxParallelism, subtasks: [] });
      operator.subtasks.push(must(states.get(nodeId), 'the state of an operator'));
    }
  }
  const { mode, position, deliveries } = capture;
  const sent = new Map([...capture.subtasks.values()].flatMap((subtask) => [...subtask.sent]));
  const selectors = new Map([...capture.subtasks.values()].flatMap((subtask) => [...subtask.selectors]));
  const exchanges = Object.fromEntries(
    job.edges.map((deployed) => [deployed.edge.id, exchangeSnapshot(deployed, sent, selectors, capture.inflight)]),
  );
  return { version: JOB_SNAPSHOT_VERSION, mode, position, operators, tasks, exchanges, deliveries };
}

function exchangeSnapshot(
  { edge, channels, partitions }: DeployedEdge,
  sent: ReadonlyMap<LocalChannel, LocalChannelState>,
  selectors: ReadonlyMap<ResultPartition, number | null>,
  inflight: ReadonlyMap<LocalChannel, readonly SavedBatch[]>,
): ExchangeSnapshot {
  return {
    channels: channels.map((channel, c) => {
      const { frontier, isEnded, records, watermark, idle } = must(sent.get(channel), 'the sender of a channel');
      const { fromIndex, toIndex } = must(edge.channels[c], 'a channel of the exchange');
      return { fromIndex, toIndex, frontier, isEnded, records, progress: { watermark, idle }, inflight: inflight.get(channel) ?? [] };
    }),
    selectors: partitions.map((partition) => selectors.get(partition) ?? null),
  };
}
