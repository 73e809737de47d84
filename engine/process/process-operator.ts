import type { Batch, MarkList } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { MIN_WATERMARK, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import { positionOf } from '../elements/origin.ts';
import { copyOfRecord } from '../functions/conform-record.ts';
import type { KeyValue } from '../functions/key-selector.ts';
import { KeyReader } from '../functions/key-selector.ts';
import { compileRecordReader } from '../functions/record-reader.ts';
import type { RecordReader } from '../functions/record-reader.ts';
import type { Operator, OperatorContext, OperatorSetup } from '../operators/operator.ts';
import { identityOf } from '../state/identity-of.ts';
import { keyGroupOf } from '../state/key-group.ts';
import type { VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { OperatorStateBackend } from '../state/operator-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { Timer, TimersOfKeyGroup } from '../time/timer-service.ts';
import { TimerService } from '../time/timer-service.ts';
import { must } from '../util/assert.ts';
import type { CallPhase, CallState, TimeDomain } from './call-state.ts';
import { Emission } from './emission.ts';
import type { ProcessConfig } from './process-shapes.ts';
import { partsOfSnapshot, snapshotOf } from './process-snapshot.ts';
import { RuntimeContext } from '../functions/runtime-context.ts';
import { StateContext } from './state-context.ts';
import type { Method } from './user-code.ts';
import { UserCode } from './user-code.ts';
import type { SideOutput } from './user-context.ts';
import { UserContext } from './user-context.ts';
import type { CallStyle, FunctionKind } from './user-interface.ts';
import { speaksOfClock, UserStates } from '../state/user-states.ts';
import type { ProcessTimers } from './user-timer-service.ts';
import { UserTimerService } from './user-timer-service.ts';

type ProcessTimer = Timer<unknown, typeof VOID_NAMESPACE>;

interface Input {
  readonly schema: Schema;
  readonly method: string;
  readonly style: CallStyle;
  readonly phase: CallPhase;
  /** Null: this input has no key. */
  readonly reader: KeyReader | null;
  readonly readerOf: RecordReader;
}

/**
 * Runs a process function of any kind, after Flink's `KeyedProcessOperator`, `KeyedCoProcessOperator`, `CoBroadcastWithKeyedOperator` and their kin:
 * one user object per subtask, whose calls never overlap, with keyed state, timers, operator state and side outputs.
 *
 * What a call emits carries the timestamp of its element or event-time timer, and none in a processing-time timer. An exception fails the job: state may
 * have been changed half, so going on would be wrong.
 */
export class ProcessOperator implements Operator {
  /** Only there when the user code speaks of processing time. */
  processProcessingTime?: (time: number, origin: number) => void;
  readonly #setup: OperatorSetup;
  readonly #inputs: readonly Input[];
  readonly #backend: KeyedStateBackend<unknown> | null;
  readonly #timers: ProcessTimers | null;
  readonly #operatorState = new OperatorStateBackend();
  readonly #emission = new Emission();
  readonly #call: CallState;
  readonly #runtime: RuntimeContext;
  readonly #userContext: UserContext;
  readonly #states: UserStates;
  readonly #collector: { readonly collect: (record: unknown) => void };
  readonly #user: UserCode;
  #methods: readonly Method[] = [];
  #onTimer: Method | null = null;
  #isRestored = false;
  #lastOrigin = Number.NEGATIVE_INFINITY;

  constructor(kind: FunctionKind, config: ProcessConfig, setup: OperatorSetup) {
    this.#setup = setup;
    this.#inputs = inputsOf(kind, setup);
    const reader = this.#inputs[0]?.reader ?? null;
    this.#backend = reader === null ? null : new KeyedStateBackend((key) => this.#keyGroupOf(key));
    this.#timers =
      kind.hasTimers && reader !== null ? new TimerService({ ofKey: identityOf, ofNamespace: (namespace) => namespace }) : null;
    const now = setup.processingTime.at(0);
    this.#call = { phase: 'idle', timestamp: Number.NaN, key: null, domain: null, watermark: MIN_WATERMARK, now };
    this.#user = new UserCode(kind, config.code, this.#call, this.#backend !== null);
    const followsClock = speaksOfClock(config.code);
    if (followsClock) this.processProcessingTime = (time, origin) => this.#advanceProcessingTime(time, origin);
    this.#states = new UserStates(this.#backend, () => this.#call.now);
    this.#runtime = new RuntimeContext(setup);
    this.#userContext = new UserContext({
      call: this.#call,
      states: this.#states,
      operatorState: this.#operatorState,
      timers: new UserTimerService(this.#call, this.#timers, followsClock),
      runtime: this.#runtime,
      emission: this.#emission,
      sideOutputs: sideOutputsOf(config, setup),
    });
    const schema = setup.outputSchema('out');
    this.#collector = { collect: (record) => this.#collect(schema, record) };
  }

  /** Keys that have state. */
  get keyCount(): number {
    return this.#backend?.keyCount ?? 0;
  }

  get timerCount(): number {
    return this.#timers?.size ?? 0;
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#runtime.counters();
  }

  open(context: OperatorContext): void {
    this.#call.phase = 'life-cycle';
    this.#backend?.clearCurrentKey();
    this.#user.instantiate(context);
    this.#methods = this.#inputs.map(({ method }) => this.#user.requiredMethod(method));
    this.#onTimer = this.#user.method('onTimer');
    this.#callLifeCycle('initializeState', new StateContext(this.#isRestored, this.#states, this.#operatorState));
    this.#callLifeCycle('open', this.#userContext);
    this.#call.phase = 'idle';
  }

  processElement(record: Row, timestamp: number, origin: number, input: number): void {
    const { schema, method, style, phase, reader } = this.#inputs[input] as Input;
    if (reader === null) this.#backend?.clearCurrentKey();
    else this.#setKey(this.#keyOrFail(reader, record, origin));
    this.#begin(phase, timestamp, origin);
    try {
      this.#callElement(this.#methods[input] as Method, style, method, copyOfRecord(schema, record));
    } catch (error) {
      this.#user.fail(method, error, record, origin);
    }
    this.#end(timestamp, origin);
  }

  /** The same calls; keys and records are read from the columns. Only without processing time: the clock would have to rise between the rows. */
  processBatch(batch: Batch, input: number): void {
    const { method, style, phase, reader, readerOf } = this.#inputs[input] as Input;
    const called = this.#methods[input] as Method;
    const { marks, timestamps, origins } = batch;
    const recordAt = readerOf(batch.columns);
    let m = 0;
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      while (m < marks.count && (marks.positions[m] as number) <= i) this.#processMark(marks, m++);
      const timestamp = timestamps[i] as number;
      const origin = origins[i] as number;
      if (reader === null) this.#backend?.clearCurrentKey();
      else this.#setKey(this.#keyAtOrFail(reader, batch, i));
      this.#begin(phase, timestamp, origin);
      try {
        this.#callElement(called, style, method, recordAt(i));
      } catch (error) {
        this.#user.fail(method, error, batch.recordAt(i), origin);
      }
      this.#end(timestamp, origin);
    }
    while (m < marks.count) this.#processMark(marks, m++);
  }

  processWatermark(watermark: number, origin: number): void {
    this.#lastOrigin = Math.max(this.#lastOrigin, origin);
    this.#call.watermark = Math.max(this.#call.watermark, watermark);
    this.#timers?.advanceWatermark(watermark, (timer) => this.#fire(timer, 'EVENT_TIME', timer.timestamp, origin));
    this.#user.context.output.emitWatermark(watermark, origin);
  }

  close(): void {
    if (!this.#user.isUsable) return;
    this.#backend?.clearCurrentKey();
    this.#call.phase = 'life-cycle';
    this.#callLifeCycle('close');
    this.#call.phase = 'idle';
  }

  snapshot(): KeyedStateSnapshot {
    this.#backend?.clearCurrentKey();
    this.#call.phase = 'life-cycle';
    this.#callLifeCycle('snapshotState', new StateContext(this.#isRestored, this.#states, this.#operatorState));
    this.#call.phase = 'idle';
    const states = this.#backend?.snapshot().keyGroups ?? new Map<number, readonly unknown[]>();
    const timers =
      this.#timers?.snapshot((key) => this.#keyGroupOf(key)) ?? new Map<number, TimersOfKeyGroup<unknown, typeof VOID_NAMESPACE>>();
    return snapshotOf({ states, timers }, this.#operatorState.snapshot());
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#isRestored = true;
    const { states, timers } = partsOfSnapshot(snapshot);
    this.#backend?.restore(states);
    this.#timers?.restore(timers);
    if (snapshot.operatorState !== undefined) this.#operatorState.restore(snapshot.operatorState);
  }

  #advanceProcessingTime(time: number, origin: number): void {
    const call = this.#call;
    // A timer that was set for a time gone by fires late: its results come after those of the element that set it.
    const earliest = this.#lastOrigin;
    this.#timers?.advanceProcessingTime(time, (timer) => {
      // The time at which it would have fired had the clock not jumped. How far it jumps depends on batches, and must not show.
      call.now = Math.max(call.now, timer.timestamp);
      const due = Math.max(earliest, this.#setup.processingTime.originAt(timer.timestamp));
      this.#fire(timer, 'PROCESSING_TIME', Number.NaN, due);
    });
    call.now = Math.max(call.now, time);
    this.#lastOrigin = Math.max(this.#lastOrigin, origin);
  }

  #fire(timer: ProcessTimer, domain: TimeDomain, timestamp: number, origin: number): void {
    // It was set and then the function lost its method, between a snapshot and the restore: nobody is there to be called.
    if (this.#onTimer === null) return;
    const call = this.#call;
    this.#setKey(timer.key);
    call.phase = 'timer';
    call.timestamp = timer.timestamp;
    call.domain = domain;
    try {
      this.#onTimer.call(this.#user.object, timer.timestamp, this.#userContext, this.#collector);
    } catch (error) {
      this.#user.fail('onTimer', error, { key: timer.key, timer: timer.timestamp }, origin);
    }
    call.phase = 'idle';
    call.domain = null;
    this.#emission.sendTo(this.#user.context.output, timestamp, origin);
  }

  #callElement(called: Method, style: CallStyle, name: string, value: Row): void {
    if (style === 'process') called.call(this.#user.object, value, this.#userContext, this.#collector);
    else if (style === 'collect') called.call(this.#user.object, value, this.#collector);
    else if (style === 'map') this.#emission.add(null, this.#setup.outputSchema('out'), called.call(this.#user.object, value), name);
    else if (called.call(this.#user.object, value) === true) this.#emission.add(null, this.#setup.outputSchema('out'), value, name);
  }

  #collect(schema: Schema, record: unknown): void {
    const { phase } = this.#call;
    if (phase === 'idle' || phase === 'life-cycle') throw new TypeError('Nothing can be emitted here.');
    this.#emission.add(null, schema, record, 'out.collect');
  }

  #begin(phase: CallPhase, timestamp: number, origin: number): void {
    this.#lastOrigin = origin;
    this.#call.phase = phase;
    this.#call.timestamp = timestamp;
  }

  #end(timestamp: number, origin: number): void {
    this.#call.phase = 'idle';
    if (this.#emission.isEmpty) return;
    this.#emission.sendTo(this.#user.context.output, timestamp, origin);
  }

  #processMark(marks: MarkList, m: number): void {
    const value = marks.values[m] as number;
    const origin = marks.origins[m] as number;
    if (marks.kinds[m] === WATERMARK) this.processWatermark(value, origin);
    else if (marks.kinds[m] === WATERMARK_STATUS) this.#user.context.output.emitWatermarkStatus(value === 1, origin);
  }

  #setKey(key: unknown): void {
    this.#call.key = key;
    this.#backend?.setCurrentKey(key);
  }

  #keyGroupOf(key: unknown): number {
    const reader = must(this.#inputs[0]?.reader, 'the key of a keyed function');
    return keyGroupOf(reader.hashOf(key as KeyValue), this.#setup.maxParallelism);
  }

  #keyOrFail(reader: KeyReader, record: Row, origin: number): unknown {
    try {
      return reader.keyOfRecord(record);
    } catch (error) {
      return this.#user.context.fail(error instanceof Error ? error.message : String(error), positionOf(origin), record, error);
    }
  }

  #keyAtOrFail(reader: KeyReader, batch: Batch, i: number): unknown {
    try {
      return reader.keyAt(batch, i);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#user.context.fail(message, positionOf(batch.origins[i] as number), batch.recordAt(i), error);
    }
  }

  #callLifeCycle(name: string, ...args: readonly unknown[]): void {
    this.#user.callLifeCycle(name, this.#lastOrigin, ...args);
  }
}

function inputsOf(kind: FunctionKind, setup: OperatorSetup): readonly Input[] {
  // As in Flink: of two connected streams both are keyed, or the function has no key.
  const isKeyed = kind.isKeyed && kind.elements.every(({ isBroadcast = false }, i) => isBroadcast || setup.inputs[i]?.key !== null);
  return kind.elements.map(({ name, style, isBroadcast = false }, i) => {
    const { schema, key } = must(setup.inputs[i], `input ${i + 1} of a ${kind.name}`);
    const reader = isKeyed && !isBroadcast && key !== null ? new KeyReader(key, schema) : null;
    const phase = isBroadcast ? 'broadcast-element' : 'element';
    return { schema, method: name, style, phase, reader, readerOf: compileRecordReader(schema) };
  });
}

/** Side outputs by tag. */
export function sideOutputsOf(config: ProcessConfig, setup: OperatorSetup): ReadonlyMap<string, SideOutput> {
  return new Map((config.sideOutputs ?? []).map((tag) => [tag.name, { tag, schema: setup.outputSchema(tag.name) }]));
}
