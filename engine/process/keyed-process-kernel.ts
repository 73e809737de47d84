import type { Batch, MarkList } from '../batch/batch.ts';
import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Row } from '../batch/schema.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';
import { positionOf } from '../elements/origin.ts';
import { KeyReader } from '../functions/key-selector.ts';
import type { KeyValue } from '../functions/key-selector.ts';
import { KeySlots } from '../keyed/key-slots.ts';
import type { KeyFailure } from '../keyed/key-slots.ts';
import type { Operator, OperatorContext, OperatorSetup } from '../operators/operator.ts';
import { keyGroupOf } from '../state/key-group.ts';
import type { VOID_NAMESPACE } from '../state/keyed-state-backend.ts';
import { OperatorStateBackend } from '../state/operator-state-backend.ts';
import { SlotStateBackend } from '../state/slot-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { TimerSnapshot, TimersOfKeyGroup } from '../time/timer-service.ts';
import { TimerWheel } from '../time/timer-wheel.ts';
import { must } from '../util/assert.ts';
import { Emission } from './emission.ts';
import { KernelResults } from './kernel-results.ts';
import { firstAtOrBehind, ProcessLoops } from './process-loop.ts';
import { sideOutputsOf } from './process-operator.ts';
import type { ProcessConfig } from './process-shapes.ts';
import { partsOfSnapshot, snapshotOf } from './process-snapshot.ts';
import { RuntimeContext } from '../functions/runtime-context.ts';
import { SlotCall } from './slot-call.ts';
import { SlotTimerService } from './slot-timer-service.ts';
import { StateContext } from './state-context.ts';
import type { Method } from './user-code.ts';
import { UserCode } from './user-code.ts';
import { UserContext } from './user-context.ts';
import { KEYED_PROCESS_FUNCTION } from './user-interface.ts';
import { UserStates } from '../state/user-states.ts';

const METHOD = 'processElement';

type Timers = TimersOfKeyGroup<unknown, typeof VOID_NAMESPACE>;

/**
 * A keyed process function over columns: keys are slots, state and timers are arrays by slot, one generated loop calls the user's method, and what it
 * emits becomes columns again. For functions that do not speak of processing time; `ProcessOperator` is the specification.
 */
export class KeyedProcessKernel implements Operator {
  readonly consumesBatches = true;
  readonly #keyGroupOf: (key: unknown) => number;
  readonly #slots: KeySlots;
  readonly #backend: SlotStateBackend;
  readonly #wheel = new TimerWheel();
  readonly #operatorState = new OperatorStateBackend();
  readonly #call: SlotCall;
  readonly #results: KernelResults;
  readonly #emission: Emission;
  readonly #states: UserStates;
  readonly #user: UserCode;
  readonly #runtime: RuntimeContext;
  readonly #userContext: UserContext;
  readonly #collector: { readonly collect: (record: unknown) => void };
  readonly #loops: ProcessLoops;
  readonly #single: BatchBuilder;
  #method: Method = () => undefined;
  #onTimer: Method | null = null;
  #isRestored = false;
  #lastOrigin = Number.NEGATIVE_INFINITY;
  /** Timers of processing time in a snapshot of other code: nobody announces that time, but they are not ours to forget. */
  #asleep: ReadonlyMap<number, Timers['processingTime']> = new Map();

