import type { BroadcastState } from '../state/broadcast-state.ts';
import type { OperatorListState } from '../state/operator-list-state.ts';
import type { OperatorStateBackend } from '../state/operator-state-backend.ts';
import type { UserStates } from '../state/user-states.ts';
import { stateNameOf } from '../state/user-states.ts';

interface OperatorStateStore {
  getListState(descriptor: unknown): OperatorListState<unknown>;
  getUnionListState(descriptor: unknown): OperatorListState<unknown>;
  getBroadcastState(descriptor: unknown): BroadcastState<unknown, unknown>;
}

/** What `initializeState` and `snapshotState` get (Flink: `FunctionInitializationContext`). */
export class StateContext {
  readonly #isRestored: boolean;
  readonly #keyed: UserStates;
  readonly #operator: OperatorStateStore;

  constructor(isRestored: boolean, keyed: UserStates, operator: OperatorStateBackend) {
    this.#isRestored = isRestored;
    this.#keyed = keyed;
    this.#operator = {
      getListState: (descriptor) => operator.listState(stateNameOf(descriptor, 'getListState')),
      getUnionListState: (descriptor) => operator.unionListState(stateNameOf(descriptor, 'getUnionListState')),
      getBroadcastState: (descriptor) => operator.broadcastState(stateNameOf(descriptor, 'getBroadcastState')),
    };
  }

  isRestored(): boolean {
    return this.#isRestored;
  }

  getKeyedStateStore(): UserStates {
    return this.#keyed;
  }

  getOperatorStateStore(): OperatorStateStore {
    return this.#operator;
  }
}
