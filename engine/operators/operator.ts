import type { Batch } from '../batch/batch.ts';
import type { Interleaved } from '../batch/interleaved.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { FusionStage } from '../functions/fusion.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { StreamShape } from './definition.ts';

/**
 * The contract between the runtime and an operator (after Flink's `StreamOperator` and Arroyo's batch contract).
 *
 * **Thread.** A subtask is single-threaded: none of these methods is ever called concurrently or re-entrantly. An operator
 * must not keep anything outside its instance, and must not use clocks, timers or randomness other than what `OperatorSetup` gives.
 *
 * **Life.** `open` → (`processElement` | `processWatermark` | `processBatch`)* → `finish` → `close`. `restore` comes between construction
 * and `open`. After a failure `close` is called without `finish`. `finish` may emit (it flushes); `close` must not.
 *
 * **Two paths, one meaning.** The row path (`processElement`, `processWatermark`) is the specification. `processBatch` is the fast path
 * of operators that can work on columns; it must give the same output, in the same order, with the same side effects, whatever the
 * batch boundaries. The conformance suite runs both. An operator without `processBatch` gets rows one at a time from the chain.
 *
 * **Order.** Whatever a watermark triggers is emitted before the watermark is forwarded. Watermarks never go back.
 */
export interface Operator {
  open(context: OperatorContext): void;

  /** One record. `timestamp` is NaN when it has none. `origin`: see `elements/origin.ts`; pass it on with what the record causes. */
  processElement(record: Row, timestamp: number, origin: number, input: number): void;

  /**
   * The (combined, already minimal) watermark rose to `watermark`. Missing: it is forwarded unchanged.
   * An implementation must forward it itself with `output.emitWatermark`, after everything it triggers.
   */
  processWatermark?(watermark: number, origin: number): void;

  /** All channels of the input went idle (nothing is expected of them for now), or the first of them is active again. Missing: it is forwarded. */
  processWatermarkStatus?(idle: boolean, origin: number): void;

  /**
   * The processing-time clock of this subtask rose to `time` (ms): timers that are due fire now, before the element of `origin` is processed. Only
   * operators that follow processing time have it, and the runtime then feeds them record by record. What a timer for time *t* emits carries the origin
   * `processingTime.originAt(t)` of the setup.
   */
  processProcessingTime?(time: number, origin: number): void;

  /** Columnar fast path: rows and marks of the batch, in order. */
  processBatch?(batch: Batch, input: number): void;

  /** As `processBatch`, for an operator of several inputs: their rows in one order, so that streams that alternate do not come in batches of one. */
  processInterleaved?(interleaved: Interleaved): void;

  /**
   * Asked once, at deployment: what the operator does with a batch, for one function that it shares with its neighbours in the chain. Batches that
   * this function cannot take come to `processBatch`. Null or missing: all of them do.
   */
  fusion?(): FusionStage | null;

  /**
   * Once `processBatch` has returned, neither the operator nor anything it emitted refers to a column of the batch, so that its memory
   * can be used again. Missing: it may.
   */
  readonly consumesBatches?: boolean;

  /**
   * Hands out what it holds back for efficiency only. Called after every batch of input, and once more when the job fails: what was
   * produced before the failing record belongs to the user.
   */
  flush?(): void;

  /** All inputs ended (the watermark MAX came before). */
  finish?(): void;

  close?(): void;

  /** What user code counts, by name, as it stands. Asked for between batches. */
  userCounters?(): ReadonlyMap<string, number>;

  /** The records that clients may look up, by key. Asked for between batches. */
  queryableEntries?(): Iterable<readonly [key: unknown, record: Row]>;

  /** Keyed state by key group; operators without state leave it out. Called between batches only. */
  snapshot?(): KeyedStateSnapshot;

  /** State of the key groups this subtask owns now, possibly merged from several former subtasks. */
  restore?(snapshot: KeyedStateSnapshot): void;
}

export interface PollLimit {
  /** Records at positions below this may be emitted. Infinity = no bound. */
  readonly endPosition: number;
  /** At most so many records. */
  readonly maxRecords: number;
}

/** `more`: poll again; `waiting`: its input has not arrived yet; `finished`: nothing will come any more. */
export type PollStatus = 'more' | 'waiting' | 'finished';

/**
 * The head of a source chain. Positions are the total order of the source's records (line numbers, sequence numbers); a source
 * emits them in ascending order and never skips back, so a snapshot of a source is one position plus its private reading state.
 */
export interface SourceOperator {
  open(context: OperatorContext): void;

