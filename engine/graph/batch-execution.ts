import type { AnyDefinition, StreamShape } from '../operators/definition.ts';
import type { Analysis } from './analysis.ts';
import type { JobSettings } from './document.ts';

/** How an operator takes the records of an input in batch execution. */
export type BatchInput =
  /** As they come. */
  | 'on-arrival'
  /** When all inputs have ended, in the order in which they came. */
  | 'at-the-end'
  /** The same, but behind those: one key after the other, the records of each in the order of their timestamps. */
  | 'by-key'
  /** The same, and all records are of one key. */
  | 'as-one-key';

/** What batch execution changes for one operator. Plain data: it is sent to the task worker. */
export interface BatchExecution {
  readonly inputs: readonly BatchInput[];
  /** Of the updates of a key only the last is emitted. */
  readonly isLastOnly: boolean;
}

/** AUTOMATIC means batch if every source is bounded (Flink: `RuntimeExecutionMode`). */
export function isBatchExecution(job: JobSettings, analysis: Pick<Analysis, 'nodes'>): boolean {
  if (job.executionMode !== 'automatic') return job.executionMode === 'batch';
  return [...analysis.nodes.values()].every(({ inputs, bounded }) => inputs.length > 0 || bounded);
}

/**
 * Flink's order of inputs: those that are broadcast first, then those that are neither broadcast nor keyed, keyed ones last and sorted. Two streams of which
 * one is keyed are not keyed together. Null: nothing is different.
 */
export function batchExecutionOf(definition: AnyDefinition, shapes: readonly StreamShape[]): BatchExecution | null {
  const broadcast = shapes.map((_, i) => definition.inputs[i]?.broadcast === true);
  const areKeyed = shapes.every((shape, i) => broadcast[i] === true || shape.key !== null);
  const inputs = shapes.map((_, i): BatchInput => {
    if (broadcast[i] === true) return 'on-arrival';
    if (definition.inputs[i]?.asOneKey === true) return 'as-one-key';
    if (areKeyed) return 'by-key';
    return broadcast.includes(true) ? 'at-the-end' : 'on-arrival';
  });
  return inputs.every((input) => input === 'on-arrival') ? null : { inputs, isLastOnly: definition.emitsUpdates === true };
}
