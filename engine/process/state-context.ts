import type { BroadcastState } from '../state/broadcast-state.ts';
import type { OperatorListState } from '../state/operator-list-state.ts';
import { withTypesOfDescriptor } from '../state/declared-types.ts';
import type { OperatorStateBackend } from '../state/operator-state-backend.ts';
import type { UserStates } from '../state/user-states.ts';
import { stateNameOf } from '../state/user-states.ts';

/** With the same methods. */
function typed<S extends object>(state: S, descriptor: unknown): S {
  return withTypesOfDescriptor(state, descriptor) as S;
}

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
      getListState: (descriptor) => typed(operator.listState(stateNameOf(descriptor, 'getListState')), descriptor),
      getUnionListState: (descriptor) => typed(operator.unionListState(stateNameOf(descriptor, 'getUnionListState')), descriptor),
      getBroadcastState: (descriptor) => typed(operator.broadcastState(stateNameOf(descriptor, 'getBroadcastState')), descriptor),
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
