import type { Row } from '../../batch/schema.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import { copyValue } from '../../state/copy-value.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { Queued } from '../../time/timer-queue.ts';
import { TimerQueue } from '../../time/timer-queue.ts';
import { assert, must } from '../../util/assert.ts';
import type { Operator, OperatorContext, ProcessingTime } from '../operator.ts';
import type { AsyncClient, AsyncRequest, AsyncResponse } from './async-client.ts';
import type { ElementQueue, OutputMode } from './element-queue.ts';
import { newQueue } from './element-queue.ts';
import type { RetryStrategy } from './retry-strategy.ts';

export interface AsyncWaitParts {
  readonly mode: OutputMode;
  /** Requests and watermarks in flight, at most. */
  readonly capacity: number;
  /** Longest time from the first call of a request to its answer, retries included, in ms; 0 = no limit. */
  readonly timeoutMs: number;
  /** Which subtask it is, of how many: state of any other is of a job at another parallelism. */
  readonly subtask: string;
  /** Null: a failed call is not made again. */
  readonly retry: RetryStrategy | null;
  readonly processingTime: ProcessingTime;
  /** Of the context, because it may report and fail. */
  readonly clientOf: (context: OperatorContext) => AsyncClient;
}

/** Something that will happen to a request at a processing time. */
interface Due extends Queued {
  readonly request: AsyncRequest;
  readonly kind: 'response' | 'retry' | 'timeout';
  readonly response: AsyncResponse | null;
}

/** Events of one request at the same time: its answer still beats its timeout. */
const ORDER = { response: 0, retry: 0, timeout: 1 } as const;

/** What is in flight, in order of arrival: a list that can be dealt out to other subtasks. Watermarks are numbers. */
type InFlight = AsyncRequest | number;

const IN_FLIGHT = 'in-flight';

/** Where a subtask stood. */
interface AsyncProgress {
  readonly subtask: string;
  readonly now: number;
  readonly emittedOrigin: number;
  readonly lastWatermark: number;
}

const VERSION = 1;

/**
 * Asynchronous calls for records (Flink: `AsyncWaitOperator`), in virtual processing time: a full queue makes the operator wait, which means that its
 * own time goes on to the next answer while the input stands still. What an answer of time *t* emits carries the first origin at or after *t*
 * (`docs/decisions/0006-arrival-clock.md`). Requests in flight are part of the snapshot and called again after a restore; as an answer depends on the
 * request only, they are answered when they would have been.
 */
export class AsyncWaitOperator implements Operator {
  readonly #parts: AsyncWaitParts;
  readonly #queue: ElementQueue<AsyncRequest>;
  readonly #dues = new TimerQueue<Due>();
  readonly #duesOf = new Map<AsyncRequest, Set<Due>>();
  #now = Number.NEGATIVE_INFINITY;
  /** Origins never go back: what waited for an answer is behind the elements that came meanwhile. */
  #emittedOrigin = Number.NEGATIVE_INFINITY;
  #nextRank = 0;
  #lastWatermark = MIN_WATERMARK;
  /** The last watermark before a restore: announced once more, it says nothing new. */
  #restoredWatermark = MIN_WATERMARK;
  #isEnding = false;
  #restored: KeyedStateSnapshot | null = null;
  #context: OperatorContext | null = null;
  #client: AsyncClient | null = null;

