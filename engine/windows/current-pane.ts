import type { Row } from '../batch/schema.ts';
import type { Output } from '../operators/operator.ts';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { UserStateStore } from '../state/user-states.ts';
import type { TimerService } from '../time/timer-service.ts';
import { must } from '../util/assert.ts';
import type { FiringPane } from './pane-function.ts';
import { KeyStates, WindowStates } from './pane-states.ts';
import type { TimeWindow } from './time-window.ts';
import { maxTimestamp, NO_WINDOW } from './time-window.ts';
import { UserCodeError } from './user-code-error.ts';

const OF_WINDOW = 'window/';
const OF_KEY = 'global/';

/** One object for all panes, pointed at the pane in question. The key is the backend's current one. */
export class CurrentPane implements FiringPane {
  readonly #timers: TimerService<unknown, TimeWindow>;
  readonly #backend: KeyedStateBackend<unknown, TimeWindow>;
  readonly #isMerging: boolean;
  readonly #homeOfWindow: WindowStates;
  readonly #statesOfWindow: UserStateStore;
  readonly keyStates: UserStateStore;
  #output: Output | null = null;
  #window = NO_WINDOW;
  #origin = 0;

  constructor(timers: TimerService<unknown, TimeWindow>, backend: KeyedStateBackend<unknown, TimeWindow>, isMerging: boolean) {
    this.#timers = timers;
    this.#backend = backend;
    this.#isMerging = isMerging;
    const now = (): number => timers.currentProcessingTime;
    this.#homeOfWindow = new WindowStates(backend, OF_WINDOW);
    this.#statesOfWindow = new UserStateStore(this.#homeOfWindow, now);
    this.keyStates = new UserStateStore(new KeyStates(backend, OF_KEY), now);
  }

  open(output: Output): void {
    this.#output = output;
  }

  /** @param origin What its results carry. */
  of(window: TimeWindow, origin: number): this {
    this.#window = window;
    this.#origin = origin;
    this.#homeOfWindow.of(window);
    return this;
  }

  get key(): unknown {
    return this.#backend.currentKey;
  }

  get window(): TimeWindow {
    return this.#window;
  }

  get currentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  get currentProcessingTime(): number {
    return this.#timers.currentProcessingTime;
  }

  collect(record: Row): void {
    must(this.#output, 'the output of an open operator').collect(record, maxTimestamp(this.#window), this.#origin);
  }

  sideOutput(port: string, record: Row): void {
    must(this.#output, 'the output of an open operator').sideOutput(port, record, maxTimestamp(this.#window), this.#origin);
  }

  get windowStates(): UserStateStore {
    if (this.#isMerging) throw new UserCodeError('There is no state per window when windows merge. Use the state of the key instead.');
    return this.#statesOfWindow;
  }

  /** Flink leaves this to the function's `clear`; a function that forgets it would leak, and nobody can see the difference. */
  clearWindowState(window: TimeWindow): void {
    this.#homeOfWindow.of(window).clear();
  }
}
