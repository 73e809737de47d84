import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { Operator, OperatorContext } from '../operators/operator.ts';
import { identityOf } from '../state/identity-of.ts';
import { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { valueStateDescriptor } from '../state/state-descriptor.ts';
import type { ValueState } from '../state/value-state.ts';
import type { Timer } from '../time/timer-service.ts';
import { EventTimeTimerService } from '../time/timer-service.ts';
import { must } from '../util/assert.ts';
import type { WindowAggregate } from './aggregates.ts';
import type { WindowAssigner } from './assigners/window-assigner.ts';
import { processRowByRow } from './batch-rows.ts';
import type { LateRecords } from './late-records.ts';
import { failWithoutTimestamp, keyOrFail } from './late-records.ts';
import type { TimeWindow } from './time-window.ts';
import { maxTimestamp, NO_WINDOW, windowIdentity } from './time-window.ts';
import { PaneTriggerContext } from './pane-trigger-context.ts';
import type { Trigger } from './triggers/trigger.ts';
import { FIRE, PURGE } from './triggers/trigger.ts';
import type { PaneSnapshot } from './window-snapshot.ts';
import { NOT_PENDING, panesOf, WindowSnapshotWriter } from './window-snapshot.ts';

export interface WindowOperatorParts<ACC extends unknown[]> {
  readonly assigner: WindowAssigner;
  readonly trigger: Trigger;
  readonly aggregate: WindowAggregate<ACC>;
  /** How long after its end a window still accepts records, in ms. */
  readonly allowedLatenessMs: number;
  readonly lateRecords: LateRecords;
  /** The record's key; what it throws fails the job. */
  readonly keyOf: (record: Row) => unknown;
  readonly keyGroupOf: (key: unknown) => number;
  readonly outputSchema: Schema;
  /** The record that is emitted for a pane. */
  readonly resultOf: (key: unknown, window: TimeWindow, result: Row) => Row;
}

const CONTENTS = 'window-contents';

/**
 * Event-time windows of a keyed stream, one record at a time: the specification, after Flink's `WindowOperator` for windows that do not merge.
 *
 * A record is added to each of its windows that is not late. A window is late once the watermark has reached its last timestamp plus the
 * allowed lateness; at that moment its state is cleared. A record all of whose windows are late goes to `lateRecords`.
 * Results carry the window's last timestamp and the origin of what fired them: of the watermark, or of the late record.
 */
export class WindowOperator<ACC extends unknown[]> implements Operator {
  readonly #parts: WindowOperatorParts<ACC>;
  readonly #backend: KeyedStateBackend<unknown, TimeWindow>;
  readonly #contents: ValueState<ACC, TimeWindow>;
  readonly #timers = new EventTimeTimerService<unknown, TimeWindow>({ ofKey: identityOf, ofNamespace: windowIdentity });
  readonly #trigger: PaneTriggerContext;
  #context: OperatorContext | null = null;

  constructor(parts: WindowOperatorParts<ACC>) {
    this.#parts = parts;
    this.#backend = new KeyedStateBackend(parts.keyGroupOf, windowIdentity);
    this.#contents = this.#backend.valueState(valueStateDescriptor<ACC>(CONTENTS), NO_WINDOW);
    this.#trigger = new PaneTriggerContext(this.#timers);
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  /** Keys that have a pane. */
  get keyCount(): number {
    return this.#backend.keyCount;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    const context = this.#opened();
    const { assigner, trigger, aggregate, keyOf, lateRecords } = this.#parts;
    const key = keyOrFail(keyOf, context, record, origin);
    if (Number.isNaN(timestamp)) failWithoutTimestamp(context, record, origin);
    this.#backend.setCurrentKey(key);
    const windows = assigner.assignWindows(record, timestamp);
    let isLate = true;
    for (const window of windows) {
      if (this.#isWindowLate(window)) continue;
      isLate = false;
      this.#contents.setCurrentNamespace(window);
      const accumulator = this.#contents.value() ?? aggregate.createAccumulator();
      aggregate.add(record, accumulator);
      this.#contents.update(accumulator);
      const result = trigger.onElement(record, timestamp, window, this.#trigger.of(key, window));
      if ((result & FIRE) !== 0) this.#emit(key, window, origin);
      if ((result & PURGE) !== 0) this.#contents.clear();
      this.#timers.register(key, this.#cleanupTime(window), window);
    }
    if (!isLate) return;
    const lastWindow = must(windows.at(-1), 'a window of every record');
    lateRecords.handle(context, record, timestamp, origin, lastWindow, this.#timers.currentWatermark);
  }

  processWatermark(watermark: number, origin: number): void {
    this.#timers.advanceTo(watermark, (timer) => this.#onEventTime(timer, origin));
    this.#opened().output.emitWatermark(watermark, origin);
  }

  /** Not a fast path: the batch is taken apart, for the configurations that have no columnar kernel. */
  processBatch(batch: Batch): void {
    processRowByRow(batch, this, this.#opened().output, this.#parts.outputSchema);
  }

  snapshot(): KeyedStateSnapshot {
    const pendingRanks = this.#pendingRanks();
    const writer = new WindowSnapshotWriter();
    for (const key of this.#backend.keys()) {
      this.#backend.setCurrentKey(key);
      const panes = this.#backend.namespaces(CONTENTS).map((window): PaneSnapshot => {
        this.#contents.setCurrentNamespace(window);
        const accumulator = [...must(this.#contents.value(), 'the contents of a pane')];
        return [window.start, window.end, pendingRanks.get(paneIdentity(key, window)) ?? NOT_PENDING, accumulator];
      });
      writer.add(this.#parts.keyGroupOf(key), key, panes);
    }
    return writer.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    for (const { key, windowStart, windowEnd, pendingRank, accumulator } of panesOf(snapshot)) {
      const window = { start: windowStart, end: windowEnd };
      this.#backend.setCurrentKey(key);
      this.#contents.setCurrentNamespace(window);
      this.#contents.update([...accumulator] as ACC);
      if (pendingRank !== NOT_PENDING) this.#timers.register(key, maxTimestamp(window), window);
      this.#timers.register(key, this.#cleanupTime(window), window);
    }
  }

  #onEventTime(timer: Timer<unknown, TimeWindow>, origin: number): void {
    const { key, timestamp, namespace: window } = timer;
    this.#backend.setCurrentKey(key);
    this.#contents.setCurrentNamespace(window);
    const trigger = this.#trigger.of(key, window);
    const result = this.#parts.trigger.onEventTime(timestamp, window, trigger);
    if ((result & FIRE) !== 0) this.#emit(key, window, origin);
    if ((result & PURGE) !== 0) this.#contents.clear();
    if (timestamp !== this.#cleanupTime(window)) return;
    this.#contents.clear();
    this.#parts.trigger.clear(window, trigger);
  }

  #emit(key: unknown, window: TimeWindow, origin: number): void {
    const accumulator = this.#contents.value();
    if (accumulator === null) return;
    const record = this.#parts.resultOf(key, window, this.#parts.aggregate.getResult(accumulator));
    this.#opened().output.collect(record, maxTimestamp(window), origin);
  }

  #isWindowLate(window: TimeWindow): boolean {
    return this.#cleanupTime(window) <= this.#timers.currentWatermark;
  }

  #cleanupTime(window: TimeWindow): number {
    return maxTimestamp(window) + this.#parts.allowedLatenessMs;
  }

  /** Rank of every pane with a timer at the end of its window, among those of the same window, in firing order. */
  #pendingRanks(): Map<string, number> {
    const ranks = new Map<string, number>();
    const pendingOfWindow = new Map<string, number>();
    for (const { key, timestamp, namespace: window } of this.#timers.inFiringOrder()) {
      if (timestamp !== maxTimestamp(window)) continue;
      const windowId = windowIdentity(window);
      const rank = pendingOfWindow.get(windowId) ?? 0;
      pendingOfWindow.set(windowId, rank + 1);
      ranks.set(paneIdentity(key, window), rank);
    }
    return ranks;
  }

  #opened(): OperatorContext {
    return must(this.#context, 'the context of an open operator');
  }
}

function paneIdentity(key: unknown, window: TimeWindow): string {
  const id = identityOf(key);
  return `${windowIdentity(window)}/${typeof id}/${id}`;
}
