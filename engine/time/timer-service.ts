import { MIN_WATERMARK } from '../elements/marks.ts';
import type { Queued } from './timer-queue.ts';
import { TimerQueue } from './timer-queue.ts';

/** A primitive that is equal for equal keys (or namespaces) and can therefore be looked up in a `Map`. */
export type Identity = string | number | boolean | bigint;

export interface Timer<K, N> {
  readonly key: K;
  /** Event time in ms. */
  readonly timestamp: number;
  /** What the timer is about: a window, or nothing in particular. */
  readonly namespace: N;
}

/** How keys and namespaces are compared. */
export interface TimerIdentities<K, N> {
  readonly ofKey: (key: K) => Identity;
  readonly ofNamespace: (namespace: N) => Identity;
}

/** Timers of one key group, in registration order; `order` is that rank, comparable between the key groups of one snapshot. */
export type TimerSnapshot<K, N> = readonly [key: K, timestamp: number, namespace: N, order: number];

interface QueuedTimer<K, N> extends Timer<K, N>, Queued {}

/**
 * Event-time timers of one operator subtask (Flink: `InternalTimerService`): at most one per key, timestamp and namespace,
 * fired by the watermark in timestamp order, equal timestamps in registration order.
 */
export class EventTimeTimerService<K, N> {
  readonly #identities: TimerIdentities<K, N>;
  readonly #queue = new TimerQueue<QueuedTimer<K, N>>();
  readonly #byIdentity = new Map<Identity, Map<Identity, Map<number, QueuedTimer<K, N>>>>();
  #nextOrder = 0;
  #currentWatermark = MIN_WATERMARK;

  constructor(identities: TimerIdentities<K, N>) {
    this.#identities = identities;
  }

  /** While timers fire this is already the watermark that fires them. */
  get currentWatermark(): number {
    return this.#currentWatermark;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** Does nothing when the timer exists. A timestamp at or below the watermark fires with the next watermark, as in Flink. */
  register(key: K, timestamp: number, namespace: N): void {
    this.#add(key, timestamp, namespace, this.#nextOrder++);
  }

  /** Does nothing when there is no such timer. */
  delete(key: K, timestamp: number, namespace: N): void {
    const timer = this.#find(key, timestamp, namespace);
    if (timer !== undefined) this.#take(timer);
  }

  has(key: K, timestamp: number, namespace: N): boolean {
    return this.#find(key, timestamp, namespace) !== undefined;
  }

  /**
   * Raises the watermark and fires every timer at or below it. `onTimer` may register and delete timers; new ones that are
   * due fire in the same call.
   */
  advanceTo(watermark: number, onTimer: (timer: Timer<K, N>) => void): void {
    if (watermark <= this.#currentWatermark) return;
    this.#currentWatermark = watermark;
    for (let timer = this.#queue.peek(); timer !== undefined && timer.timestamp <= watermark; timer = this.#queue.peek()) {
      this.#take(timer);
      onTimer(timer);
    }
  }

  /** All timers as they would fire. */
  inFiringOrder(): readonly Timer<K, N>[] {
    return this.#queue.sorted();
  }

  snapshot(keyGroupOf: (key: K) => number): Map<number, TimerSnapshot<K, N>[]> {
    const keyGroups = new Map<number, TimerSnapshot<K, N>[]>();
    const timers = this.#queue.sorted().sort((a, b) => a.order - b.order);
    for (const timer of timers) {
      const keyGroup = keyGroupOf(timer.key);
      let entries = keyGroups.get(keyGroup);
      if (entries === undefined) keyGroups.set(keyGroup, (entries = []));
      entries.push([timer.key, timer.timestamp, timer.namespace, timer.order]);
    }
    return keyGroups;
  }

  /** Timers of the key groups that this subtask owns now. The watermark is not restored: it starts again at MIN. */
  restore(keyGroups: ReadonlyMap<number, readonly TimerSnapshot<K, N>[]>): void {
    const timers = [...keyGroups.values()].flat().sort((a, b) => a[3] - b[3]);
    for (const [key, timestamp, namespace] of timers) this.register(key, timestamp, namespace);
  }

  #find(key: K, timestamp: number, namespace: N): QueuedTimer<K, N> | undefined {
    const { ofKey, ofNamespace } = this.#identities;
    return this.#byIdentity.get(ofKey(key))?.get(ofNamespace(namespace))?.get(timestamp);
  }

  #add(key: K, timestamp: number, namespace: N, order: number): void {
    const { ofKey, ofNamespace } = this.#identities;
    const ofThisKey = childMap(this.#byIdentity, ofKey(key));
    const ofThisNamespace = childMap(ofThisKey, ofNamespace(namespace));
    if (ofThisNamespace.has(timestamp)) return;
    const timer: QueuedTimer<K, N> = { key, timestamp, namespace, order, heapIndex: -1 };
    ofThisNamespace.set(timestamp, timer);
    this.#queue.add(timer);
  }

  #take(timer: QueuedTimer<K, N>): void {
    this.#queue.remove(timer);
    const { ofKey, ofNamespace } = this.#identities;
    const keyId = ofKey(timer.key);
    const namespaceId = ofNamespace(timer.namespace);
    const ofThisKey = this.#byIdentity.get(keyId);
    const ofThisNamespace = ofThisKey?.get(namespaceId);
    ofThisNamespace?.delete(timer.timestamp);
    if (ofThisNamespace?.size === 0) ofThisKey?.delete(namespaceId);
    if (ofThisKey?.size === 0) this.#byIdentity.delete(keyId);
  }
}

function childMap<I, C>(parent: Map<Identity, Map<I, C>>, id: Identity): Map<I, C> {
  let child = parent.get(id);
  if (child === undefined) parent.set(id, (child = new Map<I, C>()));
  return child;
}
