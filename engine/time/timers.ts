import type { Identity, Timer, TimerIdentities, TimerSnapshot } from './timer-service.ts';
import type { Queued } from './timer-queue.ts';
import { TimerQueue } from './timer-queue.ts';
import type { TabledTimer } from './timer-table.ts';
import { TimerTable } from './timer-table.ts';

interface QueuedTimer<K, N> extends Timer<K, N>, Queued, TabledTimer {}

/**
 * Timers of one time domain: at most one per key, timestamp and namespace, fired in timestamp order, equal timestamps in registration order.
 */
export class Timers<K, N> {
  readonly #identities: TimerIdentities<K, N>;
  readonly #queue = new TimerQueue<QueuedTimer<K, N>>();
  readonly #table = new TimerTable<QueuedTimer<K, N>>();
  #nextOrder = 0;
  /** The timer that was registered or found last. */
  #last: QueuedTimer<K, N> | undefined;
  #currentTime: number;

  /** @param startTime The time before the clock of the domain was heard of. */
  constructor(identities: TimerIdentities<K, N>, startTime: number) {
    this.#identities = identities;
    this.#currentTime = startTime;
  }

  /** While timers fire this is already the time that fires them. */
  get currentTime(): number {
    return this.#currentTime;
  }

  get size(): number {
    return this.#queue.size;
  }

  /** Does nothing when the timer exists. One that is due already fires with the next announced time, as in Flink. */
  register(key: K, timestamp: number, namespace: N): void {
    const keyId = this.#identities.ofKey(key);
    const namespaceId = this.#identities.ofNamespace(namespace);
    if (this.#isLast(keyId, timestamp, namespaceId)) return;
    this.#last = this.#table.find(keyId, namespaceId, timestamp);
    if (this.#last !== undefined) return;
    const timer: QueuedTimer<K, N> = {
      key,
      timestamp,
      namespace,
      order: this.#nextOrder++,
      heapIndex: -1,
      keyId,
      namespaceId,
      hash: 0,
      next: undefined,
    };
    this.#table.add(timer);
    this.#queue.add(timer);
    this.#last = timer;
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
   * Raises the time and fires every timer at or below it. `onTimer` may register and delete timers; new ones that are due fire in the same
   * call. The same time once more fires what was registered for it since; an earlier one does nothing.
   */
  advanceTo(time: number, onTimer: (timer: Timer<K, N>) => void): void {
    if (time < this.#currentTime) return;
    this.#currentTime = time;
    for (let timer = this.#queue.peek(); timer !== undefined && timer.timestamp <= time; timer = this.#queue.peek()) {
      this.#take(timer);
      onTimer(timer);
    }
  }

  /** The timer that would fire first. */
  peek(): Timer<K, N> | undefined {
    return this.#queue.peek();
  }

  /** Takes out the timer that would fire first, without firing it. There is one. */
  takeFirst(): void {
    this.#take(this.#queue.peek() as QueuedTimer<K, N>);
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

  /** Timers of the key groups that this subtask owns now. The time is not restored: it starts again. */
  restore(keyGroups: ReadonlyMap<number, readonly TimerSnapshot<K, N>[]>): void {
    const inOrder = [...keyGroups].sort((a, b) => a[0] - b[0]).flatMap(([, timers]) => timers);
    // Stable: of former subtasks that counted for themselves, equal orders stay in order of key groups.
    for (const [key, timestamp, namespace] of inOrder.sort((a, b) => a[3] - b[3])) this.register(key, timestamp, namespace);
  }

  /** Windows ask for every record twice: the trigger's timer and the one that cleans up are mostly the same. */
  #isLast(keyId: Identity, timestamp: number, namespaceId: Identity): boolean {
    const last = this.#last;
    return last !== undefined && last.timestamp === timestamp && last.namespaceId === namespaceId && last.keyId === keyId;
  }

  #find(key: K, timestamp: number, namespace: N): QueuedTimer<K, N> | undefined {
    const { ofKey, ofNamespace } = this.#identities;
    return this.#table.find(ofKey(key), ofNamespace(namespace), timestamp);
  }

  #take(timer: QueuedTimer<K, N>): void {
    this.#queue.remove(timer);
    this.#table.remove(timer);
    if (timer === this.#last) this.#last = undefined;
  }
}
