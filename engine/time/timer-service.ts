import { MIN_WATERMARK } from '../elements/marks.ts';
import { Timers } from './timers.ts';

/** A primitive that is equal for equal keys (or namespaces) and can therefore be looked up in a `Map`. */
export type Identity = string | number | boolean | bigint;

export interface Timer<K, N> {
  readonly key: K;
  /** In ms, of event time or of processing time. */
  readonly timestamp: number;
  /** What the timer is about: a window, or nothing in particular. */
  readonly namespace: N;
}

/** How keys and namespaces are compared. */
export interface TimerIdentities<K, N> {
  readonly ofKey: (key: K) => Identity;
  readonly ofNamespace: (namespace: N) => Identity;
}

/** One timer; `order` is its rank by registration, comparable between the key groups of one snapshot. */
export type TimerSnapshot<K, N> = readonly [key: K, timestamp: number, namespace: N, order: number];

/** The timers of one key group. */
export interface TimersOfKeyGroup<K, N> {
  readonly eventTime: readonly TimerSnapshot<K, N>[];
  readonly processingTime: readonly TimerSnapshot<K, N>[];
}

/**
 * Timers of one operator subtask (Flink: `InternalTimerService`): event-time timers fire with the watermark, processing-time timers with the clock
 * that the operator is told (`Operator.processProcessingTime`).
 */
export class TimerService<K, N> {
  readonly eventTime: Timers<K, N>;
  readonly processingTime: Timers<K, N>;

  constructor(identities: TimerIdentities<K, N>) {
    this.eventTime = new Timers(identities, MIN_WATERMARK);
    this.processingTime = new Timers(identities, 0);
  }

  get currentWatermark(): number {
    return this.eventTime.currentTime;
  }

  /** What was announced last: it is announced before every element. */
  get currentProcessingTime(): number {
    return this.processingTime.currentTime;
  }

  get size(): number {
    return this.eventTime.size + this.processingTime.size;
  }

  advanceWatermark(watermark: number, onTimer: (timer: Timer<K, N>) => void): void {
    // A watermark that does not rise is none.
    if (watermark > this.currentWatermark) this.eventTime.advanceTo(watermark, onTimer);
  }

  advanceProcessingTime(time: number, onTimer: (timer: Timer<K, N>) => void): void {
    this.processingTime.advanceTo(time, onTimer);
  }

  snapshot(keyGroupOf: (key: K) => number): Map<number, TimersOfKeyGroup<K, N>> {
    const eventTime = this.eventTime.snapshot(keyGroupOf);
    const processingTime = this.processingTime.snapshot(keyGroupOf);
    const keyGroups = new Map<number, TimersOfKeyGroup<K, N>>();
    for (const keyGroup of new Set([...eventTime.keys(), ...processingTime.keys()])) {
      keyGroups.set(keyGroup, { eventTime: eventTime.get(keyGroup) ?? [], processingTime: processingTime.get(keyGroup) ?? [] });
    }
    return keyGroups;
  }

  /** Timers of the key groups that this subtask owns now. Watermark and clock are not restored: they are announced again. */
  restore(keyGroups: ReadonlyMap<number, TimersOfKeyGroup<K, N>>): void {
    this.eventTime.restore(new Map([...keyGroups].map(([keyGroup, timers]) => [keyGroup, timers.eventTime])));
    this.processingTime.restore(new Map([...keyGroups].map(([keyGroup, timers]) => [keyGroup, timers.processingTime])));
  }
}
