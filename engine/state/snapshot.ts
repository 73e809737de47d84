import type { OperatorStateSnapshot } from './operator-state-backend.ts';

/**
 * Keyed state of one operator subtask, by key group: entries of a group stay in the order in which their keys were first seen,
 * so restoring gives the same firing order. Values are structured-cloneable; their layout is the operator's own business.
 */
export interface KeyedStateSnapshot {
  /** Layout version of the entries, owned by the operator. */
  readonly version: number;
  readonly keyGroups: ReadonlyMap<number, readonly unknown[]>;
  /** State that is not per key (current watermark is not state: it starts again at MIN). */
  readonly operator?: unknown;
  /** State of the subtask that is redistributed when the parallelism changes; see `redistributeState`. */
  readonly operatorState?: OperatorStateSnapshot;
}
