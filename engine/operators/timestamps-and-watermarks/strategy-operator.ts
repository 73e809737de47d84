import type { Row, Schema } from '../../batch/schema.ts';
import { MAX_WATERMARK, MIN_WATERMARK } from '../../elements/marks.ts';
import { positionOf } from '../../elements/origin.ts';
import { userErrorText } from '../../functions/user-error.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { BoundedOutOfOrdernessWatermarks } from '../../time/watermark-generator.ts';
import type { WatermarkGenerator } from '../../time/watermark-generator.ts';
import { WatermarkMultiplexer } from '../../time/watermark-multiplexer.ts';
import type { MultiplexerState } from '../../time/watermark-multiplexer.ts';
import { assert, must, unreachable } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output, ProcessingTime } from '../operator.ts';
import type { TimestampsAndWatermarksConfig } from './definition.ts';
import { eventTimeOf, noEventTime } from './event-time.ts';
import { NotAWatermarkError, PeriodicWatermarks, PunctuatedWatermarks } from './user-watermarks.ts';

const SNAPSHOT_VERSION = 1;

/** A part of the stream with watermarks of its own. */
interface Split {
  readonly id: number;
  readonly generator: WatermarkGenerator;
  /** Processing time of its last record, or the start of the job. */
  lastActivity: number;
  isIdle: boolean;
}

interface OperatorState {
  readonly maxTimestamp: number;
  readonly dueTimestamp: number;
  readonly watermark: number;
  readonly isIdle: boolean;
  readonly now: number;
  readonly dueTime: number;
  readonly splits: readonly (readonly [id: number, generator: unknown, lastActivity: number, isIdle: boolean])[];
  readonly combined: MultiplexerState<number>;
}

/**
 * Every watermark strategy, one record at a time (Flink: `TimestampsAndWatermarksOperator`, with one generator per split behind a
 * `WatermarkOutputMultiplexer`). The two strategies most streams use have a columnar operator besides, which must agree with this one.
 */
export class WatermarkStrategyOperator implements Operator {
  protected readonly config: TimestampsAndWatermarksConfig;
  protected readonly splits = new Map<number, Split>();
  protected readonly time: ProcessingTime;
  protected readonly multiplexer: WatermarkMultiplexer<number>;
  /** Processing time, as far as it was announced. */
  protected now: number;
  /** Processing time of the next periodic emission, when it goes by that clock. */
  protected dueTime: number;
  /** Of the element that is being processed: what it causes carries it. */
  protected origin = 0;
  protected readonly intervalMs: number;
  readonly #schema: Schema;
  readonly #splitCount: number;
  #context!: OperatorContext;
  #output!: Output;
  #maxTimestamp = MIN_WATERMARK;
  #dueTimestamp = MIN_WATERMARK;
  #watermark = MIN_WATERMARK;
  #isIdle = false;

