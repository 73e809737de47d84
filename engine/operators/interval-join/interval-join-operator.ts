import type { Row, Schema } from '../../batch/schema.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import type { JoinKeys } from '../../joins/join-keys.ts';
import type { Joiner } from '../../joins/joined-record.ts';
import { copyValue } from '../../state/copy-value.ts';
import { identityOf } from '../../state/identity-of.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { Queued } from '../../time/timer-queue.ts';
import { TimerQueue } from '../../time/timer-queue.ts';
import type { Identity } from '../../time/timer-service.ts';
import { must } from '../../util/assert.ts';
import { keyOrFail } from '../../windows/late-records.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import type { IntervalJoinConfig } from './definition.ts';
import type { IntervalBounds, Side } from './interval-bounds.ts';
import { buffersOf, snapshotOf } from './join-snapshot.ts';
import type { BufferSnapshot } from './join-snapshot.ts';
import type { PairProcess } from './pair-process.ts';
import { failWithoutJoinTimestamp, handleLateRecord } from './late-join-records.ts';

export interface IntervalJoinParts {
  readonly schemas: readonly [Schema, Schema];
  readonly bounds: IntervalBounds;
  readonly keys: JoinKeys;
  readonly join: Joiner;
  readonly lateData: IntervalJoinConfig['lateData'];
  readonly onError: IntervalJoinConfig['onError'];
  /** What makes records of pairs instead of `join`; null: nothing does. */
  readonly process: PairProcess | null;
}

interface Buffered {
  readonly timestamp: number;
  readonly record: Row;
}

/** What waits of one key, by side, in order of arrival. */
interface KeyBuffers {
  readonly key: KeyValue;
  readonly identity: Identity;
  readonly sides: readonly [Buffered[], Buffered[]];
}

/** Takes the records of one key, side and event time away when the watermark reaches `timestamp`. */
interface Cleanup extends Queued {
  readonly buffers: KeyBuffers;
  readonly side: Side;
  readonly eventTime: number;
}

/**
 * The specification, one record at a time, after Flink's `IntervalJoinOperator`: a record is kept, joined with everything of the other side that
 * lies in its interval, and cleaned up once no record can come any more that would join with it. Flink leaves the order of the partners of a
 * record open; here they come in the order in which they arrived.
 */
export class IntervalJoinOperator implements Operator {
  readonly #parts: IntervalJoinParts;
  readonly #keys = new Map<Identity, KeyBuffers>();
  readonly #cleanups = new TimerQueue<Cleanup>();
  #cleanupsMade = 0;
  #watermark = MIN_WATERMARK;
  #context: OperatorContext | null = null;
  #failures: RecordFailures | null = null;

  constructor(parts: IntervalJoinParts) {
    this.#parts = parts;
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#failures = new RecordFailures(context, this.#parts.onError, 'The function');
    this.#parts.process?.open(context);
  }

  /** Timestamps of the records that are kept of a side. */
  bufferedTimestamps(side: Side): number[] {
    return [...this.#keys.values()].flatMap(({ sides }) => sides[side].map(({ timestamp }) => timestamp));
  }

  get keyCount(): number {
    return this.#keys.size;
  }

  processElement(record: Row, timestamp: number, origin: number, input: number): void {
    const context = must(this.#context, 'the context of an open operator');
    const side = input as Side;
    const { bounds, keys, lateData } = this.#parts;
    const key = keyOrFail((keyed) => keys.keyOf(keyed, side), context, record, origin);
    if (Number.isNaN(timestamp)) failWithoutJoinTimestamp(context, record, origin);
    if (timestamp < this.#watermark) {
      handleLateRecord(lateData, context, record, timestamp, origin, side, this.#watermark);
      return;
    }
    const buffers = this.#buffersOf(key);
    this.#keep(buffers, side, { timestamp, record });
    const first = bounds.firstPartner(timestamp, side);
    const last = bounds.lastPartner(timestamp, side);
    for (const partner of buffers.sides[side === 0 ? 1 : 0]) {
      if (partner.timestamp < first || partner.timestamp > last) continue;
      const own = { timestamp, record };
      if (side === 0) this.#emit(own, partner, origin);
      else this.#emit(partner, own, origin);
    }
  }

  processWatermark(watermark: number, origin: number): void {
    if (watermark > this.#watermark) {
      this.#watermark = watermark;
      for (let due = this.#cleanups.peek(); due !== undefined && due.timestamp <= watermark; due = this.#cleanups.peek()) {
        this.#cleanups.remove(due);
        this.#cleanUp(due);
      }
    }
    must(this.#context, 'the context of an open operator').output.emitWatermark(watermark, origin);
  }

  close(): void {
    this.#parts.process?.close();
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#parts.process?.userCounters() ?? new Map();
  }

  snapshot(): KeyedStateSnapshot {
    const entries = [...this.#keys.values()].map(({ key, sides }): BufferSnapshot => {
      const [left, right] = sides.map((buffer) => buffer.map(({ timestamp, record }) => [timestamp, copyValue(record)] as const));
      return [key, left ?? [], right ?? []];
    });
    return snapshotOf(entries, (key) => this.#parts.keys.keyGroupOf(key));
  }

  restore(snapshot: KeyedStateSnapshot): void {
    for (const [key, left, right] of buffersOf(snapshot)) {
      const buffers = this.#buffersOf(key);
      for (const [timestamp, record] of left) this.#keep(buffers, 0, { timestamp, record: copyValue(record) });
      for (const [timestamp, record] of right) this.#keep(buffers, 1, { timestamp, record: copyValue(record) });
    }
  }

  #buffersOf(key: KeyValue): KeyBuffers {
    const identity = identityOf(key);
    let buffers = this.#keys.get(identity);
    if (buffers === undefined) this.#keys.set(identity, (buffers = { key, identity, sides: [[], []] }));
    return buffers;
  }

  #keep(buffers: KeyBuffers, side: Side, entry: Buffered): void {
    const buffer = buffers.sides[side];
    const eventTime = entry.timestamp;
    const isFirst = !buffer.some(({ timestamp }) => timestamp === eventTime);
    buffer.push(entry);
    // One timer for all records of a key, side and time.
    if (!isFirst) return;
    const timestamp = eventTime + this.#parts.bounds.keptMs[side];
    this.#cleanups.add({ timestamp, order: this.#cleanupsMade++, heapIndex: -1, buffers, side, eventTime });
  }

  #cleanUp({ buffers, side, eventTime }: Cleanup): void {
    const buffer = buffers.sides[side];
    const kept = buffer.filter(({ timestamp }) => timestamp !== eventTime);
    buffer.splice(0, buffer.length, ...kept);
    if (buffers.sides[0].length + buffers.sides[1].length === 0) this.#keys.delete(buffers.identity);
  }

  #emit({ record: left, timestamp: leftTime }: Buffered, { record: right, timestamp: rightTime }: Buffered, origin: number): void {
    const { join, process, schemas } = this.#parts;
    if (process !== null) {
      const own = [copyOfRecord(schemas[0], left), copyOfRecord(schemas[1], right)] as const;
      process.process(...own, { left: leftTime, right: rightTime }, origin, () => ({ left, right }));
      return;
    }
    let joined: Row;
    try {
      joined = join(left, right);
    } catch (error) {
      must(this.#failures, 'the failures of an open operator').add(error, { left, right }, origin);
      return;
    }
    must(this.#context, 'the context of an open operator').output.collect(joined, Math.max(leftTime, rightTime), origin);
  }
}
