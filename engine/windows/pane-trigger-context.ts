import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { valueStateDescriptor } from '../state/state-descriptor.ts';
import type { ValueState } from '../state/value-state.ts';
import type { TimerService } from '../time/timer-service.ts';
import type { TimeWindow } from './time-window.ts';
import { NO_WINDOW } from './time-window.ts';
import type { OnMergeContext, TriggerState } from './triggers/trigger.ts';

const PREFIX = 'trigger/';

/** One context for all panes, pointed at the pane in question: a trigger must not keep it. The key is the backend's current one. */
export class PaneTriggerContext implements OnMergeContext {
  readonly #timers: TimerService<unknown, TimeWindow>;
  readonly #backend: KeyedStateBackend<unknown, TimeWindow>;
  readonly #states = new Map<string, ValueState<unknown, TimeWindow>>();
  #window = NO_WINDOW;
  #merged: readonly TimeWindow[] = [];

  constructor(timers: TimerService<unknown, TimeWindow>, backend: KeyedStateBackend<unknown, TimeWindow>) {
    this.#timers = timers;
    this.#backend = backend;
  }

  /** @param merged The windows that were merged into it, for `onMerge`. */
  of(window: TimeWindow, merged: readonly TimeWindow[] = []): this {
    this.#window = window;
    this.#merged = merged;
    return this;
  }

  get currentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  get currentProcessingTime(): number {
    return this.#timers.currentProcessingTime;
  }

  registerEventTimeTimer(timestamp: number): void {
    this.#timers.eventTime.register(this.#backend.currentKey, timestamp, this.#window);
  }

  deleteEventTimeTimer(timestamp: number): void {
    this.#timers.eventTime.delete(this.#backend.currentKey, timestamp, this.#window);
  }

  registerProcessingTimeTimer(timestamp: number): void {
    this.#timers.processingTime.register(this.#backend.currentKey, timestamp, this.#window);
  }

  deleteProcessingTimeTimer(timestamp: number): void {
    this.#timers.processingTime.delete(this.#backend.currentKey, timestamp, this.#window);
  }

  state<T>(name: string): TriggerState<T> {
    return this.#stateOf<T>(name, this.#window);
  }

  mergeState<T>(name: string, merge: (a: T, b: T) => T): void {
    let merged: T | null = null;
    for (const window of [this.#window, ...this.#merged]) {
      const state = this.#stateOf<T>(name, window);
      const value = state.value();
      if (value !== null) merged = merged === null ? value : merge(merged, value);
      state.clear();
    }
    if (merged !== null) this.#stateOf<T>(name, this.#window).update(merged);
  }

  #stateOf<T>(name: string, window: TimeWindow): ValueState<T, TimeWindow> {
    let state = this.#states.get(name) as ValueState<T, TimeWindow> | undefined;
    if (state === undefined) {
      state = this.#backend.valueState(valueStateDescriptor<T>(PREFIX + name), window);
      this.#states.set(name, state);
    }
    state.setCurrentNamespace(window);
    return state;
  }
}
