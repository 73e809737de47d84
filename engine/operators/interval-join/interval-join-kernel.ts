import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { Marks, MIN_WATERMARK, WATERMARK } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import type { MergedField } from '../../joins/joined-record.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { keyOrFail } from '../../windows/late-records.ts';
import type { PaneKeys, SlotUsers } from '../../windows/panes/pane-keys.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import type { Side } from './interval-bounds.ts';
import type { IntervalJoinParts } from './interval-join-operator.ts';
import { JoinLog, NONE } from './join-log.ts';
import { buffersOf, snapshotOf } from './join-snapshot.ts';
import type { BufferedSnapshot } from './join-snapshot.ts';
import { failWithoutJoinTimestamp, handleLateRecord } from './late-join-records.ts';
import type { PairOutput } from './pair-output.ts';
import { FunctionPairs, MergedPairs } from './pair-output.ts';

export interface IntervalJoinKernelParts extends IntervalJoinParts {
  readonly schemas: readonly [Schema, Schema];
  readonly outputSchema: Schema;
  /** Fields of the joined record when no function makes it; null: one does. */
  readonly merged: readonly MergedField[] | null;
  /** The key column by side. */
  readonly keyColumns: readonly [number, number];
  readonly newKeys: (users: SlotUsers) => PaneKeys;
}

/**
 * The interval join on columns: a log of arrivals per side with a chain per key, cut by the watermark, without a timer per record. Gives what
 * `IntervalJoinOperator` gives, which is the specification. For keys that are one column.
 */
export class IntervalJoinKernel implements Operator, SlotUsers {
  readonly consumesBatches = true;
  readonly #parts: IntervalJoinKernelParts;
  readonly #keys: PaneKeys;
  readonly #logs: readonly [JoinLog, JoinLog];
  readonly #singles: readonly [BatchBuilder, BatchBuilder];
  #watermark = MIN_WATERMARK;
  /** Partners of the present record, the newest first. */
  #partners = new Int32Array(64);
  #pairs: PairOutput | null = null;
  #context: OperatorContext | null = null;
  #restored: KeyedStateSnapshot | null = null;

  constructor(parts: IntervalJoinKernelParts) {
    const [left, right] = parts.schemas;
    this.#parts = parts;
    this.#keys = parts.newKeys(this);
    this.#logs = [new JoinLog(left), new JoinLog(right)];
    this.#singles = [new BatchBuilder(left, () => new Marks(1)), new BatchBuilder(right, () => new Marks(1))];
  }

