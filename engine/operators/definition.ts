import type { FieldType, Schema } from '../batch/schema.ts';
import type { ConfigOf, Fields } from './fields.ts';
import type { Operator, OperatorSetup, SourceOperator } from './operator.ts';

export type Category = 'source' | 'transformation' | 'partitioning' | 'window' | 'sink';

/** Something wrong (or doubtful) with a node's configuration or wiring, pinned to where it is caused. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  /** Stable, kebab-case, e.g. `column-missing`. */
  readonly code: string;
  /** A sentence that says what is wrong and what to do. */
  readonly message: string;
  /** Name of the configuration field it belongs to. */
  readonly field?: string | undefined;
  /** Name of the port it belongs to. */
  readonly port?: string | undefined;
}

/** How a keyed stream finds a record's key. Evaluated at the exchange and again by the operator, as in Flink. */
export type KeySelector =
  /** Names of fields, or paths to fields of rows (`address.zip`); such a key is called by its path. */
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'function'; readonly source: string; readonly type: FieldType };

/** What is known, before the run, of a stream that enters an input. */
export interface StreamShape {
  readonly schema: Schema;
  /** Present when the stream is keyed. */
  readonly key: KeySelector | null;
  /** Records carry event timestamps (a source that gives them, or a timestamps-and-watermarks operator, is upstream). */
  readonly eventTime: boolean;
  /** The stream comes straight from a source with so many splits: the record at position n is of split n mod `splits`. Missing: one. */
  readonly splits?: number;
}

/** Flink: the arguments of `withWatermarkAlignment`. */
export interface AlignmentSettings {
  readonly group: string;
  /** How far a source's watermark may be ahead of the lowest one of its group. */
  readonly maxDriftMs: number;
  /** Processing time between two announcements of how far the sources may read. */
  readonly updateIntervalMs: number;
  /** The configuration field that names the group: problems are shown there. */
  readonly field: string;
}

export interface InputPort {
  readonly name: string;
  readonly title: string;
  /** The stream must be keyed. Missing: it may be. */
  readonly keyed?: boolean;
  /** Records must have timestamps and watermarks. */
  readonly eventTime?: boolean;
  /** Every subtask gets all its records, whatever stands before it: the exchange is BROADCAST. */
  readonly broadcast?: boolean;
  /** All its records are taken as those of one key, in one subtask. */
  readonly asOneKey?: boolean;
  /** Takes any number of streams, of virtual operators only. The last port of the list; its streams are the rest of what `shapes` gets. */
  readonly many?: boolean;
}

export interface OutputPort {
  readonly name: string;
  readonly title: string;
  /** A side output: it may stay unconnected, its records are then only counted. */
  readonly side?: boolean;
}

/** Partitioner of an exchange (Flink: `StreamPartitioner`). Virtual operators compile to one. */
export type Partitioner =
  /** Of a virtual operator: none of its own, what comes before it or the default holds; `isDemanded`: it must be this one. */
  | { readonly kind: 'forward'; readonly isDemanded?: true }
  | { readonly kind: 'hash'; readonly key: KeySelector }
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'rescale' }
  | { readonly kind: 'shuffle' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'global' }
  /** `partition`: source text of a function (key, number of channels) → channel. */
  | { readonly kind: 'custom'; readonly key: KeySelector; readonly partition: string };

/** What `outputs` yields: the streams that leave, by port; problems keep the run from starting. */
export interface OutputShapes {
  readonly ports: Readonly<Record<string, StreamShape>>;
  readonly problems: readonly ConfigProblem[];
}

/** Metadata, checks and schema propagation of an operator: pure data and pure functions, loaded by the page. */
export interface OperatorDefinition<F extends Fields = Fields> {
  /** kebab-case; equals the folder's name. Stored in documents: never renamed without a migration. */
  readonly type: string;
  readonly title: string;
  readonly category: Category;
  /** One sentence for palette and tooltip. */
  readonly summary: string;
  /** More words a user may search for (Flink's method names). */
  readonly keywords: readonly string[];
  readonly fields: F;
  readonly inputs: readonly InputPort[];
  readonly outputs: (config: ConfigOf<F>) => readonly OutputPort[];
  /** Keeps state: its results depend on earlier records. */
  readonly stateful?: boolean;
  /** Emits a result for every record that replaces the one before of the same key: in batch execution only the last is emitted. */
  readonly emitsUpdates?: boolean;
  /** The configuration that holds in batch execution. Missing: the same. */
  readonly inBatch?: (config: ConfigOf<F>) => ConfigOf<F>;
  /** Runs at this parallelism whatever the job says. */
  readonly fixedParallelism?: number;
  /** A source that ends by itself with this configuration. */
  readonly bounded?: (config: ConfigOf<F>) => boolean;
  /** Sources that know their rate: processing time between two of their positions, in ms (`docs/decisions/0006-arrival-clock.md`). */
  readonly arrivalIntervalMs?: (config: ConfigOf<F>) => number;
  /** Makes watermarks that the source of its task is aligned by; null = with this configuration not. */
  readonly alignment?: (config: ConfigOf<F>) => AlignmentSettings | null;
  /** Present on virtual operators: they become the partitioner of their edge and never a task. */
  readonly partitioner?: (config: ConfigOf<F>) => Partitioner;
  /** Keeps a state that clients may ask for by this name while the job runs. `field`: the configuration field that names it. */
  readonly queryable?: (config: ConfigOf<F>) => { readonly name: string; readonly field: string };
  /** Present on sinks: where delivered rows go. */
  readonly delivery?: (config: ConfigOf<F>) => SinkDelivery;
  /** Schema propagation and semantic checks. `inputs[i]` belongs to `definition.inputs[i]`; see also `InputPort.many`. Never throws. */
  readonly shapes: (config: ConfigOf<F>, inputs: readonly StreamShape[]) => OutputShapes;
  /** One line for the node's face, e.g. "10 s · avg(temperature)". */
  readonly face: (config: ConfigOf<F>) => string;
  /** Loads the runtime; only the task worker calls it. Absent on virtual operators. */
  readonly load?: () => Promise<OperatorModule<F>>;
}

export type SinkDelivery =
  | { readonly kind: 'table' }
  | { readonly kind: 'file'; readonly format: 'csv' | 'ndjson'; readonly fileName: string };

export interface OperatorModule<F extends Fields = Fields> {
  readonly create: (config: ConfigOf<F>, setup: OperatorSetup) => Operator | SourceOperator;
}

/** Identity with inference: checks a definition literal against the contract and keeps its precise field types. */
export function defineOperator<const F extends Fields>(definition: OperatorDefinition<F>): OperatorDefinition<F> {
  return definition;
}

/** A definition whose field types are forgotten; the registry holds these. The one place where types are erased. */
export type AnyDefinition = OperatorDefinition<Fields>;

export function erased<F extends Fields>(definition: OperatorDefinition<F>): AnyDefinition {
  // Sound because `parseConfig` validates a raw configuration against the same `fields` before any of these functions sees it.
  return definition as unknown as AnyDefinition;
}