  constructor(config: TimestampsAndWatermarksConfig, setup: OperatorSetup) {
    const input = must(setup.inputs[0], 'the input of an assigner');
    this.config = config;
    this.#schema = input.schema;
    this.time = setup.processingTime;
    this.now = setup.processingTime.at(0);
    this.intervalMs = setup.autoWatermarkIntervalMs;
    this.dueTime = this.now + this.intervalMs;
    this.multiplexer = new WatermarkMultiplexer({
      emitWatermark: (watermark) => this.#emit(watermark),
      markIdle: () => this.#markIdle(),
    });
    this.#splitCount = config.perSplit ? (input.splits ?? 1) : 1;
    // A split without records holds the watermark back from the start; one that another subtask reads does not.
    for (let id = 0; id < this.#splitCount; id++) {
      if (this.#splitCount === 1 || id % setup.parallelism === setup.subtaskIndex) this.#addSplit(id);
    }
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#output = context.output;
  }

  processElement(record: Row, _timestamp: number, origin: number): void {
    const value = this.config.timestampSource === 'arrival' ? this.time.at(origin) : record[this.config.timestampField];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.#refuse(noEventTime(this.config.timestampField, value), record, origin, undefined);
      return;
    }
    this.origin = origin;
    const timestamp = eventTimeOf(value);
    const split = this.#splitOf(origin);
    let watermark = MIN_WATERMARK;
    try {
      watermark = split.generator.onEvent(timestamp, record);
    } catch (error) {
      this.#functionFailed(error, record, origin);
      return;
    }
    this.#markActive();
    this.#output.collect(record, timestamp, origin);
    split.lastActivity = this.now;
    if (split.isIdle) this.#wake(split);
    if (watermark > MIN_WATERMARK) this.multiplexer.emitImmediate(split.id, watermark);
    if (this.#isDueAfter(timestamp)) this.emitPeriodically();
  }

  /** Watermarks from upstream are replaced, but the end of event time is the end of event time. */
  processWatermark(watermark: number, origin: number): void {
    this.origin = origin;
    if (watermark === MAX_WATERMARK) this.#emit(watermark);
  }

  /** Watermarks start here, and so does idleness. */
  processWatermarkStatus(): void {}

  finish(): void {
    this.emitPeriodically();
  }

  snapshot(): KeyedStateSnapshot {
    const operator: OperatorState = {
      maxTimestamp: this.#maxTimestamp,
      dueTimestamp: this.#dueTimestamp,
      watermark: this.#watermark,
      isIdle: this.#isIdle,
      now: this.now,
      dueTime: this.dueTime,
      splits: [...this.splits.values()].map(({ id, generator, lastActivity, isIdle }) => [id, generator.snapshot(), lastActivity, isIdle]),
      combined: this.multiplexer.snapshot(),
    };
    return { version: SNAPSHOT_VERSION, keyGroups: new Map(), operator };
  }

  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === SNAPSHOT_VERSION, () => `snapshots of timestamps and watermarks have version ${SNAPSHOT_VERSION}`);
    if (snapshot.operator === undefined) return;
    const state = snapshot.operator as OperatorState;
    this.#maxTimestamp = state.maxTimestamp;
    this.#dueTimestamp = state.dueTimestamp;
    this.#watermark = state.watermark;
    this.#isIdle = state.isIdle;
    this.now = state.now;
    this.dueTime = state.dueTime;
    for (const [id, generator, lastActivity, isIdle] of state.splits) {
      const split = this.splits.get(id) ?? this.#addSplit(id);
      split.generator.restore(generator);
      split.lastActivity = lastActivity;
      split.isIdle = isIdle;
    }
    this.multiplexer.restore(state.combined);
  }

  /** Asks the generators of all splits, and emits what they agree on. */
  protected emitPeriodically(): void {
    for (const { id, generator, isIdle } of this.splits.values()) {
      if (!isIdle) this.multiplexer.emitDeferred(id, this.#periodicOf(generator));
    }
    this.multiplexer.onPeriodicEmit();
  }

  #periodicOf(generator: WatermarkGenerator): number {
    try {
      return generator.onPeriodicEmit();
    } catch (error) {
      this.#functionFailed(error, generator.snapshot() as Row, this.origin);
      return MIN_WATERMARK;
    }
  }

  /**
   * Whether a periodic emission follows a record. On the replay clock: once the highest timestamp has gone up by the interval. Without an
   * interval: always, and only what is higher is emitted.
   */
  #isDueAfter(timestamp: number): boolean {
    if (this.intervalMs === 0) return true;
    if (timestamp <= this.#maxTimestamp) return false;
    if (this.#maxTimestamp === MIN_WATERMARK) this.#dueTimestamp = timestamp + this.intervalMs;
    this.#maxTimestamp = timestamp;
    if (this.config.period === 'processing-time' || timestamp < this.#dueTimestamp) return false;
    this.#dueTimestamp = timestamp + this.intervalMs;
    return true;
  }

  #splitOf(origin: number): Split {
    const id = this.#splitCount === 1 ? 0 : positionOf(origin) % this.#splitCount;
    return this.splits.get(id) ?? this.#addSplit(id);
  }

  #addSplit(id: number): Split {
    const split: Split = { id, generator: this.#newGenerator(), lastActivity: this.now, isIdle: false };
    this.splits.set(id, split);
    this.multiplexer.register(id);
    return split;
  }

  #newGenerator(): WatermarkGenerator {
    const { strategy } = this.config;
    switch (strategy) {
      case 'bounded-out-of-orderness':
        return new BoundedOutOfOrdernessWatermarks(this.config.maxOutOfOrdernessMs);
      case 'ascending':
        return new BoundedOutOfOrdernessWatermarks(0);
      case 'periodic':
        return new PeriodicWatermarks(this.config.periodicWatermark);
      case 'punctuated':
        return new PunctuatedWatermarks(this.config.punctuatedWatermark, this.#schema);
      case 'none':
        return NO_WATERMARKS;
      default:
        return unreachable(strategy);
    }
  }

  /** The watermark of a split that comes back counts at once, not only when the next period has passed. */
  #wake(split: Split): void {
    split.isIdle = false;
    this.multiplexer.emitImmediate(split.id, this.#periodicOf(split.generator));
  }

  #emit(watermark: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#markActive();
    this.#output.emitWatermark(watermark, this.origin);
  }

  #markIdle(): void {
    if (this.#isIdle) return;
    this.#isIdle = true;
    this.#output.emitWatermarkStatus(true, this.origin);
  }

  #markActive(): void {
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#output.emitWatermarkStatus(false, this.origin);
  }

  #functionFailed(error: unknown, record: Row, origin: number): void {
    if (error instanceof NotAWatermarkError) this.#refuse(error.message, record, origin, undefined);
    else this.#refuse(`The function threw ${userErrorText(error)}.`, record, origin, error);
  }

  #refuse(reason: string, record: Row, origin: number, cause: unknown): void {
    if (this.config.onError === 'fail') this.#context.fail(reason, positionOf(origin), record, cause);
    this.#context.report('failed', positionOf(origin), reason, record);
  }
}

