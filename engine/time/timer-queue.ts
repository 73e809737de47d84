/** What the queue keeps of an entry: its rank, and where it sits, so that it can be taken out from the middle. */
export interface Queued {
  readonly timestamp: number;
  /** Breaks ties between equal timestamps. Unique. */
  readonly order: number;
  /** Place in the heap; -1 while not queued. Written by the queue only. */
  heapIndex: number;
}

/** Binary heap by (timestamp, order) with removal of any entry in O(log n). */
export class TimerQueue<T extends Queued> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): T | undefined {
    return this.#heap[0];
  }

  add(entry: T): void {
    this.#heap.push(entry);
    this.#siftUp(this.#heap.length - 1, entry);
  }

  remove(entry: T): void {
    const at = entry.heapIndex;
    const last = this.#heap.pop() as T;
    entry.heapIndex = -1;
    if (last === entry) return;
    // The last entry may belong above or below the hole, depending on which branch it came from.
    this.#siftUp(at, last);
    this.#siftDown(last.heapIndex, last);
  }

  /** All entries in the order in which they would be polled. */
  sorted(): T[] {
    return [...this.#heap].sort(compare);
  }

  #siftUp(from: number, entry: T): void {
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#heap[parentAt] as T;
      if (compare(parent, entry) <= 0) break;
      this.#put(at, parent);
      at = parentAt;
    }
    this.#put(at, entry);
  }

  #siftDown(from: number, entry: T): void {
    const size = this.#heap.length;
    let at = from;
    for (let childAt = 2 * at + 1; childAt < size; childAt = 2 * at + 1) {
      const right = this.#heap[childAt + 1];
      if (right !== undefined && compare(right, this.#heap[childAt] as T) < 0) childAt++;
      const child = this.#heap[childAt] as T;
      if (compare(entry, child) <= 0) break;
      this.#put(at, child);
      at = childAt;
    }
    this.#put(at, entry);
  }

  #put(at: number, entry: T): void {
    this.#heap[at] = entry;
    entry.heapIndex = at;
  }
}

function compare(a: Queued, b: Queued): number {
  return a.timestamp === b.timestamp ? a.order - b.order : a.timestamp - b.timestamp;
}