  constructor(config: ProcessConfig, setup: OperatorSetup) {
    const { schema, key } = must(setup.inputs[0], 'the input of a keyed process function');
    const reader = new KeyReader(must(key, 'the key of a keyed input'), schema);
    this.#keyGroupOf = (value) => keyGroupOf(reader.hashOf(value as KeyValue), setup.maxParallelism);
    this.#slots = new KeySlots(reader, { markLive: (live) => this.#markLive(live), renumber: (to) => this.#renumber(to) });
    const slotsOfKeys = {
      slotOfKey: (value: unknown) => this.#slots.slotOfKey(value as KeyValue),
      keyAt: (slot: number) => this.#slots.keyAt(slot),
    };
    this.#backend = new SlotStateBackend(slotsOfKeys, this.#keyGroupOf);
    const call = new SlotCall(this.#backend.cursor, slotsOfKeys.keyAt);
    this.#call = call;
    const results = new KernelResults(setup.outputSchema('out'), call);
    this.#results = results;
    this.#emission = new Emission(() => {
      call.isInterrupted = true;
    });
    const now = setup.processingTime.at(0);
    this.#states = new UserStates(this.#backend, () => now);
    this.#user = new UserCode(KEYED_PROCESS_FUNCTION, config.code, call, true);
    this.#runtime = new RuntimeContext(setup);
    this.#userContext = new UserContext({
      call,
      states: this.#states,
      operatorState: this.#operatorState,
      timers: new SlotTimerService(call, this.#wheel, results),
      runtime: this.#runtime,
      emission: this.#emission,
      sideOutputs: sideOutputsOf(config, setup),
    });
    this.#collector = { collect: (record) => results.add(record) };
    this.#loops = new ProcessLoops(config.code, METHOD, schema, reader.columnIndex);
    this.#single = new BatchBuilder(schema, () => new Marks(1));
  }

  /** Places that keys have been given and not taken away yet. */
  get slotCount(): number {
    return this.#slots.slotCount;
  }

  /** Keys that have state. */
  get keyCount(): number {
    return this.#backend.keyCount;
  }

  get timerCount(): number {
    let asleep = 0;
    for (const timers of this.#asleep.values()) asleep += timers.length;
    return this.#wheel.count() + asleep;
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#runtime.counters();
  }

  open(context: OperatorContext): void {
    this.#results.open(context.output);
    this.#call.phase = 'life-cycle';
    this.#backend.clearCurrentKey();
    this.#user.instantiate(context);
    this.#method = this.#user.requiredMethod(METHOD);
    this.#onTimer = this.#user.method('onTimer');
    this.#user.callLifeCycle('initializeState', this.#lastOrigin, new StateContext(this.#isRestored, this.#states, this.#operatorState));
    this.#user.callLifeCycle('open', this.#lastOrigin, this.#userContext);
    this.#call.phase = 'idle';
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#single.append(record, timestamp, origin);
    this.processBatch(this.#single.build());
  }

  processBatch(batch: Batch): void {
    const { marks } = batch;
    const results = this.#results;
    const keyFailure = this.#begin(batch);
    const count = keyFailure?.at ?? batch.selectedCount;
    const stops = new Stops(marks);
    let j = 0;
    for (let m = stops.first(this.#wheel.next); ; m = stops.first(this.#wheel.next)) {
      const limit = m < marks.count ? (marks.positions[m] as number) : Number.POSITIVE_INFINITY;
      j = this.#run(batch, j, count, limit);
      if (this.#call.isInterrupted) {
        this.#settle();
        stops.passRow(this.#call.row);
        continue;
      }
      // A record without a usable key stands before the next mark.
      if (m === marks.count || (keyFailure !== null && j === count && batch.rowAt(count) < limit)) break;
      this.#fireAt(marks, m);
      stops.pass(m);
    }
    if (keyFailure !== null) this.#failOnKey(batch, keyFailure);
    results.passBefore(marks.count);
    results.flush();
    this.#end(batch);
  }

  processWatermark(watermark: number, origin: number): void {
    this.#results.beginBatch(new Marks());
    this.#advance(watermark, origin);
    this.#results.flush();
    this.#backend.clearCurrentKey();
    this.#results.noteEmitted(watermark);
    this.#user.context.output.emitWatermark(watermark, origin);
  }

  close(): void {
    if (!this.#user.isUsable) return;
    this.#backend.clearCurrentKey();
    this.#call.phase = 'life-cycle';
    this.#user.callLifeCycle('close', this.#lastOrigin);
    this.#call.phase = 'idle';
  }

  snapshot(): KeyedStateSnapshot {
    this.#backend.clearCurrentKey();
    this.#call.phase = 'life-cycle';
    this.#user.callLifeCycle('snapshotState', this.#lastOrigin, new StateContext(this.#isRestored, this.#states, this.#operatorState));
    this.#call.phase = 'idle';
    return snapshotOf({ states: this.#backend.snapshot().keyGroups, timers: this.#savedTimers() }, this.#operatorState.snapshot());
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#isRestored = true;
    const { states, timers } = partsOfSnapshot(snapshot);
    this.#backend.restore(states);
    const eventTime = [...timers].sort((a, b) => a[0] - b[0]).flatMap(([, ofGroup]) => ofGroup.eventTime);
    // Stable: of former subtasks that counted for themselves, equal orders stay in order of key groups.
    for (const [key, time] of eventTime.sort((a, b) => a[3] - b[3])) {
      const slot = this.#slots.slotOfKey(key as KeyValue);
      this.#ensure(slot + 1);
      this.#wheel.register(time, slot);
    }
    this.#asleep = new Map(
      [...timers].filter(([, ofGroup]) => ofGroup.processingTime.length > 0).map(([g, ofGroup]) => [g, ofGroup.processingTime]),
    );
    if (snapshot.operatorState !== undefined) this.#operatorState.restore(snapshot.operatorState);
  }

  #begin(batch: Batch): KeyFailure | null {
    const keyFailure = this.#slots.begin(batch);
    this.#ensure(this.#slots.slotCount);
    this.#call.timestamps = batch.timestamps;
    this.#call.origins = batch.origins;
    this.#call.row = -1;
    this.#call.isInterrupted = false;
    this.#results.beginBatch(batch.marks);
    return keyFailure;
  }

  /** Nothing of the batch is kept. */
  #end(batch: Batch): void {
    const { origins, selectedCount, marks } = batch;
    if (selectedCount > 0) this.#lastOrigin = Math.max(this.#lastOrigin, origins[batch.rowAt(selectedCount - 1)] as number);
    if (marks.count > 0) this.#lastOrigin = Math.max(this.#lastOrigin, marks.origins[marks.count - 1] as number);
    this.#backend.clearCurrentKey();
  }

  #run(batch: Batch, from: number, count: number, limit: number): number {
    const to = firstAtOrBehind(batch, from, count, limit);
    if (from >= to) return from;
    const call = this.#call;
    const { rowSlots } = this.#slots;
    const loops = this.#loops.for(batch, rowSlots, this.#user.object[METHOD] !== this.#method);
    const loop = loops.for(batch);
    const zeros = loops.zeros(batch.rowCount);
    const { columns, selection } = batch;
    call.phase = 'element';
    let next = from;
    try {
      next = loop(
        columns,
        zeros,
        selection,
        from,
        to,
        rowSlots,
        call,
        this.#backend.cursor,
        this.#user.object,
        this.#method,
        this.#userContext,
        this.#collector,
      );
    } catch (error) {
      const { row, origin } = call;
      this.#failCall(METHOD, error, batch.recordAt(row), origin);
    }
    call.phase = 'idle';
    return next;
  }

  /** After a call that had something to say. */
  #settle(): void {
    const call = this.#call;
    call.isInterrupted = false;
    if (!this.#emission.isEmpty) this.#emission.sendTo(this.#user.context.output, call.timestamp, call.origin);
    if (this.#results.isFull) this.#results.flush();
  }

  #fireAt(marks: MarkList, m: number): void {
    this.#results.passBefore(m);
    if (marks.kinds[m] === WATERMARK) this.#advance(marks.values[m] as number, marks.origins[m] as number);
    this.#results.passBefore(m + 1);
  }

  #advance(watermark: number, origin: number): void {
    if (!this.#results.advance(watermark)) return;
    const call = this.#call;
    call.timerOrigin = origin;
    call.row = -1;
    this.#lastOrigin = Math.max(this.#lastOrigin, origin);
    if (this.#wheel.next <= watermark) this.#wheel.advanceTo(watermark, this.#fire);
    call.isInterrupted = false;
  }

  readonly #fire = (slot: number, time: number): void => {
    // It was set and then the function lost its method, between a snapshot and the restore: nobody is there to be called.
    if (this.#onTimer === null) return;
    const call = this.#call;
    call.beginTimer(slot, time);
    call.phase = 'timer';
    call.domain = 'EVENT_TIME';
    try {
      this.#onTimer.call(this.#user.object, time, this.#userContext, this.#collector);
    } catch (error) {
      this.#failCall('onTimer', error, { key: call.key, timer: time }, call.timerOrigin);
    }
    call.phase = 'idle';
    call.domain = null;
    if (call.isInterrupted) this.#settle();
  };

  /** Only what came before the failing call goes out. */
  #failCall(method: string, error: unknown, content: unknown, origin: number): never {
    this.#results.dropCall();
    this.#results.passThrough(this.#call.row);
    this.#results.flush();
    return this.#user.fail(method, error, content, origin);
  }

  #failOnKey(batch: Batch, { at, error }: KeyFailure): never {
    const row = batch.rowAt(at);
    this.#results.passThrough(row);
    this.#results.flush();
    const message = error instanceof Error ? error.message : String(error);
    return this.#user.context.fail(message, positionOf(batch.origins[row] as number), batch.recordAt(row), error);
  }

  #ensure(slotCount: number): void {
    this.#backend.ensure(slotCount);
    this.#wheel.ensure(slotCount);
  }

  #markLive(live: Uint8Array): void {
    this.#backend.ensure(live.length);
    this.#backend.markLive(live);
    this.#wheel.forEach((slot) => {
      live[slot] = 1;
    });
  }

  #renumber(newSlotOf: Int32Array): void {
    this.#backend.renumber(newSlotOf);
    this.#wheel.renumber(newSlotOf);
  }

  #savedTimers(): Map<number, Timers> {
    const saved = new Map<
      number,
      { eventTime: TimerSnapshot<unknown, typeof VOID_NAMESPACE>[]; processingTime: Timers['processingTime'] }
    >();
    for (const [keyGroup, processingTime] of this.#asleep) saved.set(keyGroup, { eventTime: [], processingTime });
    let order = 0;
    this.#wheel.forEach((slot, time) => {
      const key = this.#slots.keyAt(slot);
      const keyGroup = this.#keyGroupOf(key);
      let ofGroup = saved.get(keyGroup);
      if (ofGroup === undefined) saved.set(keyGroup, (ofGroup = { eventTime: [], processingTime: [] }));
      ofGroup.eventTime.push([key, time, '', order++]);
    });
    return saved;
  }
}

/** Finds the marks of a batch at which something may be due. */
class Stops {
  readonly #marks: MarkList;
  /** Watermarks only, none below the one before: the first that is high enough can be searched for. */
  readonly #isRising: boolean;
  #from = 0;

  constructor(marks: MarkList) {
    this.#marks = marks;
    this.#isRising = isRising(marks);
  }

  /** The next mark at which something is due that is due at `time`, the number of marks if there is none. */
  first(time: number): number {
    const { count, values } = this.#marks;
    if (!this.#isRising) return Math.min(this.#from, count);
    if (count === 0 || (values[count - 1] as number) < time) return count;
    let low = this.#from;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Mark `m` was handled, or what came before it too. */
  pass(m: number): void {
    this.#from = m + 1;
  }

  /** Row `row` was processed: so were the marks before it. */
  passRow(row: number): void {
    const { count, positions } = this.#marks;
    while (this.#from < count && (positions[this.#from] as number) <= row) this.#from++;
  }
}

function isRising({ count, kinds, values }: MarkList): boolean {
  for (let m = 0; m < count; m++) {
    if (kinds[m] !== WATERMARK || (m > 0 && (values[m] as number) < (values[m - 1] as number))) return false;
  }
  return true;
}
