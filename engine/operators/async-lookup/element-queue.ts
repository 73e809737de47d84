import { assert } from '../../util/assert.ts';

/** A watermark that keeps its place among the requests. */
export interface QueuedWatermark {
  readonly kind: 'watermark';
  readonly watermark: number;
}

/** A record that waits for its results. `R` is what is known of the request. */
export interface QueuedRequest<R> {
  readonly kind: 'request';
  readonly request: R;
}

export type QueueElement<R> = QueuedWatermark | QueuedRequest<R>;

/**
 * Requests in flight and watermarks between them, at most `capacity` (after Flink's `StreamElementQueue`). Elements leave when they are
 * completed and the mode lets them; a watermark is complete from the start.
 */
export interface ElementQueue<R> {
  readonly size: number;
  readonly isFull: boolean;
  /** False, and nothing happens, when it is full. */
  tryPut(element: QueueElement<R>): boolean;
  /** Puts it in even when it is full: after a restore at a lower parallelism there can be more in flight than fits. */
  put(element: QueueElement<R>): void;
  /** The results of a request are there. */
  complete(request: R): void;
  /** The next element that may leave now, or null. */
  pop(): QueueElement<R> | null;
  /** What is in it, in order of arrival. */
  values(): readonly QueueElement<R>[];
}

/** Elements leave in the order in which they came (Flink: `OrderedStreamElementQueue`). */
export class OrderedQueue<R> implements ElementQueue<R> {
  readonly #capacity: number;
  readonly #elements: QueueElement<R>[] = [];
  readonly #completed = new Set<R>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#elements.length;
  }

  get isFull(): boolean {
    return this.size >= this.#capacity;
  }

  tryPut(element: QueueElement<R>): boolean {
    if (this.isFull) return false;
    this.put(element);
    return true;
  }

  put(element: QueueElement<R>): void {
    this.#elements.push(element);
  }

  complete(request: R): void {
    this.#completed.add(request);
  }

  pop(): QueueElement<R> | null {
    const [first] = this.#elements;
    if (first === undefined || (first.kind === 'request' && !this.#completed.delete(first.request))) return null;
    this.#elements.shift();
    return first;
  }

  values(): readonly QueueElement<R>[] {
    return [...this.#elements];
  }
}

/** Requests between two watermarks, in order of arrival, and those of them that are completed, in order of completion. */
interface Segment<R> {
  readonly requests: Set<R>;
  readonly completed: R[];
  /** What ends it; null: nothing yet. */
  watermark: number | null;
}

/**
 * Completed requests overtake one another, but neither do they overtake a watermark nor a watermark them (Flink:
 * `UnorderedStreamElementQueue`).
 */
export class UnorderedQueue<R> implements ElementQueue<R> {
  readonly #capacity: number;
  readonly #segments: Segment<R>[] = [newSegment()];
  readonly #segmentOf = new Map<R, Segment<R>>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#capacity;
  }

  tryPut(element: QueueElement<R>): boolean {
    if (this.isFull) return false;
    this.put(element);
    return true;
  }

  put(element: QueueElement<R>): void {
    const last = this.#segments.at(-1) as Segment<R>;
    if (element.kind === 'request') {
      last.requests.add(element.request);
      this.#segmentOf.set(element.request, last);
    } else {
      last.watermark = element.watermark;
      this.#segments.push(newSegment());
    }
    this.#size++;
  }

  complete(request: R): void {
    const segment = this.#segmentOf.get(request);
    assert(segment !== undefined, 'a request that is completed is in the queue');
    segment.completed.push(request);
  }

  pop(): QueueElement<R> | null {
    const first = this.#segments[0] as Segment<R>;
    const request = first.completed.shift();
    if (request !== undefined) {
      first.requests.delete(request);
      this.#segmentOf.delete(request);
      this.#size--;
      return { kind: 'request', request };
    }
    if (first.requests.size > 0 || first.watermark === null) return null;
    this.#segments.shift();
    this.#size--;
    return { kind: 'watermark', watermark: first.watermark };
  }

  values(): readonly QueueElement<R>[] {
    return this.#segments.flatMap(({ requests, watermark }): QueueElement<R>[] => [
      ...[...requests].map((request) => ({ kind: 'request', request }) as const),
      ...(watermark === null ? [] : [{ kind: 'watermark', watermark } as const]),
    ]);
  }
}

function newSegment<R>(): Segment<R> {
  return { requests: new Set(), completed: [], watermark: null };
}

export type OutputMode = 'ordered' | 'unordered';

export function newQueue<R>(mode: OutputMode, capacity: number): ElementQueue<R> {
  return mode === 'ordered' ? new OrderedQueue(capacity) : new UnorderedQueue(capacity);
}
