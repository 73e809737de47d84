import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Batch, MarkList } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Interleaved } from '../../batch/interleaved.ts';
import type { Row } from '../../batch/schema.ts';
import { Marks, MIN_WATERMARK, WATERMARK } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { keyOrFail } from '../../windows/late-records.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { PaneKeys, SlotUsers } from '../../windows/panes/pane-keys.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import { ArrivalOrder } from './arrival-order.ts';
import type { Side } from './interval-bounds.ts';
import type { IntervalJoinParts } from './interval-join-operator.ts';
import { JoinLog } from './join-log.ts';
import { buffersOf, snapshotOf } from './join-snapshot.ts';
import type { BufferedSnapshot } from './join-snapshot.ts';
import { failWithoutJoinTimestamp, handleLateRecord } from './late-join-records.ts';
import { PairOutput } from './pair-output.ts';
import type { PairSink } from './pair-output.ts';
import { PairSearch } from './pair-search.ts';
import type { JoinLimits } from './pair-search.ts';
import type { PairsPlan } from './pairs-plan.ts';
import { ProcessedPairs } from './processed-pairs.ts';
import type { PairReaders } from './processed-pairs.ts';

export interface IntervalJoinKernelParts extends IntervalJoinParts {
  /** How pairs become records where no process function takes them. */
  readonly plan: PairsPlan | null;
  /** Of the process function. */
  readonly readers: PairReaders | null;
  /** The key column by side. */
  readonly keyColumns: readonly [number, number];
  readonly newKeys: (users: SlotUsers) => PaneKeys;
}

const SIDES = [0, 1] as const;

/**
 * The interval join on columns: a log of arrivals with a chain per key and side, cut by the watermark, without a timer per record. Gives what
 * `IntervalJoinOperator` gives, which is the specification. For keys that are one column.
 */
export class IntervalJoinKernel implements Operator, SlotUsers {
  readonly consumesBatches = true;
  readonly #parts: IntervalJoinKernelParts;
  readonly #keys: PaneKeys;
  readonly #log: JoinLog;
  readonly #arrivals = new ArrivalOrder();
  readonly #singles: readonly [BatchBuilder, BatchBuilder];
  readonly #limits: JoinLimits;
  readonly #search: PairSearch;
  #output: PairSink | null = null;
  #context: OperatorContext | null = null;
  #restored: KeyedStateSnapshot | null = null;

