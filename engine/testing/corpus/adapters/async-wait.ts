import type { Row } from '../../../batch/schema.ts';
import type { AsyncRequest } from '../../../operators/async-lookup/async-client.ts';
import { AsyncWaitOperator } from '../../../operators/async-lookup/async-wait-operator.ts';
import { newQueue } from '../../../operators/async-lookup/element-queue.ts';
import type { ElementQueue, OutputMode, QueueElement } from '../../../operators/async-lookup/element-queue.ts';
import type { ProcessingTime } from '../../../operators/operator.ts';
import type { HarnessDriver } from '../harness-script.ts';
import { playHarness } from '../harness-script.ts';
import { OperatorDriver } from '../operator-driver.ts';
import { expectSame, sameMultiset, sameValue, textOf } from '../same-value.ts';
import type { Adapters, Json, OperatorDescription, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';
import { timeoutResults } from '../timeout-results.ts';

/** Results of vectors are plain values, which the operator passes through as it would records. */
function rowsOf(results: unknown): readonly Row[] {
  return results as readonly Row[];
}

/** Plays the outside world as well: calls are answered by steps of the vector. */
class AsyncWaitDriver extends OperatorDriver implements HarnessDriver {
  readonly #calls: Map<unknown, AsyncRequest>;
  /** What came while the queue was full: the operator takes it as soon as there is room. */
  readonly #blocked: (() => void)[] = [];

  constructor(description: OperatorDescription) {
    const calls = new Map<unknown, AsyncRequest>();
    super((processingTime) => newOperator(description, processingTime, calls));
    this.#calls = calls;
  }

  override element(value: Row, timestamp: number, input: number): void {
    this.#take(() => super.element(value, timestamp, input));
  }

  override watermark(watermark: number, input: number): void {
    this.#take(() => super.watermark(watermark, input));
  }

  override processingTime(time: number): void {
    super.processingTime(time);
    this.#unblock();
  }

  override endInput(): void {
    // While calls are under way the operator waits; the steps that answer them come.
    this.#take(() => {
      if (this.#waiting.size === 0) super.endInput();
    });
  }

  otherStep(step: Json): boolean {
    const answer = (step['complete'] ?? step['fail']) as Json | undefined;
    if (answer === undefined) return false;
    const request = this.#calls.get(answer['id']);
    if (request === undefined) throw new Error(`there was no call ${textOf(answer['id'])}`);
    // An answer that comes twice, or after the timeout, has no effect.
    if (request.results === null) this.#waiting.answer(request, 'fail' in step ? null : rowsOf(answer['results']));
    this.#unblock();
    return true;
  }

  get #waiting(): AsyncWaitOperator {
    return this.operator as AsyncWaitOperator;
  }

  #take(action: () => void): void {
    if (this.#blocked.length > 0 || this.#waiting.isFull) this.#blocked.push(action);
    else action();
  }

  #unblock(): void {
    while (!this.#waiting.isFull) {
      const action = this.#blocked.shift();
      if (action === undefined) return;
      action();
    }
  }
}

function modeOf(mode: unknown): OutputMode {
  if (mode !== 'ordered' && mode !== 'unordered') throw new Error(`the adapter does not know the mode ${textOf(mode)}`);
  return mode;
}

function newOperator(
  description: OperatorDescription,
  processingTime: ProcessingTime,
  calls: Map<unknown, AsyncRequest>,
): AsyncWaitOperator {
  const { onTimeout } = description;
  return new AsyncWaitOperator({
    mode: modeOf(description['mode']),
    capacity: Number(description['capacity']),
    timeoutMs: Number(description['timeoutMs']),
    subtask: '0/1',
    retry: null,
    processingTime,
    clientOf: (context) => {
      // Requests of a restored operator are called again.
      calls.clear();
      return {
        call: (request) => {
          calls.set(request.record['id'], request);
          return null;
        },
        resultsOf: (_, rows) => rows,
        failed: (request) => context.fail('The call failed.', request.origin, request.record),
        timedOut: (request) => {
          if (onTimeout === undefined || onTimeout === null)
            return context.fail('Async function call has timed out.', request.origin, request.record);
          return rowsOf(timeoutResults(onTimeout, request.record));
        },
      };
    },
  });
}