  constructor(parts: AsyncWaitParts) {
    this.#parts = parts;
    this.#queue = newQueue(parts.mode, parts.capacity);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#client = this.#parts.clientOf(context);
    if (this.#restored !== null) this.#resume(this.#restored);
    this.#restored = null;
  }

  /** No further element is taken before an answer has made room. */
  get isFull(): boolean {
    return this.#queue.isFull;
  }

  get size(): number {
    return this.#queue.size;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#arrive(origin);
    this.#waitForRoom();
    const issuedAt = this.#now;
    const request: AsyncRequest = {
      record,
      timestamp,
      origin,
      rank: this.#nextRank++,
      issuedAt,
      attempt: 1,
      attemptAt: issuedAt,
      results: null,
      completedAt: Number.NaN,
    };
    assert(this.#queue.tryPut({ kind: 'request', request }), 'there is room for a request');
    this.#scheduleTimeout(request);
    this.#call(request);
    this.#runDues(this.#now);
  }

  processWatermark(watermark: number, origin: number): void {
    if (watermark <= this.#lastWatermark || watermark === this.#restoredWatermark) return;
    this.#lastWatermark = watermark;
    this.#arrive(origin);
    this.#waitForRoom();
    assert(this.#queue.tryPut({ kind: 'watermark', watermark }), 'there is room for a watermark');
    this.#emitCompleted();
  }

  /** As in Flink, the status does not wait. */
  processWatermarkStatus(idle: boolean, origin: number): void {
    this.#emittedOrigin = Math.max(this.#emittedOrigin, origin);
    this.#output.emitWatermarkStatus(idle, this.#emittedOrigin);
  }

  processProcessingTime(time: number): void {
    this.#runDues(time);
    this.#now = Math.max(this.#now, time);
  }

  /** All requests are waited for. Those that wait for a retry are called at once, and no further retries are made, as in Flink. */
  finish(): void {
    this.#isEnding = true;
    for (const { request } of this.#dues.sorted().filter(({ kind }) => kind === 'retry')) {
      this.#cancel(request, 'retry');
      request.attemptAt = this.#now;
      this.#call(request);
    }
    while (this.#queue.size > 0) this.#runNext();
  }

  /** The answer to a request whose client did not know it. Rows null: the call failed. */
  answer(request: AsyncRequest, rows: readonly Row[] | null): void {
    this.#respond(request, { at: this.#now, rows });
  }

  snapshot(): KeyedStateSnapshot {
    const inFlight = this.#queue
      .values()
      .map((element): InFlight => (element.kind === 'watermark' ? element.watermark : copyValue({ ...element.request })));
    const operator: AsyncProgress = {
      subtask: this.#parts.subtask,
      now: this.#now,
      emittedOrigin: this.#emittedOrigin,
      lastWatermark: this.#lastWatermark,
    };
    return { version: VERSION, keyGroups: new Map(), operator, operatorState: { lists: [[IN_FLIGHT, 'split', inFlight]], broadcast: [] } };
  }

  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === VERSION, () => `requests in flight of layout version ${snapshot.version} can be read`);
    this.#restored = snapshot;
  }

  /**
   * Requests of other subtasks than the former self may belong before its watermarks; then all of them come before any watermark, which the input
   * announces again.
   */
  #resume({ operator, operatorState }: KeyedStateSnapshot): void {
    const progress = operator as AsyncProgress | undefined;
    const isSame = progress?.subtask === this.#parts.subtask;
    if (isSame) {
      this.#now = progress.now;
      this.#emittedOrigin = progress.emittedOrigin;
      this.#restoredWatermark = progress.lastWatermark;
    }
    const requests: AsyncRequest[] = [];
    for (const element of (operatorState?.lists.find(([name]) => name === IN_FLIGHT)?.[2] ?? []) as readonly InFlight[]) {
      if (typeof element !== 'number') {
        const request = { ...copyValue(element), rank: this.#nextRank++ };
        this.#queue.put({ kind: 'request', request });
        requests.push(request);
      } else if (isSame) this.#queue.put({ kind: 'watermark', watermark: element });
    }
    const completed = requests.filter(({ results }) => results !== null);
    for (const request of completed.toSorted((a, b) => a.completedAt - b.completedAt || a.rank - b.rank)) this.#queue.complete(request);
    for (const request of requests) {
      if (request.results !== null) continue;
      this.#scheduleTimeout(request);
      if (request.attemptAt > this.#now) this.#schedule(request, 'retry', request.attemptAt, null);
      else this.#call(request);
    }
  }

  get #output(): OperatorContext['output'] {
    return must(this.#context, 'the context of an open operator').output;
  }

  #arrive(origin: number): void {
    this.processProcessingTime(this.#parts.processingTime.at(origin));
    this.#emittedOrigin = Math.max(this.#emittedOrigin, origin);
  }

  #waitForRoom(): void {
    while (this.#queue.isFull) this.#runNext();
  }

  #call(request: AsyncRequest): void {
    const response = must(this.#client, 'the client of an open operator').call(request);
    if (response !== null) this.#schedule(request, 'response', response.at, response);
  }

  #scheduleTimeout(request: AsyncRequest): void {
    const { timeoutMs } = this.#parts;
    if (timeoutMs > 0) this.#schedule(request, 'timeout', request.issuedAt + timeoutMs, null);
  }

  #schedule(request: AsyncRequest, kind: Due['kind'], timestamp: number, response: AsyncResponse | null): void {
    const due: Due = { request, kind, response, timestamp, order: request.rank * 2 + ORDER[kind], heapIndex: -1 };
    this.#dues.add(due);
    const ofRequest = this.#duesOf.get(request);
    if (ofRequest === undefined) this.#duesOf.set(request, new Set([due]));
    else ofRequest.add(due);
  }

  #cancel(request: AsyncRequest, kind?: Due['kind']): void {
    for (const due of this.#duesOf.get(request) ?? []) {
      if (kind !== undefined && due.kind !== kind) continue;
      this.#dues.remove(due);
      this.#duesOf.get(request)?.delete(due);
    }
  }

  #runDues(time: number): void {
    for (let due = this.#dues.peek(); due !== undefined && due.timestamp <= time; due = this.#dues.peek()) this.#run(due);
  }

  /** Lets time go on to what happens next. */
  #runNext(): void {
    this.#run(must(this.#dues.peek(), 'an answer to wait for'));
  }

