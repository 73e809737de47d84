export interface KeyTimer {
  readonly time: number;
  readonly key: string;
}

/**
 * Timers in order of time, one per key and time: a binary heap of objects beside a set, like Flink's `HeapPriorityQueueSet`. Deleted ones
 * stay in the heap until their time, and are then passed over.
 */
export class TimerHeap {
  readonly #heap: KeyTimer[] = [];
  readonly #registered = new Map<number, Set<string>>();

  register(time: number, key: string): void {
    let keys = this.#registered.get(time);
    if (keys === undefined) this.#registered.set(time, (keys = new Set()));
    if (keys.has(key)) return;
    keys.add(key);
    this.#siftUp({ time, key });
  }

  delete(time: number, key: string): void {
    this.#unregister(time, key);
  }

  /** The earliest timer, if it is due at `time`. */
  pop(time: number): KeyTimer | null {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.time > time) return null;
      const last = this.#heap.pop() as KeyTimer;
      if (this.#heap.length > 0) this.#siftDown(last);
      if (this.#unregister(first.time, first.key)) return first;
    }
  }

  /** False: it was not registered. */
  #unregister(time: number, key: string): boolean {
    const keys = this.#registered.get(time);
    if (keys === undefined || !keys.delete(key)) return false;
    if (keys.size === 0) this.#registered.delete(time);
    return true;
  }

  #siftUp(timer: KeyTimer): void {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as KeyTimer;
      if (above.time <= timer.time) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = timer;
  }

  #siftDown(timer: KeyTimer): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as KeyTimer).time < (heap[child] as KeyTimer).time) child++;
      if ((heap[child] as KeyTimer).time >= timer.time) break;
      heap[i] = heap[child] as KeyTimer;
      i = child;
    }
    heap[i] = timer;
  }
}
