import type { LocalChannel } from '../channels/local-channel.ts';
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
import { must } from '../util/assert.ts';
import type { DeployedEdge, DeployedJob } from './deploy.ts';
import type { Subtask } from './subtask.ts';

/** The state of a job at a quiescent point. @param position What all sources have read up to. */
export function takeSnapshot(job: DeployedJob, position: number, deliveries: Readonly<Record<string, DeliverySnapshot>>): JobSnapshot {
  const operators: Record<string, OperatorSnapshot & { subtasks: OperatorSubtaskSnapshot[] }> = {};
  const tasks: Record<string, SubtaskSnapshot[]> = {};
  for (const subtask of job.subtasks) {
    (tasks[subtask.execution.vertexId] ??= []).push(subtaskSnapshot(subtask));
    const states = subtask.chain.snapshot(subtask.progress, subtask.isFinished);
    for (const { deployment } of subtask.chain.links) {
      const { nodeId, name, type, maxParallelism } = deployment;
      const operator = (operators[nodeId] ??= { name, type, maxParallelism, subtasks: [] });
      operator.subtasks.push(must(states.get(nodeId), 'the state of an operator'));
    }
  }
  const inflight = new Map(job.subtasks.flatMap(({ inputs }) => inputs.flatMap(({ gate }) => [...gate.inflight])));
  const exchanges = Object.fromEntries(job.edges.map((deployed) => [deployed.edge.id, exchangeSnapshot(deployed, inflight)]));
  return { version: JOB_SNAPSHOT_VERSION, position, operators, tasks, exchanges, deliveries };
}

function subtaskSnapshot({ isFinished, inputs, chain }: Subtask): SubtaskSnapshot {
  return { isFinished, gates: inputs.map(({ gate }) => gate.snapshot()), inputs: chain.inputWatermarks?.snapshot() ?? null };
}

function exchangeSnapshot(
  { edge, channels, partitions }: DeployedEdge,
  inflight: ReadonlyMap<LocalChannel, readonly SavedBatch[]>,
): ExchangeSnapshot {
  return {
    channels: channels.map((channel, c) => {
      const { frontier, isEnded, records, watermark, idle } = channel.snapshot();
      const { fromIndex, toIndex } = must(edge.channels[c], 'a channel of the exchange');
      return { fromIndex, toIndex, frontier, isEnded, records, progress: { watermark, idle }, inflight: inflight.get(channel) ?? [] };
    }),
    selectors: partitions.map((partition) => partition.snapshot()),
  };
}
