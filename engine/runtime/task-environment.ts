import type { Batch } from '../batch/batch.ts';
import type { OperatorModule } from '../operators/definition.ts';
import type { ByteInput, RecordProblemKind } from '../operators/operator.ts';

/** What the host of a task gives to its subtasks. Everything that touches the world outside the engine goes through here. */
export interface TaskEnvironment {
  /** Runtime of an operator type. Rejects when the type is not known. */
  loadOperator(type: string): Promise<OperatorModule>;
  openInput(dataId: string): ByteInput;
  /** Rows of a sink subtask, in order. */
  deliver(nodeId: string, subtaskIndex: number, batch: Batch): void;
  /** A skipped or redirected record; `nth` counts from 1 per operator, subtask and kind. */
  listProblem(nodeId: string, kind: RecordProblemKind, nth: number, position: number, reason: string, content: unknown): void;
  /** Tells a watchdog outside this thread which operator is about to run: index into `operatorIds`, −1 = none. */
  setRunning(operatorIndex: number): void;
  /** All operators of the job, in the order that `setRunning` counts. */
  readonly operatorIds: readonly string[];
  /** False: the specification path, one record at a time. */
  readonly fused: boolean;
}
