import { JobFailure } from '../api/errors.ts';
import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Schema } from '../batch/schema.ts';
import type { LocalChannel } from '../channels/local-channel.ts';
import { JOB_SNAPSHOT_VERSION } from '../checkpoint/snapshot/job-snapshot.ts';
import type { EventTimeProgress, JobSnapshot, OperatorSnapshot, OperatorSubtaskSnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import { redistributeOperator } from '../checkpoint/snapshot/redistribute-operator.ts';
import { loadBatch } from '../checkpoint/snapshot/saved-batch.ts';
import { MAX_WATERMARK, MIN_WATERMARK, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { OperatorDeployment } from '../graph/job-graph.ts';
import type { SourceOperator } from '../operators/operator.ts';
import type { ValveSnapshot } from '../time/watermark-valve.ts';
import { must } from '../util/assert.ts';
import { AlignedSource, isAlignedState } from './aligned-source.ts';
import type { DeployedJob } from './deploy.ts';
import type { Subtask } from './subtask.ts';

/**
 * Puts the state of a snapshot into a job that is deployed and not opened yet. With the layout it was taken of (tasks, exchanges and their
 * parallelism) the job goes on exactly; with another one everything that belongs to channels begins anew.
 * @throws JobFailure when the snapshot does not fit the job.
 */
export function restoreJob(job: DeployedJob, graph: ExecutionGraph, snapshot: JobSnapshot): void {
  const deployments = graph.vertices.flatMap((vertex) => vertex.operators);
  refuseUnlessFits(snapshot, deployments);
  const goesOn = hasLayoutOf(graph, snapshot);
  if (needsFormerLayout(graph, snapshot)) {
    refuse(
      'snapshot-in-flight',
      'The snapshot holds records that were on their way between subtasks which this job does not have. Restore it with the pipeline and the parallelism it was taken of.',
    );
  }
  const origin = firstOrigin(snapshot);
  for (const vertex of graph.vertices) {
    const subtasks = job.subtasks.filter(({ execution }) => execution.vertexId === vertex.id);
    for (const { nodeId } of vertex.operators) {
      const former = snapshot.operators[nodeId];
      if (former !== undefined) restoreOperator(subtasks, nodeId, former);
    }
    const frontiers = goesOn ? snapshot.tasks[vertex.id]?.map(({ frontier }) => frontier) : undefined;
    restoreTask(subtasks, snapshot.operators[vertex.id], origin, frontiers ?? []);
  }
  if (goesOn) restoreChannels(job, snapshot);
  else beginChannels(job, snapshot, origin);
}

/** Everything with a smaller origin is in, in all subtasks. */
function firstOrigin({ position, tasks }: JobSnapshot): number {
  const frontiers = Object.values(tasks).flatMap((subtasks) => subtasks.map(({ frontier }) => frontier ?? Number.POSITIVE_INFINITY));
  return Math.min(originOf(position, 0), ...frontiers);
}

/**
 * A task whose head is new in the graph begins with its first record.
 * @param origin What is before it is in. @param frontiers The same of each subtask, where it is known.
 */
function restoreTask(
  subtasks: readonly Subtask[],
  head: OperatorSnapshot | undefined,
  origin: number,
  frontiers: readonly (number | null)[],
): void {
  if (head === undefined) return;
  const states = redistributeOperator(head, subtasks.length);
  for (const [index, subtask] of subtasks.entries()) {
    const { isFinished, inputs } = states[index] as OperatorSubtaskSnapshot;
    for (const [i, { gate }] of subtask.inputs.entries()) gate.beginAt(inputs[i]?.watermark ?? MIN_WATERMARK);
    if (inputs.length > 1) subtask.chain.inputWatermarks?.restore(valveOf(inputs));
    subtask.restore(isFinished, frontiers[index] ?? origin, inputs[0] ?? null);
  }
}

function restoreOperator(subtasks: readonly Subtask[], nodeId: string, former: OperatorSnapshot): void {
  const states = redistributeOperator(former, subtasks.length);
  for (const [index, subtask] of subtasks.entries()) {
    const link = must(
      subtask.chain.links.find(({ deployment }) => deployment.nodeId === nodeId),
      'a deployed operator',
    );
    const { state, output, counters } = states[index] as OperatorSubtaskSnapshot;
    link.stats.restore(counters);
    link.output.restore(output);
    if ('poll' in link.operator) restoreSource(link.operator, index, subtasks.length, former);
    else if (state !== null) link.operator.restore?.(state);
  }
}

/** Splits go where the source assigns them; a source of one split stays with the first subtask. */
function restoreSource(source: SourceOperator, index: number, parallelism: number, former: OperatorSnapshot): void {
  const reading = former.subtasks.flatMap((subtask) => subtask.reading ?? []);
  if (!(source instanceof AlignedSource) && reading.some(({ state }) => isAlignedState(state))) {
    refuse(
      'snapshot-was-aligned',
      `${former.name} was in a watermark alignment group when the snapshot was taken, and its records have other positions since. Put it back into a group, or start the job without the snapshot.`,
    );
  }
  if (reading.length !== parallelism && source.restoreFromAll !== undefined) {
    source.restoreFromAll(reading.map(({ state }) => state));
    return;
  }
  const own = reading.length === parallelism || index === 0 ? reading[index] : undefined;
  if (own !== undefined) source.restore(own.state);
}

/** What is on its way in the snapshot has to be worked off by the subtasks that it was sent to, before the state can be redistributed. */
export function needsFormerLayout(graph: ExecutionGraph, snapshot: JobSnapshot): boolean {
  return snapshot.mode === 'unaligned' && !hasLayoutOf(graph, snapshot);
}

/** Tasks, exchanges and their parallelism are those of the job that the snapshot was taken of. */
function hasLayoutOf(graph: ExecutionGraph, snapshot: JobSnapshot): boolean {
  const sameTasks = graph.vertices.every(({ id, parallelism }) => snapshot.tasks[id]?.length === parallelism);
  const sameExchanges = graph.edges.every(({ id, channels }) => {
    const former = snapshot.exchanges[id]?.channels;
    if (former?.length !== channels.length) return false;
    return former.every(({ fromIndex, toIndex }, c) => channels[c]?.fromIndex === fromIndex && channels[c]?.toIndex === toIndex);
  });
  const isWhole = Object.keys(snapshot.tasks).length === graph.vertices.length;
  return sameTasks && sameExchanges && isWhole && Object.keys(snapshot.exchanges).length === graph.edges.length;
}

/** Everything as it was, to the last element under way. */
function restoreChannels(job: DeployedJob, snapshot: JobSnapshot): void {
  const schemas = schemasOf(job);
  for (const { edge, channels, partitions } of job.edges) {
    const former = must(snapshot.exchanges[edge.id], 'the state of an exchange');
    for (const [c, channel] of channels.entries()) {
      const { frontier, isEnded, records, progress, inflight } = must(former.channels[c], 'the state of a channel');
      const schema = must(schemas.get(channel), 'the receiver of a channel');
      channel.restore(
        { frontier, isEnded, records, ...progress },
        inflight.map((batch) => loadBatch(batch, schema)),
      );
    }
    for (const [index, partition] of partitions.entries()) {
      const selector = former.selectors[index];
      if (typeof selector === 'number') partition.restore(selector);
    }
  }
  for (const { execution, inputs, chain } of job.subtasks) {
    const former = must(snapshot.tasks[execution.vertexId]?.[execution.index], `the state of ${execution.id}`);
    const progress = snapshot.operators[execution.vertexId]?.subtasks[execution.index]?.inputs ?? [];
    for (const [i, { gate }] of inputs.entries()) {
      gate.restore(must(former.gates[i], 'the state of an input gate'), must(progress[i], 'how far an input had come'));
    }
    if (former.inputs !== null) chain.inputWatermarks?.restore(former.inputs);
  }
}

/** Schema of what goes through each channel. */
function schemasOf(job: DeployedJob): ReadonlyMap<LocalChannel, Schema> {
  return new Map(
    job.subtasks.flatMap(({ inputs }) => inputs.flatMap(({ gate }) => gate.channels.map((channel) => [channel, gate.schema] as const))),
  );
}

/**
 * New channels between restored subtasks. What was under way in the former ones goes through the choice of channels once more, and then every
 * sender says how far its event time has come.
 */
function beginChannels(job: DeployedJob, snapshot: JobSnapshot, from: number): void {
  const schemas = schemasOf(job);
  for (const { edge, channels, partitions } of job.edges) {
    const senders = job.subtasks.filter(({ execution }) => execution.vertexId === edge.fromVertex);
    const schema = must(schemas.get(must(channels[0], 'a channel of an exchange')), 'the receiver of an exchange');
    let origin = from;
    for (const { fromIndex, inflight } of snapshot.exchanges[edge.id]?.channels ?? []) {
      for (const saved of inflight) {
        const { origins } = saved;
        origin = Math.max(origin, origins.at(-1) ?? origin);
        if (origins.length > 0) partitions[fromIndex % partitions.length]?.emit(loadBatch({ ...saved, marks: [] }, schema));
      }
    }
    for (const [index, partition] of partitions.entries()) {
      const sender = must(senders[index], 'the sender of an exchange');
      const progress = sentBy(sender, edge.fromNode);
      if (progress.watermark > MIN_WATERMARK || progress.idle) partition.emit(progressBatch(progress, origin, schema));
      if (sender.isFinished) partition.end();
    }
  }
}

function progressBatch({ watermark, idle }: EventTimeProgress, origin: number, schema: Schema): Batch {
  const builder = new BatchBuilder(schema, () => new Marks());
  builder.mark(WATERMARK, watermark, origin);
  if (idle) builder.mark(WATERMARK_STATUS, 1, origin);
  return builder.build();
}

function sentBy(sender: Subtask, nodeId: string): EventTimeProgress {
  if (sender.isFinished) return { watermark: MAX_WATERMARK, idle: false };
  return must(
    sender.chain.links.find(({ deployment }) => deployment.nodeId === nodeId),
    'the sending operator',
  ).output.progress;
}

/** A valve whose channels stand there, and that has let through what they allow. */
function valveOf(channels: readonly EventTimeProgress[]): ValveSnapshot {
  const active = channels.filter(({ idle }) => !idle);
  const lowest = (of: readonly EventTimeProgress[]): number =>
    of.reduce((least, { watermark }) => Math.min(least, watermark), MAX_WATERMARK);
  return {
    channels: channels.map(({ watermark, idle }) => ({ watermark, idle, aligned: !idle })),
    watermark: active.length > 0 ? lowest(active) : Math.max(...channels.map(({ watermark }) => watermark)),
    idle: active.length === 0,
  };
}

function refuseUnlessFits(snapshot: JobSnapshot, deployments: readonly OperatorDeployment[]): void {
  if (snapshot.version !== JOB_SNAPSHOT_VERSION) {
    refuse(
      'snapshot-version',
      `The snapshot has the layout version ${snapshot.version}; this version of Millrace reads ${JOB_SNAPSHOT_VERSION}. Start the job without it.`,
    );
  }
  for (const [nodeId, former] of Object.entries(snapshot.operators)) {
    const deployment = deployments.find((one) => one.nodeId === nodeId);
    if (deployment?.type === former.type) {
      refuseOtherKeyGroups(former, deployment);
      continue;
    }
    if (former.subtasks.every(({ state, reading }) => state === null && reading === null)) continue;
    refuse(
      'snapshot-operator-missing',
      `The snapshot holds state of ${former.name} (${nodeId}), which the pipeline does not have any more. Bring the operator back, or start the job without the snapshot.`,
    );
  }
}

/** The number of key groups cannot change: keys would not find their state again. */
function refuseOtherKeyGroups(former: OperatorSnapshot, { nodeId, name, maxParallelism }: OperatorDeployment): void {
  const isKeyed = former.subtasks.some(({ state }) => state !== null && state.keyGroups.size > 0);
  if (!isKeyed || former.maxParallelism === maxParallelism) return;
  throw new JobFailure({
    code: 'snapshot-max-parallelism',
    domain: 'user',
    retry: 'after-change',
    message: `${name}: the snapshot was taken with a maximum parallelism of ${former.maxParallelism}, and it is ${maxParallelism} now. Set it back to ${former.maxParallelism}, or start the job without the snapshot.`,
    nodeId,
    nodeName: name,
  });
}

function refuse(code: string, message: string): never {
  throw new JobFailure({ code, domain: 'user', retry: 'after-change', message });
}
