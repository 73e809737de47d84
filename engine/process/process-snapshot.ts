import type { KeyedStateEntry, VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import { KEYED_STATE_VERSION } from '../state/keyed-state-backend.ts';
import type { OperatorStateSnapshot } from '../state/operator-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { TimersOfKeyGroup } from '../time/timer-service.ts';
import { assert } from '../util/assert.ts';

const SNAPSHOT_VERSION = 1;

type ProcessTimers = TimersOfKeyGroup<unknown, typeof VOID_NAMESPACE>;

/** One entry per key group. */
type KeyGroupEntry = readonly [states: readonly KeyedStateEntry[], timers: ProcessTimers];

/** What a process function consists of between two elements. */
export interface ProcessState {
  readonly states: ReadonlyMap<number, readonly unknown[]>;
  readonly timers: ReadonlyMap<number, ProcessTimers>;
}

export function snapshotOf({ states, timers }: ProcessState, operatorState: OperatorStateSnapshot | null): KeyedStateSnapshot {
  const keyGroups = new Map<number, KeyGroupEntry>();
  for (const keyGroup of new Set([...states.keys(), ...timers.keys()])) {
    const stateEntries = (states.get(keyGroup) ?? []) as readonly KeyedStateEntry[];
    keyGroups.set(keyGroup, [stateEntries, timers.get(keyGroup) ?? { eventTime: [], processingTime: [] }]);
  }
  return operatorState === null ? { version: SNAPSHOT_VERSION, keyGroups } : { version: SNAPSHOT_VERSION, keyGroups, operatorState };
}

/** The reverse of `snapshotOf`, but for the operator state; the states as a backend restores them. */
export function partsOfSnapshot(snapshot: KeyedStateSnapshot): {
  readonly states: KeyedStateSnapshot;
  readonly timers: ReadonlyMap<number, ProcessTimers>;
} {
  assert(snapshot.version === SNAPSHOT_VERSION, () => `state of a process function of layout version ${snapshot.version} can be read`);
  const keyGroups = [...snapshot.keyGroups] as unknown as readonly (readonly [number, KeyGroupEntry])[];
  return {
    states: { version: KEYED_STATE_VERSION, keyGroups: new Map(keyGroups.map(([keyGroup, [states]]) => [keyGroup, states])) },
    timers: new Map(keyGroups.map(([keyGroup, [, timers]]) => [keyGroup, timers])),
  };
}
