import type { JobSettings } from './document.ts';
import type { JobEdge, JobVertex } from './job-graph.ts';

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