  /**
   * Emits the next records with `output.collectBatch`, never more than the limit allows. Returns early (with what it has) rather than block.
   * Does not emit watermarks unless it is also its own watermark generator.
   */
  poll(limit: PollLimit): PollStatus;

  /** Every record at a smaller position has been emitted (or skipped); nothing at or above it has. Finite; after the end it stays where it is. */
  readonly nextPosition: number;

  close?(): void;

  /** Cloneable private state; restoring it continues with exactly the next record. */
  snapshot(): unknown;
  restore(state: unknown): void;

  /**
   * Instead of `restore` when the parallelism has changed: what all former subtasks had saved, in their order, after all of them had read the same
   * positions. The splits that are its own now go on. Missing: a source of one split, which stays with the first subtask.
   */
  restoreFromAll?(states: readonly unknown[]): void;

  /** What is known of its progress, for the progress bar. Total null = unbounded. A subtask that reads nothing says 0 of 0. */
  readonly progress: { readonly done: number; readonly total: number | null; readonly unit: 'bytes' | 'records' };
}

/** Where an operator's results go: the next operator of the chain, or the task's outputs. Valid from `open` on. */
export interface Output {
  collect(record: Row, timestamp: number, origin: number): void;
  /** A whole batch, marks included. The operator gives up ownership: it must not touch it (or its columns) any more. */
  collectBatch(batch: Batch): void;
  sideOutput(port: string, record: Row, timestamp: number, origin: number): void;
  /** Ignored unless higher than the last one. */
  emitWatermark(watermark: number, origin: number): void;
  /** Idle: nobody should wait for watermarks from here until it says active again. To repeat it changes nothing. */
  emitWatermarkStatus(idle: boolean, origin: number): void;
}

/** Why a record did not take the normal way. Facts; the sentences are the studio's. */
export type RecordProblemKind = 'malformed' | 'late' | 'failed';

/** What to do with a record that cannot be processed. */
export type OnRecordProblem = 'skip' | 'side-output' | 'fail';

export interface OperatorContext {
  readonly output: Output;
  /** Sinks only: hands rows to the coordinator, which delivers them and holds the batch until then. */
  deliver(batch: Batch): void;
  /**
   * Counts and lists a record that was skipped or redirected. `position` is its place in the source (line number), `reason` a sentence,
   * `content` the raw line or the record. Listing is capped by the runtime; counting is not.
   */
  report(kind: RecordProblemKind, position: number, reason: string, content: unknown): void;
  /**
   * Fails the job because of one record. Never returns. `cause` is what a user function threw, if that is the reason. `key`: where the record
   * does not tell it (a timer, a window that fires, one of several keyed inputs).
   */
  fail(reason: string, position: number, content: unknown, cause?: unknown, key?: unknown): never;
}

/** Bytes of a file on their way from the coordinator. */
export interface ByteInput {
  /** The next chunk (the reader owns it), or null when none has arrived yet or the end is reached. */
  next(): Uint8Array | null;
  readonly isEnded: boolean;
  /** Of the file, as the document has it; missing: not known. For messages. */
  readonly name?: string | undefined;
  /** Total size in bytes when known. */
  readonly sizeBytes: number | null;
  /** Continue reading at a byte offset (restore). */
  seek(offset: number): void;
}

/** Virtual processing time: see `docs/decisions/0006-arrival-clock.md`. */
export interface ProcessingTime {
  /** Processing time at which an element of this origin arrives, in ms. */
  at(origin: number): number;
  /** The first origin that arrives at or after `time`. */
  originAt(time: number): number;
}

/** Everything an operator may know about its place in the job. Given once, to `create`. */
export interface OperatorSetup {
  readonly nodeId: string;
  /** Name the user gave to the node. */
  readonly name: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly inputs: readonly StreamShape[];
  /** Schema of an output port; only ports of the definition with the present configuration exist. */
  outputSchema(port: string): Schema;
  /** Index of this source subtask in the execution graph: the `source` part of origins. 0 for non-sources. */
  readonly sourceIndex: number;
  /** Seed for this node (the same for all its subtasks). */
  readonly seed: number;
  /** Processing time as a function of origins: the only clock an operator has. */
  readonly processingTime: ProcessingTime;
  /** Period of watermark generation in ms; 0 = after every record that raises it. */
  readonly autoWatermarkIntervalMs: number;
  /** Opens an entry of the document's `data` for reading. Sources only. */
  openInput(dataId: string): ByteInput;
  /** False for the specification run: operators then must not be driven through `processBatch`. Kernels may also use it to pick tiers. */
  readonly fused: boolean;
}
