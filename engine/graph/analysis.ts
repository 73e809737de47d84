import type { AnyDefinition, ConfigProblem, Partitioner, StreamShape } from '../operators/definition.ts';

/** How the graph finds a definition: an argument, so that `graph` never imports the registry. */
export type DefinitionLookup = (type: string) => AnyDefinition | undefined;

/** A problem with the place it belongs to. A problem with neither node nor edge concerns the whole document. */
export interface DocumentProblem extends ConfigProblem {
  readonly nodeId?: string | undefined;
  readonly edgeId?: string | undefined;
}

/** How records cross an edge, in Flink's words. */
export type ExchangeStrategy = 'FORWARD' | 'HASH' | 'REBALANCE' | 'RESCALE' | 'SHUFFLE' | 'BROADCAST' | 'GLOBAL' | 'CUSTOM';

export interface AnalyzedNode {
  readonly nodeId: string;
  /** Validated configuration, defaults applied. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By index of the definition's inputs; an unconnected input has an empty schema. */
  readonly inputs: readonly StreamShape[];
  /** By output port. */
  readonly outputs: Readonly<Record<string, StreamShape>>;
  readonly parallelism: number;
  readonly bounded: boolean;
}

export interface AnalyzedEdge {
  readonly edgeId: string;
  readonly strategy: ExchangeStrategy;
  readonly partitioner: Partitioner;
  /** Both ends run in the same task. */
  readonly chained: boolean;
}

/** Everything the canvas, the inspector and the scheduler want to know of a document before it runs. */
export interface Analysis {
  readonly problems: readonly DocumentProblem[];
  readonly nodes: ReadonlyMap<string, AnalyzedNode>;
  readonly edges: ReadonlyMap<string, AnalyzedEdge>;
  /** Tasks of the job graph: node ids chained together, in order; virtual operators are in none. */
  readonly chains: readonly (readonly string[])[];
  /** Node ids in topological order (a document with a cycle: as far as it goes). */
  readonly order: readonly string[];
  /** No problem of severity `error`. */
  readonly runnable: boolean;
}