  constructor(parts: IntervalJoinKernelParts) {
    const { schemas, bounds } = parts;
    this.#parts = parts;
    this.#keys = parts.newKeys(this);
    this.#log = new JoinLog(schemas);
    this.#singles = [new BatchBuilder(schemas[0], () => new Marks(1)), new BatchBuilder(schemas[1], () => new Marks(1))];
    this.#limits = {
      watermark: MIN_WATERMARK,
      first: Float64Array.from(SIDES, (side) => bounds.firstPartner(0, side)),
      last: Float64Array.from(SIDES, (side) => bounds.lastPartner(0, side)),
      expiredUpTo: new Float64Array(2).fill(MIN_WATERMARK),
    };
    this.#search = new PairSearch(this.#log, this.#arrivals, this.#limits);
  }

  open(context: OperatorContext): void {
    const { plan, readers, process, onError } = this.#parts;
    this.#context = context;
    process?.open(context);
    if (process === null) {
      const failures = new RecordFailures(context, onError, 'The function');
      this.#output = new PairOutput(must(plan, 'the plan of the pairs'), this.#log, failures, context.output);
    } else this.#output = new ProcessedPairs(process, must(readers, 'the readers of the pairs'), this.#log, context.output);
    if (this.#restored !== null) this.#resume(this.#restored);
    this.#restored = null;
  }

  bufferedTimestamps(side: Side): number[] {
    return this.#log.keptRows(side, this.#expiredUpTo).map((row) => this.#log.timestampOf(side, row));
  }

  get keyCount(): number {
    const slots = SIDES.flatMap((side) => this.#log.keptRows(side, this.#expiredUpTo).map((row) => this.#log.slotOf(side, row)));
    return new Set(slots).size;
  }

  /** Records in memory, those included that are let go. */
  get loggedCount(): number {
    return this.#log.count;
  }

  processElement(record: Row, timestamp: number, origin: number, input: number): void {
    const single = this.#singles[input as Side];
    single.append(record, timestamp, origin);
    this.processBatch(single.build(), input);
  }

  processWatermark(watermark: number, origin: number): void {
    const [single] = this.#singles;
    single.mark(WATERMARK, watermark, origin);
    this.processBatch(single.build(), 0);
  }

  processBatch(batch: Batch, input: number): void {
    this.#arrivals.beginWith(batch, input as Side);
    this.#process(input === 0 ? batch : null, input === 0 ? null : batch, marksByOrder(batch));
  }

  processInterleaved({ batches, inputs, count, marks }: Interleaved): void {
    const [left = null, right = null] = batches;
    this.#arrivals.begin(left, right, inputs, count);
    this.#process(left, right, marks);
  }

  close(): void {
    this.#parts.process?.close();
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#parts.process?.userCounters() ?? new Map();
  }

  snapshot(): KeyedStateSnapshot {
    const bySlot = new Map<number, readonly [BufferedSnapshot[], BufferedSnapshot[]]>();
    const log = this.#log;
    for (const side of SIDES) {
      for (const row of log.keptRows(side, this.#expiredUpTo)) {
        const slot = log.slotOf(side, row);
        let sides = bySlot.get(slot);
        if (sides === undefined) bySlot.set(slot, (sides = [[], []]));
        sides[side].push([log.timestampOf(side, row), log.sides[side].recordAt(row)]);
      }
    }
    const entries = [...bySlot].map(([slot, [left, right]]) => [this.#keys.keyAt(slot) as KeyValue, left, right] as const);
    return snapshotOf(entries, (key) => this.#parts.keys.keyGroupOf(key));
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#restored = snapshot;
  }

  markLive(live: Uint8Array): void {
    const log = this.#log;
    log.compact(this.#expiredUpTo);
    for (const side of SIDES) for (let row = 0; row < log.sides[side].count; row++) live[log.slotOf(side, row)] = 1;
    for (const slot of this.#arrivals.knownSlots) if (slot !== NO_SLOT) live[slot] = 1;
  }

  renumber(newSlotOf: Int32Array): void {
    this.#log.renumber(newSlotOf);
    const known = this.#arrivals.knownSlots;
    for (const [k, slot] of known.entries()) if (slot !== NO_SLOT) known[k] = newSlotOf[slot] as number;
  }

  #process(left: Batch | null, right: Batch | null, marks: MarkList): void {
    this.#log.compactIfWorthwhile(this.#expiredUpTo);
    // Slots may be renumbered, and the log compacted, until all keys are known.
    this.#findKeys(left, 0);
    this.#findKeys(right, 1);
    const { count } = this.#arrivals;
    this.#log.ensure(this.#keys.slotCount, this.#arrivals.liveCount(0), this.#arrivals.liveCount(1));
    this.#append(left, 0);
    this.#append(right, 1);
    let from = 0;
    for (let m = 0; m < marks.count; m++) {
      const to = marks.positions[m] as number;
      this.#take(from, to);
      from = to;
      this.#mark(marks, m);
    }
    this.#take(from, count);
    const output = must(this.#output, 'the output of an open operator');
    this.#search.finish(output);
    this.#arrivals.end();
    output.flush();
  }

  #findKeys(batch: Batch | null, side: Side): void {
    if (batch === null || batch.selectedCount === 0) return;
    const keyColumn = batch.columns[this.#parts.keyColumns[side]] as Column;
    this.#keys.beginBatch(batch, keyColumn);
    this.#arrivals.setSlots(side, this.#keys.rowSlots, keyColumn.nulls);
  }

  /** Copies the records of a batch to those of its side. */
  #append(batch: Batch | null, side: Side): void {
    const arrivals = this.#arrivals;
    arrivals.setRows(side, this.#log.sides[side].count);
    if (batch === null || batch.selectedCount === 0) return;
    const { timestamps, slots } = arrivals;
    const at = arrivals.startOf(side);
    this.#log.append(batch, side, { rows: arrivals.liveRows(side), count: arrivals.liveCount(side), timestamps, slots, at });
  }

  #resume(snapshot: KeyedStateSnapshot): void {
    for (const [, ...sides] of buffersOf(snapshot)) {
      for (const side of SIDES) {
        for (const [timestamp, record] of sides[side]) {
          this.#singles[side].append(record, timestamp, 0);
          const batch = this.#singles[side].build();
          this.#arrivals.beginWith(batch, side);
          this.#findKeys(batch, side);
          this.#log.ensure(this.#keys.slotCount, 1, 1);
          this.#append(batch, side);
          this.#arrivals.end();
        }
      }
    }
    this.#log.relink();
  }

  /** The arrivals `[from, to)`, between which nothing else comes. */
  #take(from: number, to: number): void {
    const output = must(this.#output, 'the output of an open operator');
    for (let q = from; q < to; ) {
      q = this.#search.add(q, to);
      if (q === to) return;
      if (this.#search.isFull) this.#search.finish(output);
      else {
        this.#takeUntimely(q, output);
        this.#arrivals.skip(q++);
      }
    }
  }

  /** A record without a key, without a timestamp, or late. */
  #takeUntimely(q: number, output: PairSink): void {
    const context = must(this.#context, 'the context of an open operator');
    const { lateData, keys } = this.#parts;
    const k = this.#arrivals.placeOf(q);
    const side = this.#arrivals.sides[q] as Side;
    const row = k + (this.#arrivals.rowShifts[side] as number);
    const record = this.#log.sides[side].recordAt(row);
    this.#log.discard(side, row);
    const origin = this.#arrivals.origins[k] as number;
    const timestamp = this.#arrivals.timestamps[k] as number;
    const isKeyless = this.#arrivals.slots[k] === NO_SLOT;
    // What fails the job, or leaves by another output, comes after what was emitted before it; what is reported, after what was.
    if (lateData !== 'drop' || Number.isNaN(timestamp) || isKeyless || output.callsFunction) {
      this.#search.finish(output);
      output.flush();
    }
    if (isKeyless) keyOrFail((keyed) => keys.keyOf(keyed, side), context, record, origin);
    if (Number.isNaN(timestamp)) failWithoutJoinTimestamp(context, record, origin);
    handleLateRecord(lateData, context, record, timestamp, origin, side, this.#limits.watermark);
  }

  #mark({ positions, kinds, values, origins }: MarkList, m: number): void {
    const value = values[m] as number;
    const limits = this.#limits;
    if (kinds[m] === WATERMARK && value > limits.watermark) {
      limits.watermark = value;
      const [left, right] = this.#expiredUpTo;
      limits.expiredUpTo.set([right, left]);
      for (const side of SIDES) this.#log.sides[side].arrivedSince = this.#arrivals.rowsBefore(side, positions[m] as number);
    }
    this.#search.mark(kinds[m] as MarkKind, value, origins[m] as number);
  }

  /** By side: records up to this event time are let go, unless they came after the watermark. */
  get #expiredUpTo(): readonly [number, number] {
    const { watermark } = this.#limits;
    const { keptMs } = this.#parts.bounds;
    return [watermark - keptMs[0], watermark - keptMs[1]];
  }
}

/** The marks of a batch at their places among its live rows. */
function marksByOrder(batch: Batch): MarkList {
  const { marks, selection, selectedCount } = batch;
  if (selection === null || marks.count === 0) return marks;
  const moved = new Marks(marks.count);
  let j = 0;
  for (let m = 0; m < marks.count; m++) {
    const position = marks.positions[m] as number;
    while (j < selectedCount && (selection[j] as number) < position) j++;
    moved.push(j, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
  }
  return moved;
}