/** The same with strategies that follow processing time. The runtime feeds operators with `processProcessingTime` record by record. */
export class TimedStrategyOperator extends WatermarkStrategyOperator {
  /** Periods that have passed and splits that have been silent for too long, in the order of their times. */
  processProcessingTime(time: number): void {
    for (;;) {
      const silent = this.#nextSilent();
      const silentTime = silent === null ? Number.POSITIVE_INFINITY : silent.lastActivity + this.config.idleAfterMs;
      const emissionTime = this.#hasPeriod() ? this.dueTime : Number.POSITIVE_INFINITY;
      const next = Math.min(silentTime, emissionTime);
      if (next > time) break;
      this.now = next;
      this.origin = this.time.originAt(next);
      if (emissionTime <= silentTime) this.#emitPeriod(Math.min(time, silentTime));
      else if (silent !== null) {
        silent.isIdle = true;
        this.multiplexer.idleImmediate(silent.id);
      }
    }
    if (time > this.now) this.now = time;
  }

  #hasPeriod(): boolean {
    return this.intervalMs > 0 && this.config.period === 'processing-time' && this.config.strategy !== 'punctuated';
  }

  /** Nothing comes in until `until`, so emissions after the first would say nothing new. */
  #emitPeriod(until: number): void {
    this.emitPeriodically();
    this.dueTime += this.intervalMs * (Math.floor((until - this.dueTime) / this.intervalMs) + 1);
  }

  #nextSilent(): Split | null {
    if (this.config.idleAfterMs === 0) return null;
    let next: Split | null = null;
    for (const split of this.splits.values()) {
      if (!split.isIdle && (next === null || split.lastActivity < next.lastActivity)) next = split;
    }
    return next;
  }
}

const NO_WATERMARKS: WatermarkGenerator = {
  onEvent: () => MIN_WATERMARK,
  onPeriodicEmit: () => MIN_WATERMARK,
  snapshot: () => null,
  restore: () => undefined,
};
