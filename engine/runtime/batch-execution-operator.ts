import type { Row } from '../batch/schema.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { positionOf } from '../elements/origin.ts';
import { identityOfKey, KeyReader } from '../functions/key-selector.ts';
import type { BatchExecution } from '../graph/batch-execution.ts';
import type { Operator, OperatorContext, OperatorSetup, Output, ProcessingTime } from '../operators/operator.ts';
import { must } from '../util/assert.ts';

/** A record that waits for the end of all inputs. */
interface Held {
  readonly record: Row;
  readonly timestamp: number;
  readonly origin: number;
  readonly input: number;
}

/** Processing time stands still while a batch job runs: an operator sees the time of the start, and what a timer causes comes at the end. */
class StandingClock implements ProcessingTime {
  /** Of whatever is happening. */
  origin = 0;
  readonly #start: number;

  constructor(clock: ProcessingTime) {
    this.#start = clock.at(0);
  }

  at(): number {
    return this.#start;
  }

  originAt(): number {
    return this.origin;
  }
}

/** What processing time reaches when all records have been processed: every timer fires. */
const END_OF_TIME = Number.POSITIVE_INFINITY;

/**
 * An operator in batch execution (Flink: FLIP-140, and `BatchExecutionInternalTimeService`): it gets its inputs in the order that batch execution promises,
 * then the end of event time and that of processing time. It is driven by its row path, so it need not know. Its keys are not taken out of memory one by one
 * as on a cluster: timers of all keys fire together at the end, in the order of their times.
 */
export class BatchExecutionOperator implements Operator {
  readonly #execution: BatchExecution;
  readonly #inner: Operator;
  readonly #clock: StandingClock;
  readonly #readers: readonly (KeyReader | null)[];
  readonly #unsorted: Held[] = [];
  /** By the identity of the key; keys in the order of their first record. */
  readonly #byKey = new Map<unknown, Held[]>();
  /** The record that is being processed, once it waited: problems are reported of its place, not of the end. */
  #current: Held | null = null;
  /** Whether what is emitted now is only to be replaced. */
  #isSuperseded = false;
  #context!: OperatorContext;

  /** @param create Of the module; it gets a setup in which processing time stands still. */
  constructor(execution: BatchExecution, setup: OperatorSetup, create: (setup: OperatorSetup) => Operator) {
    this.#execution = execution;
    this.#clock = new StandingClock(setup.processingTime);
    this.#inner = create({ ...setup, processingTime: this.#clock, fused: false });
    this.#readers = setup.inputs.map(({ key, schema }, i) => {
      return execution.inputs[i] === 'by-key' ? new KeyReader(must(key, 'the key of a sorted input'), schema) : null;
    });
  }

  open(context: OperatorContext): void {
    this.#context = context;
    const place = (position: number): number => (this.#current === null ? position : positionOf(this.#current.origin));
    this.#inner.open({
      ...context,
      output: this.#outputOf(context.output),
      report: (kind, position, reason, content) => context.report(kind, place(position), reason, content),
      fail: (reason, position, content, cause, key) => context.fail(reason, place(position), content, cause, key),
    });
  }

  processElement(record: Row, timestamp: number, origin: number, input: number): void {
    const held: Held = { record, timestamp, origin, input };
    switch (this.#execution.inputs[input]) {
      case 'at-the-end':
        this.#unsorted.push(held);
        break;
      case 'by-key':
        this.#hold(held, must(this.#readers[input], 'the key of a sorted input'));
        break;
      case 'as-one-key':
        this.#holdAs(null, held);
        break;
      default:
        this.#feed(held, origin);
    }
  }

  /** In batch execution event time only ends. */
  processWatermark(watermark: number, origin: number): void {
    if (watermark !== MAX_WATERMARK) return;
    for (const held of this.#unsorted.splice(0)) this.#feedHeld(held, origin);
    for (const [key, records] of this.#byKey) {
      this.#byKey.delete(key);
      const sorted = records.sort((a, b) => timeOf(a) - timeOf(b));
      const last = sorted.at(-1);
      for (const held of sorted) {
        this.#isSuperseded = this.#execution.isLastOnly && held !== last;
        this.#feedHeld(held, origin);
      }
    }
    this.#endTime(origin);
  }

  flush(): void {
    this.#inner.flush?.();
  }

  finish(): void {
    this.#inner.finish?.();
  }

  close(): void {
    this.#inner.close?.();
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#inner.userCounters?.() ?? new Map();
  }

  #hold(held: Held, reader: KeyReader): void {
    let identity: unknown;
    try {
      identity = identityOfKey(reader.keyOfRecord(held.record));
    } catch {
      // It has no key, which the operator says in its own words.
      this.#feed(held, held.origin);
      return;
    }
    this.#holdAs(identity, held);
  }

  #holdAs(identity: unknown, held: Held): void {
    const ofKey = this.#byKey.get(identity);
    if (ofKey === undefined) this.#byKey.set(identity, [held]);
    else ofKey.push(held);
  }

  #feedHeld(held: Held, origin: number): void {
    this.#current = held;
    this.#feed(held, origin);
    this.#current = null;
  }

  #feed({ record, timestamp, input }: Held, origin: number): void {
    this.#clock.origin = origin;
    this.#inner.processProcessingTime?.(this.#clock.at(), origin);
    this.#inner.processElement(record, timestamp, origin, input);
  }

  /** Event time ends, then processing time, and only then does what follows hear of it: nothing of this is late there. */
  #endTime(origin: number): void {
    this.#clock.origin = origin;
    this.#isSuperseded = false;
    this.#inner.processWatermark?.(MAX_WATERMARK, origin);
    this.#inner.processProcessingTime?.(END_OF_TIME, origin);
    this.#inner.flush?.();
    this.#context.output.emitWatermark(MAX_WATERMARK, origin);
  }

  #outputOf(output: Output): Output {
    return {
      collect: (record, timestamp, origin) => {
        if (!this.#isSuperseded) output.collect(record, timestamp, origin);
      },
      collectBatch: (batch) => output.collectBatch(batch),
      sideOutput: (port, record, timestamp, origin) => output.sideOutput(port, record, timestamp, origin),
      // The end of event time follows when processing time has ended as well; there is no other watermark.
      emitWatermark: () => undefined,
      emitWatermarkStatus: (idle, origin) => output.emitWatermarkStatus(idle, origin),
    };
  }
}

/** Records without a timestamp come first. Equal ones stay in the order of arrival. */
function timeOf({ timestamp }: Held): number {
  return Number.isNaN(timestamp) ? -Number.MAX_VALUE : timestamp;
}
