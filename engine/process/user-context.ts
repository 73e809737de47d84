import type { Field, Schema } from '../batch/schema.ts';
import { withTypesOfDescriptor } from '../state/declared-types.ts';
import type { OperatorStateBackend } from '../state/operator-state-backend.ts';
import { didYouMean } from '../util/nearest.ts';
import { BroadcastStateView } from './broadcast-state-view.ts';
import type { CurrentCall, TimeDomain } from './call-state.ts';
import type { Emission } from './emission.ts';
import type { RuntimeContext } from '../functions/runtime-context.ts';
import { isSingleValue, VALUE_FIELD } from '../functions/side-outputs.ts';
import type { UserStates } from '../state/user-states.ts';
import { stateNameOf } from '../state/user-states.ts';
import type { TimerServiceOfUser } from './user-timer-service.ts';

/** A side output as `ctx.output` needs it. */
export interface SideOutput {
  readonly tag: Field;
  readonly schema: Schema;
}

export interface UserContextParts {
  readonly call: CurrentCall;
  readonly states: UserStates;
  readonly operatorState: OperatorStateBackend;
  readonly timers: TimerServiceOfUser;
  readonly runtime: RuntimeContext;
  readonly emission: Emission;
  readonly sideOutputs: ReadonlyMap<string, SideOutput>;
}

/**
 * `ctx` of a process function: one object for all its calls, always about the element (or timer) that is being processed. Its methods have the names
 * that Flink's contexts have.
 */
export class UserContext {
  readonly #parts: UserContextParts;

  constructor(parts: UserContextParts) {
    this.#parts = parts;
  }

  /** Of the element or of the timer that fires; null: the element has none. */
  timestamp(): number | null {
    const { timestamp } = this.#parts.call;
    return Number.isNaN(timestamp) ? null : timestamp;
  }

  getCurrentKey(): unknown {
    const { call } = this.#parts;
    if (call.phase !== 'element' && call.phase !== 'timer') throw new TypeError('There is no current key here.');
    return call.key;
  }

  timeDomain(): TimeDomain {
    const { domain } = this.#parts.call;
    if (domain === null) throw new TypeError('timeDomain() is known in onTimer only: it says which clock the timer was set for.');
    return domain;
  }

  timerService(): TimerServiceOfUser {
    return this.#parts.timers;
  }

  currentWatermark(): number {
    return this.#parts.timers.currentWatermark();
  }

  currentProcessingTime(): number {
    return this.#parts.timers.currentProcessingTime();
  }

  output(tag: unknown, value: unknown): void {
    const { emission, sideOutputs, call } = this.#parts;
    if (call.phase === 'idle' || call.phase === 'life-cycle') throw new TypeError('Nothing can be emitted here.');
    const name = typeof tag === 'object' && tag !== null ? (tag as { readonly id?: unknown }).id : tag;
    const side = sideOutputs.get(name as string);
    if (side === undefined) {
      const suggestion = typeof name === 'string' ? didYouMean(name, sideOutputs.keys()) : '';
      throw new TypeError(`There is no side output ${JSON.stringify(name) ?? 'undefined'}.${suggestion} Declare it under "Side outputs".`);
    }
    emission.add(side.tag.name, side.schema, isSingleValue(side.tag) ? { [VALUE_FIELD]: value } : value, 'ctx.output');
  }

  getState(descriptor: unknown): unknown {
    return this.#parts.states.getState(descriptor);
  }

  getListState(descriptor: unknown): unknown {
    return this.#parts.states.getListState(descriptor);
  }

  getMapState(descriptor: unknown): unknown {
    return this.#parts.states.getMapState(descriptor);
  }

  getReducingState(descriptor: unknown): unknown {
    return this.#parts.states.getReducingState(descriptor);
  }

  getAggregatingState(descriptor: unknown): unknown {
    return this.#parts.states.getAggregatingState(descriptor);
  }

  getBroadcastState(descriptor: unknown): object {
    const { operatorState, call } = this.#parts;
    const state = new BroadcastStateView(operatorState.broadcastState(stateNameOf(descriptor, 'getBroadcastState')), call);
    return withTypesOfDescriptor(state, descriptor);
  }

  applyToKeyedState(descriptor: unknown, apply: (key: unknown, state: unknown) => void): void {
    const { states, call } = this.#parts;
    if (call.phase !== 'broadcast-element') throw new TypeError('applyToKeyedState can be called in processBroadcastElement only.');
    states.forEachKey(descriptor, apply);
  }

  getRuntimeContext(): RuntimeContext {
    return this.#parts.runtime;
  }
}
