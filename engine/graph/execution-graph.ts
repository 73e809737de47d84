import { must } from '../util/assert.ts';
import type { JobSettings } from './document.ts';
import type { JobEdge, JobGraph, JobVertex } from './job-graph.ts';

export type SubtaskId = `${string}#${number}`;

/** One parallel instance of a task. */
export interface ExecutionSubtask {
  readonly id: SubtaskId;
  readonly vertexId: string;
  /** 0 … parallelism − 1. */
  readonly index: number;
  /** Counts the source subtasks of the job from 0 (the `source` part of origins); −1 when the task is not a source. */
  readonly sourceIndex: number;
}

/** What connects one sending with one receiving subtask. */
export interface ExecutionChannel {
  /** Subtask indexes within `fromVertex` and `toVertex` of the edge. */
  readonly fromIndex: number;
  readonly toIndex: number;
}

export interface ExecutionEdge extends JobEdge {
  /**
   * Ordered by `fromIndex`, then `toIndex`. Forward: one per subtask (i → i). Rescale: see `pointwiseTargets`. Everything else: every
   * subtask to every subtask, so the channel from i to j is at `i * parallelismOfTarget + j`.
   */
  readonly channels: readonly ExecutionChannel[];
}

/** The job graph multiplied by parallelism. Plain data, structured-cloneable; the same document gives the same graph. */
export interface ExecutionGraph {
  readonly job: JobSettings;
  /** In topological order. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly ExecutionEdge[];
  readonly isBatchExecution: boolean;
  /** By vertex in topological order, then index. */
  readonly subtasks: readonly ExecutionSubtask[];
}

export function subtaskId(vertexId: string, index: number): SubtaskId {
  return `${vertexId}#${index}`;
}

export function buildExecutionGraph(job: JobSettings, { vertices, edges, isBatchExecution }: JobGraph): ExecutionGraph {
  const parallelism = new Map(vertices.map((vertex) => [vertex.id, vertex.parallelism]));
  const of = (vertexId: string): number => must(parallelism.get(vertexId), 'a vertex of the job');
  let sources = 0;
  return {
    job,
    isBatchExecution,
    vertices,
    edges: edges.map((edge) => ({ ...edge, channels: channelsOf(edge, of(edge.fromVertex), of(edge.toVertex)) })),
    subtasks: vertices.flatMap((vertex) =>
      indexes(vertex.parallelism).map((index) => ({
        id: subtaskId(vertex.id, index),
        vertexId: vertex.id,
        index,
        sourceIndex: vertex.isSource ? sources++ : -1,
      })),
    ),
  };
}

function channelsOf(edge: JobEdge, from: number, to: number): readonly ExecutionChannel[] {
  if (edge.partitioner.kind === 'forward') return indexes(from).map((index) => ({ fromIndex: index, toIndex: index }));
  if (edge.partitioner.kind === 'rescale') {
    return pointwiseTargets(from, to).flatMap((targets, fromIndex) => targets.map((toIndex) => ({ fromIndex, toIndex })));
  }
  return indexes(from).flatMap((fromIndex) => indexes(to).map((toIndex) => ({ fromIndex, toIndex })));
}

/**
 * The receiving subtasks of each sender in Flink's distribution pattern POINTWISE: neighbours share a group, and groups differ by at most one
 * when the one number is no multiple of the other.
 */
export function pointwiseTargets(senders: number, receivers: number): readonly (readonly number[])[] {
  const targets: number[][] = indexes(senders).map(() => []);
  for (let receiver = 0; receiver < receivers; receiver++) {
    const from = Math.floor((receiver * senders) / receivers);
    const end = Math.max(from + 1, Math.floor(((receiver + 1) * senders) / receivers));
    for (let sender = from; sender < end; sender++) targets[sender]?.push(receiver);
  }
  return targets;
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
