import type { EventTimeTimerService } from '../time/timer-service.ts';
import type { TimeWindow } from './time-window.ts';
import { NO_WINDOW } from './time-window.ts';
import type { TriggerContext } from './triggers/trigger.ts';

/** One context for all panes, pointed at the pane in question: a trigger must not keep it. */
export class PaneTriggerContext implements TriggerContext {
  readonly #timers: EventTimeTimerService<unknown, TimeWindow>;
  #key: unknown = null;
  #window = NO_WINDOW;

  constructor(timers: EventTimeTimerService<unknown, TimeWindow>) {
    this.#timers = timers;
  }

  of(key: unknown, window: TimeWindow): this {
    this.#key = key;
    this.#window = window;
    return this;
  }

  get currentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  registerEventTimeTimer(timestamp: number): void {
    this.#timers.register(this.#key, timestamp, this.#window);
  }

  deleteEventTimeTimer(timestamp: number): void {
    this.#timers.delete(this.#key, timestamp, this.#window);
  }
}
