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
   * Forward: one per subtask (i → i). Hash and rebalance: every subtask to every subtask, ordered by `fromIndex`, then `toIndex`, so the
   * channel from i to j is at `i * parallelismOfTarget + j`.
   */
  readonly channels: readonly ExecutionChannel[];
}

/** The job graph multiplied by parallelism. Plain data, structured-cloneable; the same document gives the same graph. */
export interface ExecutionGraph {
  readonly job: JobSettings;
  /** In topological order. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly ExecutionEdge[];
  /** By vertex in topological order, then index. */
  readonly subtasks: readonly ExecutionSubtask[];
}

export function subtaskId(vertexId: string, index: number): SubtaskId {
  return `${vertexId}#${index}`;
}

export function buildExecutionGraph(job: JobSettings, { vertices, edges }: JobGraph): ExecutionGraph {
  const parallelism = new Map(vertices.map((vertex) => [vertex.id, vertex.parallelism]));
  const of = (vertexId: string): number => must(parallelism.get(vertexId), 'a vertex of the job');
  let sources = 0;
  return {
    job,
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
  return indexes(from).flatMap((fromIndex) => indexes(to).map((toIndex) => ({ fromIndex, toIndex })));
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
