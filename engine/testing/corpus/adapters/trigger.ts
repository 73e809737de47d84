import { identityOf } from '../../../state/identity-of.ts';
import { KeyedStateBackend } from '../../../state/keyed-state-backend.ts';
import { TimerService } from '../../../time/timer-service.ts';
import { PaneTriggerContext } from '../../../windows/pane-trigger-context.ts';
import type { TimeWindow } from '../../../windows/time-window.ts';
import { isSameWindow, windowIdentity } from '../../../windows/time-window.ts';
import type { Trigger, TriggerResult } from '../../../windows/triggers/trigger.ts';
import { FIRE } from '../../../windows/triggers/trigger.ts';
import { textOf } from '../same-value.ts';
import type { Adapters, Json, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';
import { triggerOf } from '../window-parts.ts';

export const adapters: Adapters = { trigger: (vector) => playTrigger(vector) };

const RESULTS = ['CONTINUE', 'FIRE', 'PURGE', 'FIRE_AND_PURGE'] as const;
const KEY = 'the key';

function playTrigger(vector: Vector): void {
  const harness = new TriggerHarness(triggerOf(vector['trigger'] as Json));
  for (const [i, step] of (vector.steps ?? []).entries()) {
    const difference = harness.take(step);
    if (difference !== null) throw new Error(`step ${i + 1} ${textOf(step)}: ${difference}`);
  }
}

/** A trigger alone, with real timers and state of one key (Flink: `TriggerTestHarness`). */
class TriggerHarness {
  readonly #trigger: Trigger;
  readonly #timers = new TimerService<unknown, TimeWindow>({ ofKey: identityOf, ofNamespace: windowIdentity });
  readonly #backend = new KeyedStateBackend<unknown, TimeWindow>(() => 0, windowIdentity);
  readonly #context = new PaneTriggerContext(this.#timers, this.#backend);

  constructor(trigger: Trigger) {
    this.#trigger = trigger;
    this.#backend.setCurrentKey(KEY);
  }

  /** What differs from what the step expects, or null. */
  take(step: Json): string | null {
    if ('element' in step) {
      const { window: pair, ts, value } = step['element'] as Json;
      const window = windowOf(pair);
      const timestamp = ts === undefined ? window.start : timeOf(ts);
      return unexpected(this.#trigger.onElement((value ?? {}) as Json, timestamp, window, this.#context.of(window)), step['result']);
    }
    if ('eventTimer' in step) {
      const { window: pair, ts } = step['eventTimer'] as Json;
      const window = windowOf(pair);
      return unexpected(this.#trigger.onEventTime(timeOf(ts), window, this.#context.of(window)), step['result']);
    }
    if ('advanceWatermark' in step) return this.#advance(step);
    if ('merge' in step) {
      const { target, sources } = step['merge'] as Json;
      const merged = (sources as unknown[]).map(windowOf);
      this.#trigger.onMerge?.(windowOf(target), this.#context.of(windowOf(target), merged));
      for (const window of merged) this.#trigger.clear(window, this.#context.of(window));
      return null;
    }
    if (!('clear' in step)) return 'the adapter does not know this step';
    const window = windowOf(step['clear']);
    this.#trigger.clear(window, this.#context.of(window));
    return null;
  }

  #advance(step: Json): string | null {
    const fired: TimeWindow[] = [];
    this.#timers.advanceWatermark(timeOf(step['advanceWatermark']), ({ timestamp, namespace }) => {
      const result = this.#trigger.onEventTime(timestamp, namespace, this.#context.of(namespace));
      if ((result & FIRE) !== 0) fired.push(namespace);
    });
    const hasFired = (pair: unknown): boolean => fired.some((window) => isSameWindow(window, windowOf(pair)));
    const missing = ((step['mustFire'] ?? []) as unknown[]).filter((pair) => !hasFired(pair));
    const tooMany = ((step['mustNotFire'] ?? []) as unknown[]).filter(hasFired);
    return missing.length + tooMany.length === 0 ? null : `fired ${textOf(fired)}`;
  }
}

function unexpected(actual: TriggerResult, expected: unknown): string | null {
  return RESULTS[actual] === expected ? null : `got ${RESULTS[actual]}`;
}

function windowOf(pair: unknown): TimeWindow {
  const [start, end] = pair as readonly unknown[];
  return { start: timeOf(start), end: timeOf(end) };
}