  #run(due: Due): void {
    const { request, kind, timestamp, response } = due;
    this.#dues.remove(due);
    this.#duesOf.get(request)?.delete(due);
    this.#now = Math.max(this.#now, timestamp);
    this.#emittedOrigin = Math.max(this.#emittedOrigin, this.#parts.processingTime.originAt(timestamp));
    if (kind === 'retry') this.#call(request);
    else if (kind === 'timeout') this.#complete(request, must(this.#client, 'the client of an open operator').timedOut(request));
    else this.#respond(request, must(response, 'the answer'));
  }

  #respond(request: AsyncRequest, { rows }: AsyncResponse): void {
    const { retry } = this.#parts;
    const wantsRetry = retry !== null && (rows === null || (rows.length === 0 && retry.retriesEmpty));
    if (wantsRetry && !this.#isEnding && request.attempt <= retry.maxRetries) {
      request.attemptAt = this.#now + retry.delayAfter(request.attempt);
      request.attempt++;
      this.#schedule(request, 'retry', request.attemptAt, null);
      return;
    }
    const client = must(this.#client, 'the client of an open operator');
    this.#complete(request, rows === null ? client.failed(request) : client.resultsOf(request, rows));
  }

  #complete(request: AsyncRequest, results: readonly Row[]): void {
    this.#cancel(request);
    this.#duesOf.delete(request);
    request.results = results;
    request.completedAt = this.#now;
    this.#queue.complete(request);
    this.#emitCompleted();
  }

  #emitCompleted(): void {
    for (let element = this.#queue.pop(); element !== null; element = this.#queue.pop()) {
      if (element.kind === 'watermark') this.#output.emitWatermark(element.watermark, this.#emittedOrigin);
      else {
        const { results, timestamp } = element.request;
        for (const result of results ?? []) this.#output.collect(result, timestamp, this.#emittedOrigin);
      }
    }
  }
}
