import type { Partitioner, SinkDelivery, StreamShape } from '../operators/definition.ts';

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
  /** Flink's task name: `a -> b`, branches as `a -> (b, c -> d)`. */
  readonly name: string;
  readonly parallelism: number;
  readonly isSource: boolean;
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
}

/** Flink's job graph: what runs, before it is multiplied by parallelism. */
export interface JobGraph {
  /** In topological order; ties in document order. */
  readonly vertices: readonly JobVertex[];
  /** By the order of their target vertex, then input index, then order of the source vertex. */
  readonly edges: readonly JobEdge[];
}