async function playAsyncWait(vector: Vector): Promise<void> {
  await playHarness(vector, await new AsyncWaitDriver(vector.operator as OperatorDescription).open());
}

/** An element of the bare queue. */
interface Call {
  readonly id: unknown;
  readonly ts: unknown;
  results: readonly unknown[];
}

function playAsyncQueue(vector: Vector): void {
  const queue = newQueue<Call>(modeOf(vector['mode']), Number(vector['capacity']));
  const calls = new Map<unknown, Call>();
  for (const [i, step] of (vector.steps ?? []).entries()) {
    try {
      playQueueStep(step, queue, calls);
    } catch (error) {
      throw new Error(`step ${i + 1} ${textOf(step)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

function playQueueStep(step: Json, queue: ElementQueue<Call>, calls: Map<unknown, Call>): void {
  if ('put' in step) expectSame(put(step['put'] as Json, queue, calls), step['accepted'], 'accepted');
  else if ('complete' in step) {
    const { id, results } = step['complete'] as Json;
    const call = calls.get(id);
    if (call === undefined) throw new Error(`there is no call ${textOf(id)}`);
    call.results = results as readonly unknown[];
    queue.complete(call);
  } else if ('pop' in step) expectSame(popAll(queue), (step['pop'] as readonly Json[]).map(expectedOutput), 'popped');
  else if ('size' in step) expectSame(queue.size, step['size'], 'size');
  else if ('values' in step) expectValues(queue.values(), step['values'] as readonly unknown[]);
  else throw new Error('the adapter does not know this step');
}

function put(element: Json, queue: ElementQueue<Call>, calls: Map<unknown, Call>): boolean {
  if ('watermark' in element) return queue.tryPut({ kind: 'watermark', watermark: timeOf(element['watermark']) });
  const call: Call = { id: element['id'], ts: element['ts'], results: [] };
  const isAccepted = queue.tryPut({ kind: 'request', request: call });
  if (isAccepted) calls.set(call.id, call);
  return isAccepted;
}

function popAll(queue: ElementQueue<Call>): unknown[] {
  const output: unknown[] = [];
  for (let element = queue.pop(); element !== null; element = queue.pop()) {
    if (element.kind === 'watermark') output.push({ watermark: element.watermark });
    else for (const value of element.request.results) output.push({ value, ts: element.request.ts });
  }
  return output;
}

function expectedOutput(element: Json): Json {
  return 'watermark' in element ? { watermark: timeOf(element['watermark']) } : element;
}

/** Entries are written as they were put, or by their id; Flink leaves their order open within a segment. */
function expectValues(actual: readonly QueueElement<Call>[], expected: readonly unknown[]): void {
  const isSame = (element: QueueElement<Call>, wanted: unknown): boolean => {
    if (typeof wanted !== 'object' || wanted === null) return element.kind === 'request' && sameValue(element.request.id, wanted);
    const { watermark, id, ts } = wanted as Json;
    if (element.kind === 'watermark') return watermark !== undefined && element.watermark === timeOf(watermark);
    return sameValue(element.request.id, id) && (ts === undefined || sameValue(element.request.ts, ts));
  };
  if (actual.length !== expected.length || !sameMultiset(actual, expected, isSame)) {
    throw new Error(
      `got ${textOf(actual.map((one) => (one.kind === 'watermark' ? { watermark: one.watermark } : { id: one.request.id })))}`,
    );
  }
}

export const adapters: Adapters = { 'harness/asyncWait': playAsyncWait, asyncQueue: playAsyncQueue };