  open(context: OperatorContext): void {
    const { outputSchema, merged, schemas, join, onError } = this.#parts;
    this.#context = context;
    this.#pairs =
      merged === null
        ? new FunctionPairs(outputSchema, join, new RecordFailures(context, onError, 'The function'), this.#logs, context.output)
        : new MergedPairs(outputSchema, merged, schemas, this.#logs, context.output);
    if (this.#restored !== null) this.#resume(this.#restored);
    this.#restored = null;
  }

  bufferedTimestamps(side: Side): number[] {
    return this.#keptIndexes(side).map((index) => this.#logs[side].timestamps[index] as number);
  }

  get keyCount(): number {
    return new Set(([0, 1] as const).flatMap((side) => this.#keptIndexes(side).map((index) => this.#logs[side].slots[index]))).size;
  }

  /** Records in memory, those included that are let go. */
  get loggedCount(): number {
    return this.#logs[0].count + this.#logs[1].count;
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
    const side = input as Side;
    const { marks, selectedCount } = batch;
    const pairs = must(this.#pairs, 'the output of an open operator');
    for (const of of [0, 1] as const) this.#logs[of].compactIfWorthwhile(this.#expiredUpTo(of));
    if (selectedCount > 0) this.#begin(batch, side);
    let mark = 0;
    const first = this.#logs[side].count - selectedCount;
    for (let j = 0; j < selectedCount; j++) {
      const row = batch.rowAt(j);
      for (; mark < marks.count && (marks.positions[mark] as number) <= row; mark++) this.#mark(batch, mark, first + j, side, pairs);
      this.#take(batch, row, first + j, side, pairs);
    }
    for (; mark < marks.count; mark++) this.#mark(batch, mark, first + selectedCount, side, pairs);
    pairs.flush();
  }

  snapshot(): KeyedStateSnapshot {
    const bySlot = new Map<number, readonly [BufferedSnapshot[], BufferedSnapshot[]]>();
    for (const side of [0, 1] as const) {
      const log = this.#logs[side];
      for (const index of this.#keptIndexes(side)) {
        const slot = log.slots[index] as number;
        let sides = bySlot.get(slot);
        if (sides === undefined) bySlot.set(slot, (sides = [[], []]));
        sides[side].push([log.timestamps[index] as number, log.recordAt(index)]);
      }
    }
    const entries = [...bySlot].map(([slot, [left, right]]) => [this.#keys.keyAt(slot) as KeyValue, left, right] as const);
    return snapshotOf(entries, (key) => this.#parts.keys.keyGroupOf(key));
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#restored = snapshot;
  }

  markLive(live: Uint8Array): void {
    for (const side of [0, 1] as const) {
      const log = this.#logs[side];
      log.compact(this.#expiredUpTo(side));
      for (let i = 0; i < log.count; i++) live[log.slots[i] as number] = 1;
    }
  }

  renumber(newSlotOf: Int32Array): void {
    for (const log of this.#logs) log.renumber(newSlotOf);
  }

  #resume(snapshot: KeyedStateSnapshot): void {
    for (const [, ...sides] of buffersOf(snapshot)) {
      for (const side of [0, 1] as const) {
        for (const [timestamp, record] of sides[side]) {
          this.#singles[side].append(record, timestamp, 0);
          const batch = this.#singles[side].build();
          this.#begin(batch, side);
          this.#logs[side].link(this.#logs[side].count - 1, this.#keys.rowSlots[0] as number);
        }
      }
    }
  }

  /** Finds the keys of a batch and copies its rows to the end of their log. */
  #begin(batch: Batch, side: Side): void {
    this.#keys.beginBatch(batch, batch.columns[this.#parts.keyColumns[side]] as Column);
    for (const log of this.#logs) log.ensureSlots(this.#keys.slotCount);
    this.#logs[side].append(batch);
  }

  #take(batch: Batch, row: number, index: number, side: Side, pairs: PairOutput): void {
    const origin = batch.origins[row] as number;
    const timestamp = batch.timestamps[row] as number;
    const nulls = (batch.columns[this.#parts.keyColumns[side]] as Column).nulls;
    if (nulls !== null && nulls[row] === 1) return this.#refuseKey(batch, row, side, pairs);
    // Not a number: it has none.
    if (!(timestamp >= this.#watermark)) return this.#takeUntimely(batch, row, side, pairs);
    const slot = this.#keys.rowSlots[row] as number;
    this.#logs[side].link(index, slot);
    const count = this.#findPartners(slot, timestamp, side);
    const others = this.#logs[side === 0 ? 1 : 0].timestamps;
    for (let p = count - 1; p >= 0; p--) {
      const partner = this.#partners[p] as number;
      const other = others[partner] as number;
      const at = other > timestamp ? other : timestamp;
      if (side === 0) pairs.add(index, partner, at, origin);
      else pairs.add(partner, index, at, origin);
    }
  }

  /** Walks the other side's chain of the key, from the newest record on, as long as an older one can still be late enough. */
  #findPartners(slot: number, timestamp: number, side: Side): number {
    const { bounds } = this.#parts;
    const otherSide = side === 0 ? 1 : 0;
    const log = this.#logs[otherSide];
    const first = bounds.firstPartner(timestamp, side);
    const last = bounds.lastPartner(timestamp, side);
    const expiredUpTo = this.#expiredUpTo(otherSide);
    const { timestamps, highest, older, arrivedSince } = log;
    let count = 0;
    for (let i = log.newest[slot] as number; i !== NONE && (highest[i] as number) >= first; i = older[i] as number) {
      const other = timestamps[i] as number;
      if (other < first || other > last || (other <= expiredUpTo && i < arrivedSince)) continue;
      if (count === this.#partners.length) this.#growPartners();
      this.#partners[count++] = i;
    }
    return count;
  }

  #growPartners(): void {
    const partners = new Int32Array(this.#partners.length * 2);
    partners.set(this.#partners);
    this.#partners = partners;
  }

  #refuseKey(batch: Batch, row: number, side: Side, pairs: PairOutput): void {
    pairs.flush();
    const context = must(this.#context, 'the context of an open operator');
    keyOrFail((record) => this.#parts.keys.keyOf(record, side), context, batch.recordAt(row), batch.origins[row] as number);
  }

  #takeUntimely(batch: Batch, row: number, side: Side, pairs: PairOutput): void {
    const context = must(this.#context, 'the context of an open operator');
    const record = batch.recordAt(row);
    const origin = batch.origins[row] as number;
    const timestamp = batch.timestamps[row] as number;
    const { lateData } = this.#parts;
    // What fails the job, or leaves by another output, comes after what was emitted before it.
    if (lateData !== 'drop' || Number.isNaN(timestamp)) pairs.flush();
    if (Number.isNaN(timestamp)) failWithoutJoinTimestamp(context, record, origin);
    handleLateRecord(lateData, context, record, timestamp, origin, side, this.#watermark);
  }

  /** `arrived`: the log of `side` ends here as far as this mark is concerned. */
  #mark(batch: Batch, mark: number, arrived: number, side: Side, pairs: PairOutput): void {
    const { kinds, values, origins } = batch.marks;
    const value = values[mark] as number;
    if (kinds[mark] === WATERMARK && value > this.#watermark) {
      this.#watermark = value;
      for (const of of [0, 1] as const) this.#logs[of].arrivedSince = of === side ? arrived : this.#logs[of].count;
    }
    pairs.mark(kinds[mark] as MarkKind, value, origins[mark] as number);
  }

  /** Records of a side up to this event time are let go, unless they came after the watermark. */
  #expiredUpTo(side: Side): number {
    return this.#watermark - this.#parts.bounds.keptMs[side];
  }

  #keptIndexes(side: Side): number[] {
    const log = this.#logs[side];
    const expiredUpTo = this.#expiredUpTo(side);
    return Array.from({ length: log.count }, (_, index) => index).filter((index) => log.isKept(index, expiredUpTo));
  }
}
