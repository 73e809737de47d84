import { BatchBuilder, FieldTypeError } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import { MIN_WATERMARK, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import { positionOf } from '../elements/origin.ts';
import type { Output } from '../operators/operator.ts';
import type { OperatorStats } from './operator-stats.ts';

/** Something that takes what an operator emits: the next operator of the chain, or a result partition. */
export interface Receiver {
  /** One record at a time (specification path). Null: this receiver only takes batches. */
  readonly byRecord: RecordReceiver | null;
  receiveBatch(batch: Batch): void;
}

export interface RecordReceiver {
  receiveRecord(record: Row, timestamp: number, origin: number): void;
  receiveWatermark(watermark: number, origin: number): void;
  receiveWatermarkStatus(idle: boolean, origin: number): void;
}

/** Reports a record that does not fit the declared schema of a port. Never returns. */
export type RefuseRecord = (reason: string, position: number, record: Row) => never;

interface SideRecord {
  readonly record: Row;
  readonly timestamp: number;
  readonly origin: number;
}

/** A side output port: records wait for the end of the input batch, then go out between the watermarks where they belong. */
class SidePort {
  readonly receivers: readonly Receiver[];
  readonly builder: BatchBuilder;
  pending: SideRecord[] = [];

  constructor(schema: Schema, receivers: readonly Receiver[]) {
    this.builder = new BatchBuilder(schema, () => new Marks());
    this.receivers = receivers;
  }
}

/**
 * The `Output` of one operator in a chain. Batches go straight on; single records go straight on in the specification path and are
 * collected into batches otherwise (`flush` at the end of every input batch sends what is there, so nothing lingers).
 */
export class ChainOutput implements Output {
  readonly #stats: OperatorStats;
  readonly #main: readonly Receiver[];
  readonly #byRecord: readonly RecordReceiver[];
  readonly #batched: readonly Receiver[];
  readonly #builder: BatchBuilder;
  readonly #sides: ReadonlyMap<string, SidePort>;
  readonly #sideList: readonly SidePort[];
  readonly #refuse: RefuseRecord;
  #watermark = MIN_WATERMARK;
  #idle = false;
  #marksSinceFlush: Marks = new Marks();

  constructor(
    stats: OperatorStats,
    schema: Schema,
    main: readonly Receiver[],
    sides: ReadonlyMap<string, { readonly schema: Schema; readonly receivers: readonly Receiver[] }>,
    byRecord: boolean,
    refuse: RefuseRecord,
  ) {
    this.#stats = stats;
    this.#main = main;
    this.#byRecord = byRecord ? main.flatMap((receiver) => receiver.byRecord ?? []) : [];
    this.#batched = byRecord ? main.filter((receiver) => receiver.byRecord === null) : main;
    this.#builder = new BatchBuilder(schema, () => new Marks());
    this.#sides = new Map([...sides].map(([port, side]) => [port, new SidePort(side.schema, side.receivers)]));
    this.#sideList = [...this.#sides.values()];
    this.#refuse = refuse;
  }

  /** How far event time has come in what was emitted. */
  get progress(): EventTimeProgress {
    return { watermark: this.#watermark, idle: this.#idle };
  }

  /** What was emitted before is not emitted again. */
  restore({ watermark, idle }: EventTimeProgress): void {
    this.#watermark = watermark;
    this.#stats.watermark = watermark;
    this.#idle = idle;
  }

  collect(record: Row, timestamp: number, origin: number): void {
    this.#stats.recordsOut++;
    this.#stats.lastTimestamp = timestamp;
    for (let r = 0; r < this.#byRecord.length; r++) {
      // Each receiver may keep or change its record, so a second one gets its own.
      (this.#byRecord[r] as RecordReceiver).receiveRecord(
        r === 0 && this.#batched.length === 0 ? record : { ...record },
        timestamp,
        origin,
      );
    }
    if (this.#batched.length === 0) return;
    this.#append(this.#builder, record, timestamp, origin);
    if (this.#builder.isFull) this.#flushMain();
  }

  collectBatch(batch: Batch): void {
    this.#flushMain();
    this.note(batch);
    batch.share(this.#main.length);
    for (let r = 0; r < this.#main.length; r++) (this.#main[r] as Receiver).receiveBatch(batch);
  }

  /** Takes note of a batch that the next operator has received already. */
  note(batch: Batch): void {
    const stats = this.#stats;
    stats.recordsOut += batch.selectedCount;
    if (batch.selectedCount > 0) {
      stats.lastTimestamp = batch.timestamps[batch.rowAt(batch.selectedCount - 1)] as number;
      stats.keepLast(batch);
    }
    const marks = batch.marks;
    for (let m = marks.count - 1; m >= 0; m--) {
      if (marks.kinds[m] !== WATERMARK) continue;
      if ((marks.values[m] as number) > this.#watermark) this.#watermark = marks.values[m] as number;
      break;
    }
    stats.watermark = this.#watermark;
    const status = marks.count === 0 ? -1 : marks.kinds.lastIndexOf(WATERMARK_STATUS, marks.count - 1);
    if (status >= 0) this.#idle = marks.values[status] === 1;
    if (this.#sideList.length > 0) {
      for (let m = 0; m < marks.count; m++) {
        const kind = marks.kinds[m] as MarkKind;
        if (kind === WATERMARK || kind === WATERMARK_STATUS) this.#markSides(kind, marks.values[m] as number, marks.origins[m] as number);
      }
    }
  }

  sideOutput(port: string, record: Row, timestamp: number, origin: number): void {
    this.#stats.recordsOut++;
    this.#stats.sideRecordsOut++;
    this.#sides.get(port)?.pending.push({ record, timestamp, origin });
  }

  emitWatermark(watermark: number, origin: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#stats.watermark = watermark;
    for (const receiver of this.#byRecord) receiver.receiveWatermark(watermark, origin);
    if (this.#batched.length > 0) this.#builder.mark(WATERMARK, watermark, origin);
    if (this.#sideList.length > 0) this.#markSides(WATERMARK, watermark, origin);
  }

  emitWatermarkStatus(idle: boolean, origin: number): void {
    this.#idle = idle;
    for (const receiver of this.#byRecord) receiver.receiveWatermarkStatus(idle, origin);
    if (this.#batched.length > 0) this.#builder.mark(WATERMARK_STATUS, idle ? 1 : 0, origin);
    if (this.#sideList.length > 0) this.#markSides(WATERMARK_STATUS, idle ? 1 : 0, origin);
  }

  /** Sends everything collected so far. The runtime calls it after every input batch. */
  flush(): void {
    this.#flushMain();
    if (this.#sideList.length === 0) return;
    for (const side of this.#sideList) this.#flushSide(side);
    this.#marksSinceFlush = new Marks();
  }

  #markSides(kind: MarkKind, value: number, origin: number): void {
    this.#marksSinceFlush.push(0, kind, value, origin);
  }

  #flushMain(): void {
    if (this.#builder.isEmpty) return;
    const batch = this.#builder.build();
    if (batch.selectedCount > 0) this.#stats.keepLast(batch);
    batch.share(this.#batched.length);
    for (let r = 0; r < this.#batched.length; r++) (this.#batched[r] as Receiver).receiveBatch(batch);
  }

  /** A record comes before the watermark that its own origin caused: it was late (or malformed) before that watermark existed. */
  #flushSide(side: SidePort): void {
    const marks = this.#marksSinceFlush;
    let m = 0;
    for (const { record, timestamp, origin } of side.pending) {
      for (; m < marks.count && (marks.origins[m] as number) < origin; m++) copyMark(marks, m, side.builder);
      this.#append(side.builder, record, timestamp, origin);
      if (side.builder.isFull) send(side);
    }
    for (; m < marks.count; m++) copyMark(marks, m, side.builder);
    side.pending = [];
    if (!side.builder.isEmpty) send(side);
  }

  #append(builder: BatchBuilder, record: Row, timestamp: number, origin: number): void {
    try {
      builder.append(record, timestamp, origin);
    } catch (error) {
      if (!(error instanceof FieldTypeError)) throw error;
      this.#refuse(error.message, positionOf(origin), record);
    }
  }
}

function copyMark(marks: Marks, m: number, to: BatchBuilder): void {
  to.mark(marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
}

function send(side: SidePort): void {
  const batch = side.builder.build();
  batch.share(side.receivers.length);
  for (const receiver of side.receivers) receiver.receiveBatch(batch);
}
