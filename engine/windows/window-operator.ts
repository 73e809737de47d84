import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { positionOf } from '../elements/origin.ts';
import type { Operator, OperatorContext, ProcessingTime } from '../operators/operator.ts';
import { identityOf } from '../state/identity-of.ts';
import { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import type { ListState } from '../state/list-state.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { listStateDescriptor, valueStateDescriptor } from '../state/state-descriptor.ts';
import type { ValueState } from '../state/value-state.ts';
import type { Timer } from '../time/timer-service.ts';
import { TimerService } from '../time/timer-service.ts';
import { assert, must } from '../util/assert.ts';
import type { WindowAssigner } from './assigners/window-assigner.ts';
import { processRowByRow } from './batch-rows.ts';
import { CurrentPane } from './current-pane.ts';
import type { LateRecords } from './late-records.ts';
import { failWithoutTimestamp, keyOrFail } from './late-records.ts';
import type { WindowMapping, WindowMerge } from './merging-window-set.ts';
import { MergingWindowSet } from './merging-window-set.ts';
import type { PaneFunction } from './pane-function.ts';
import { PaneTriggerContext } from './pane-trigger-context.ts';
import type { TimeWindow } from './time-window.ts';
import { maxTimestamp, NO_WINDOW, windowIdentity } from './time-window.ts';
import type { Trigger, TriggerResult } from './triggers/trigger.ts';
import { FIRE, PURGE } from './triggers/trigger.ts';
import { UserCodeError } from './user-code-error.ts';
import { joinWindowSnapshot, MERGING_WINDOWS, splitWindowSnapshot, WINDOW_CONTENTS } from './window-snapshot.ts';

export interface WindowOperatorParts<C> {
  readonly assigner: WindowAssigner;
  readonly trigger: Trigger;
  readonly panes: PaneFunction<C>;
  /** How long after its end an event-time window still accepts records, in ms. */
  readonly allowedLatenessMs: number;
  readonly lateRecords: LateRecords;
  /** The record's key; what it throws fails the job. */
  readonly keyOf: (record: Row) => unknown;
  readonly keyGroupOf: (key: unknown) => number;
  /** False: all records have one key, of which nobody outside knows. */
  readonly hasKeys?: boolean;
  readonly outputSchema: Schema;
  readonly processingTime: ProcessingTime;
  /** Pane functions that ask for the processing time. Assigner and trigger say it themselves. */
  readonly followsProcessingTime?: boolean;
}

/**
 * Windows of a keyed stream, one record at a time: the specification, after Flink's `WindowOperator` and `EvictingWindowOperator`.
 *
 * A record is added to each of its windows that is not late. An event-time window is late once the watermark has reached its last timestamp plus the
 * allowed lateness; at that moment everything of it is cleared. A record all of whose windows are late goes to `lateRecords`.
 * Results carry the window's last timestamp and the origin of what fired them: of the record, of the watermark, or of the moment of processing time.
 */
export class WindowOperator<C> implements Operator {
  /** Only there when processing time matters: the runtime feeds operators that have it record by record. */
  readonly processProcessingTime?: (time: number, origin: number) => void;
  readonly processBatch?: (batch: Batch) => void;
  readonly #parts: WindowOperatorParts<C>;
  readonly #backend: KeyedStateBackend<unknown, TimeWindow>;
  readonly #contents: ValueState<C, TimeWindow>;
  readonly #mergingWindows: ListState<WindowMapping, TimeWindow>;
  readonly #timers = new TimerService<unknown, TimeWindow>({ ofKey: identityOf, ofNamespace: windowIdentity });
  readonly #trigger: PaneTriggerContext;
  readonly #pane: CurrentPane;
  #context: OperatorContext | null = null;

  constructor(parts: WindowOperatorParts<C>) {
    const { assigner, trigger, panes } = parts;
    assert(
      !assigner.isMerging || (trigger.onMerge !== undefined && panes.merge !== undefined),
      'windows that merge have a trigger and a function that can',
    );
    this.#parts = parts;
    this.#backend = new KeyedStateBackend(parts.keyGroupOf, windowIdentity);
    this.#contents = this.#backend.valueState(valueStateDescriptor<C>(WINDOW_CONTENTS), NO_WINDOW);
    this.#mergingWindows = this.#backend.listState(listStateDescriptor<WindowMapping>(MERGING_WINDOWS), NO_WINDOW);
    this.#trigger = new PaneTriggerContext(this.#timers, this.#backend);
    this.#pane = new CurrentPane(this.#timers, this.#backend, assigner.isMerging);
    if (assigner.readsProcessingTime || trigger.followsProcessingTime || parts.followsProcessingTime === true) {
      this.processProcessingTime = (time) => this.#advanceProcessingTime(time);
    } else {
      // Not a fast path: the batch is taken apart, for the configurations that have no columnar kernel.
      this.processBatch = (batch) => processRowByRow(batch, this, this.#opened().output, this.#parts.outputSchema);
    }
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#pane.open(context.output);
    this.#backend.clearCurrentKey();
    this.#guarded(0, null, () => this.#parts.panes.open?.(this.#pane.keyStates));
  }

  close(): void {
    if (this.#context === null) return;
    this.#backend.clearCurrentKey();
    this.#guarded(0, null, () => this.#parts.panes.close?.());
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#parts.panes.userCounters?.() ?? new Map<string, number>();
  }

  /** Keys that have state of any kind. */
  get keyCount(): number {
    return this.#backend.keyCount;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    const { assigner, keyOf } = this.#parts;
    const context = this.#opened();
    const key = keyOrFail(keyOf, context, record, origin);
    if (assigner.isEventTime && Number.isNaN(timestamp)) failWithoutTimestamp(context, record, origin);
    this.#backend.setCurrentKey(key);
    this.#guarded(origin, record, () => this.#addToWindows(record, timestamp, origin));
  }

  processWatermark(watermark: number, origin: number): void {
    this.#timers.advanceWatermark(watermark, (timer) => this.#guarded(origin, null, () => this.#onTimer(timer, true, origin)));
    this.#opened().output.emitWatermark(watermark, origin);
  }

  snapshot(): KeyedStateSnapshot {
    return joinWindowSnapshot(this.#backend.snapshot(), this.#timers.snapshot(this.#parts.keyGroupOf));
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const { state, timers } = splitWindowSnapshot(snapshot);
    this.#backend.restore(state);
    this.#timers.restore(timers);
  }

  #advanceProcessingTime(time: number): void {
    this.#timers.advanceProcessingTime(time, (timer) => {
      const origin = this.#parts.processingTime.originAt(timer.timestamp);
      this.#guarded(origin, null, () => this.#onTimer(timer, false, origin));
    });
  }

  #addToWindows(record: Row, timestamp: number, origin: number): void {
    const { assigner, allowedLatenessMs, lateRecords } = this.#parts;
    const { currentWatermark, currentProcessingTime } = this.#timers;
    const windows = assigner.assignWindows(record, timestamp, currentProcessingTime);
    let isSkipped = true;
    for (const window of windows) {
      const isAdded = assigner.isMerging
        ? this.#addToMergingWindow(record, timestamp, window, origin)
        : !this.#isWindowLate(window) && this.#addToWindow(record, timestamp, window, window, origin);
      if (isAdded) isSkipped = false;
    }
    if (!isSkipped || !assigner.isEventTime || timestamp + allowedLatenessMs > currentWatermark) return;
    lateRecords.handle(this.#opened(), record, timestamp, origin, windows.at(-1) ?? null, currentWatermark);
  }

  #addToMergingWindow(record: Row, timestamp: number, added: TimeWindow, origin: number): boolean {
    const windows = this.#mergingWindowSet();
    const window = windows.add(added, (merge) => this.#merge(merge));
    const isLate = this.#isWindowLate(window);
    if (isLate) windows.retire(window);
    this.#persist(windows);
    if (isLate) return false;
    return this.#addToWindow(record, timestamp, window, must(windows.stateWindowOf(window), 'a window that was added'), origin);
  }

  /** Always true. */
  #addToWindow(record: Row, timestamp: number, window: TimeWindow, stateWindow: TimeWindow, origin: number): true {
    const { panes, trigger } = this.#parts;
    this.#contents.setCurrentNamespace(stateWindow);
    const contents = this.#contents.value();
    const added = panes.add(contents, record, timestamp);
    // Mostly they were changed in place.
    if (added !== contents) this.#contents.update(added);
    this.#follow(trigger.onElement(record, timestamp, window, this.#trigger.of(window)), window, stateWindow, origin);
    this.#registerCleanup(window);
    return true;
  }

  #merge({ result, merged, stateWindow, mergedStateWindows }: WindowMerge): void {
    const { trigger, panes, assigner, allowedLatenessMs } = this.#parts;
    const { currentWatermark, currentProcessingTime } = this.#timers;
    const isOver = assigner.isEventTime
      ? maxTimestamp(result) + allowedLatenessMs <= currentWatermark
      : maxTimestamp(result) <= currentProcessingTime;
    if (isOver) throw new UserCodeError('Windows were merged into one that is over already: merging must not make windows end earlier.');
    trigger.onMerge?.(result, this.#trigger.of(result, merged));
    for (const window of merged) {
      trigger.clear(window, this.#trigger.of(window));
      this.#deleteCleanup(window);
    }
    for (const window of mergedStateWindows) {
      this.#contents.setCurrentNamespace(window);
      const other = this.#contents.value();
      this.#contents.clear();
      this.#contents.setCurrentNamespace(stateWindow);
      const contents = this.#contents.value();
      if (other !== null) this.#contents.update(contents === null ? other : (panes.merge?.(contents, other) ?? other));
    }
  }

  #onTimer(timer: Timer<unknown, TimeWindow>, isEventTime: boolean, origin: number): void {
    const { key, timestamp, namespace: window } = timer;
    const { assigner, trigger } = this.#parts;
    this.#backend.setCurrentKey(key);
    const windows = assigner.isMerging ? this.#mergingWindowSet() : null;
    // A timer of a window that has been merged into another: its trigger did not take it back.
    const stateWindow = windows === null ? window : windows.stateWindowOf(window);
    if (stateWindow === undefined) return;
    this.#contents.setCurrentNamespace(stateWindow);
    const context = this.#trigger.of(window);
    const result = isEventTime ? trigger.onEventTime(timestamp, window, context) : trigger.onProcessingTime(timestamp, window, context);
    this.#follow(result, window, stateWindow, origin);
    if (assigner.isEventTime === isEventTime && timestamp === this.#cleanupTime(window)) this.#clearAll(window, windows, origin);
  }

  /** Does what the trigger decided about the pane whose contents are the current ones. */
  #follow(result: TriggerResult, window: TimeWindow, stateWindow: TimeWindow, origin: number): void {
    if ((result & FIRE) !== 0) {
      const contents = this.#contents.value();
      if (contents !== null) {
        const kept = this.#parts.panes.fire(contents, this.#pane.of(window, origin));
        this.#contents.setCurrentNamespace(stateWindow);
        this.#contents.update(kept);
      }
    }
    if ((result & PURGE) !== 0) this.#contents.clear();
  }

  #clearAll(window: TimeWindow, windows: MergingWindowSet | null, origin: number): void {
    const { trigger, panes } = this.#parts;
    this.#contents.clear();
    trigger.clear(window, this.#trigger.of(window));
    panes.clear?.(this.#pane.of(window, origin));
    this.#pane.clearWindowState(window);
    if (windows === null) return;
    windows.retire(window);
    this.#persist(windows);
  }

  #isWindowLate(window: TimeWindow): boolean {
    return this.#parts.assigner.isEventTime && this.#cleanupTime(window) <= this.#timers.currentWatermark;
  }

  /** When everything of the window goes, in the window's own time domain. A global window never ends. */
  #cleanupTime(window: TimeWindow): number {
    return maxTimestamp(window) + (this.#parts.assigner.isEventTime ? this.#parts.allowedLatenessMs : 0);
  }

  #registerCleanup(window: TimeWindow): void {
    const time = this.#cleanupTime(window);
    if (time !== Number.POSITIVE_INFINITY) this.#cleanupTimers().register(this.#backend.currentKey, time, window);
  }

  #deleteCleanup(window: TimeWindow): void {
    this.#cleanupTimers().delete(this.#backend.currentKey, this.#cleanupTime(window), window);
  }

  #cleanupTimers(): TimerService<unknown, TimeWindow>['eventTime'] {
    return this.#parts.assigner.isEventTime ? this.#timers.eventTime : this.#timers.processingTime;
  }

  #mergingWindowSet(): MergingWindowSet {
    return new MergingWindowSet(this.#mergingWindows.get());
  }

  #persist(windows: MergingWindowSet): void {
    this.#mergingWindows.update(windows.mappings);
  }

  /** What the user wrote is called by triggers, assigners and functions alike; the record that made it fail is known here. */
  #guarded(origin: number, record: Row | null, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof UserCodeError)) throw error;
      const key = this.#parts.hasKeys !== false && this.#backend.hasCurrentKey ? this.#backend.currentKey : undefined;
      const whose = record === null && key !== undefined ? ` It was called for the key ${JSON.stringify(key)}.` : '';
      this.#opened().fail(error.message + whose, positionOf(origin), record ?? undefined, error.thrown, key);
    }
  }

  #opened(): OperatorContext {
    return must(this.#context, 'the context of an open operator');
  }
}
