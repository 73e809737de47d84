import { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { LATENCY_MARKER, MAX_WATERMARK, Marks, WATERMARK } from '../../elements/marks.ts';
import { MarksPool } from '../../elements/marks-pool.ts';
import { positionOf } from '../../elements/origin.ts';
import type { FusionStage } from '../../functions/fusion.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { assert, must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import type { TimestampsAndWatermarksConfig } from './definition.ts';
import { eventTimeOf, noEventTime } from './event-time.ts';
import { TimedStrategyOperator, WatermarkStrategyOperator } from './strategy-operator.ts';

export function create(config: TimestampsAndWatermarksConfig, setup: OperatorSetup): Operator {
  const { strategy, idleAfterMs, period } = config;
  const isTimed = strategy !== 'none' && (idleAfterMs > 0 || (strategy !== 'punctuated' && period === 'processing-time'));
  if (isTimed) return new TimedStrategyOperator(config, setup);
  const isBuiltIn = strategy === 'bounded-out-of-orderness' || strategy === 'ascending';
  const hasSplits = config.perSplit && (setup.inputs[0]?.splits ?? 1) > 1;
  if (!isBuiltIn || hasSplits || config.timestampSource === 'arrival') return new WatermarkStrategyOperator(config, setup);
  return new TimestampsAndWatermarksOperator(
    config,
    must(setup.inputs[0], 'the input of an assigner').schema,
    setup.autoWatermarkIntervalMs,
  );
}

const SNAPSHOT_VERSION = 1;
const NO_MARKS = new Marks();

interface GeneratorState {
  readonly dueTimestamp: number;
}

/**
 * Flink's `TimestampsAndWatermarksOperator` with `BoundedOutOfOrdernessWatermarks`, on columns: the watermark is the highest timestamp − bound − 1.
 * Flink emits it periodically by the machine's clock; here the clock is the replay's own, event time itself, so that a run gives the same
 * watermarks at any speed: one is emitted after the record that takes the highest timestamp an interval beyond that of the last one. That record has
 * the highest timestamp so far, so nobody has to remember the highest one; what is below the next one that is due needs no more than a comparison.
 */
class TimestampsAndWatermarksOperator implements Operator {
  readonly #fieldName: string;
  readonly #column: number;
  readonly #delayMs: number;
  readonly #intervalMs: number;
  readonly #fails: boolean;
  #context!: OperatorContext;
  #output!: Output;
  /** The next watermark is emitted after a record with this timestamp or a later one. -Infinity: there was no record yet. */
  #dueTimestamp = Number.NEGATIVE_INFINITY;
  readonly #pool = new MarksPool();
  /** For the batch in hand, and then the next, unless they went out with it. */
  #marks = this.#pool.take();

  constructor(config: TimestampsAndWatermarksConfig, schema: Schema, intervalMs: number) {
    this.#fieldName = config.timestampField;
    this.#column = schema.fields.findIndex((field) => field.name === config.timestampField);
    assert(this.#column >= 0, () => `the input has the timestamp field "${config.timestampField}"`);
    this.#delayMs = (config.strategy === 'ascending' ? 0 : config.maxOutOfOrdernessMs) + 1;
    this.#intervalMs = intervalMs;
    this.#fails = config.onError === 'fail';
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#output = context.output;
  }

  processElement(record: Row, _timestamp: number, origin: number): void {
    const value = record[this.#fieldName];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.#refuse(record, origin);
      return;
    }
    const timestamp = eventTimeOf(value);
    this.#output.collect(record, timestamp, origin);
    if (this.#isDueAfter(timestamp)) this.#output.emitWatermark(timestamp - this.#delayMs, origin);
  }

  /** Watermarks from upstream are replaced, but the end of event time is the end of event time. */
  processWatermark(watermark: number, origin: number): void {
    if (watermark === MAX_WATERMARK) this.#output.emitWatermark(watermark, origin);
  }

  /** Watermarks start here, and so does idleness. */
  processWatermarkStatus(): void {}

  processBatch(batch: Batch): void {
    const { f64, nulls } = batch.columns[this.#column] as Column;
    if (nulls !== null || batch.marks.count > 0 || !this.#assignColumn(batch, f64)) this.#assignRows(batch);
  }

  /**
   * Where all values are whole milliseconds the column itself becomes the timestamps, and rows are looked at one by one only where a watermark
   * is due. False: it is not like that, and nothing was done. `#assignRows` is the specification.
   */
  #assignColumn(batch: Batch, values: Float64Array): boolean {
    const { selectedCount } = batch;
    const before = this.#dueTimestamp;
    const marks = this.#beginMarks();
    if (!this.#markRows(batch, values, 0, selectedCount, marks)) {
      this.#dueTimestamp = before;
      return false;
    }
    if (selectedCount > 0) this.#output.collectBatch(this.#assigned(batch, marks));
    return true;
  }

  fusion(): FusionStage {
    let batch!: Batch;
    let marks!: Marks;
    let before = this.#dueTimestamp;
    return {
      kind: 'time',
      column: this.#column,
      begin: (next) => {
        batch = next;
        marks = this.#beginMarks();
        before = this.#dueTimestamp;
        return this.#dueTimestamp;
      },
      observe: (from, to) => {
        const { f64 } = batch.columns[this.#column] as Column;
        return this.#markRows(batch, f64, from, to, marks) ? this.#dueTimestamp : Number.NaN;
      },
      undo: () => {
        this.#dueTimestamp = before;
      },
      result: () => this.#assigned(batch, marks),
    };
  }

  /** The batch with its own column as timestamps. */
  #assigned({ schema, rowCount, columns, origins, selection, selectedCount, lease }: Batch, marks: Marks): Batch {
    const { f64 } = columns[this.#column] as Column;
    if (marks.count === 0) return new Batch(schema, rowCount, columns, f64, origins, NO_MARKS, selection, selectedCount, lease);
    const lent = this.#pool.lend(marks, lease);
    this.#marks = this.#pool.take();
    return new Batch(schema, rowCount, columns, f64, origins, marks, selection, selectedCount, lent);
  }

  #beginMarks(): Marks {
    this.#marks.count = 0;
    return this.#marks;
  }

  /** False: the timestamp of one of the live rows `[from, to)` cannot be taken as it is. */
  #markRows({ selection, origins }: Batch, values: Float64Array, from: number, to: number, marks: Marks): boolean {
    for (let j = from; j < to; j++) {
      j = selection === null ? firstDue(values, j, to, this.#dueTimestamp) : firstDueOf(values, selection, j, to, this.#dueTimestamp);
      if (j === to) return true;
      const i = selection === null ? j : (selection[j] as number);
      const timestamp = values[i] as number;
      if (!isWhole(timestamp)) return false;
      if (this.#isDueAfter(timestamp)) marks.push(i + 1, WATERMARK, timestamp - this.#delayMs, origins[i] as number);
    }
    return true;
  }

  #assignRows(batch: Batch): void {
    const { rowCount, selectedCount, selection, origins, marks } = batch;
    const { f64: values, nulls } = batch.columns[this.#column] as Column;
    const timestamps = new Float64Array(rowCount);
    const outMarks = new Marks();
    let kept: Int32Array | null = null;
    let keptCount = 0;
    let mark = 0;
    let j = 0;
    let isFailing = false;
    for (; j < selectedCount; j++) {
      const i = selection === null ? j : (selection[j] as number);
      if (mark < marks.count) mark = passMarks(batch, mark, i, outMarks);
      const value = values[i] as number;
      if ((nulls !== null && nulls[i] === 1) || !Number.isFinite(value)) {
        if (this.#fails) {
          isFailing = true;
          break;
        }
        kept ??= rowsBefore(batch, j);
        this.#refuse(batch.recordAt(i), origins[i] as number);
        continue;
      }
      if (kept !== null) kept[keptCount] = i;
      keptCount++;
      const timestamp = eventTimeOf(value);
      timestamps[i] = timestamp;
      if (this.#isDueAfter(timestamp)) outMarks.push(i + 1, WATERMARK, timestamp - this.#delayMs, origins[i] as number);
    }
    if (!isFailing) passMarks(batch, mark, rowCount, outMarks);
    // A failing row keeps its batch from going on whole: what stands before it is emitted, as it is row by row.
    const rows = isFailing && kept === null ? rowsBefore(batch, j) : (kept ?? selection);
    if (keptCount > 0 || outMarks.count > 0) {
      // A batch with a failing row is still looked at.
      const lease = isFailing ? null : batch.lease;
      this.#output.collectBatch(new Batch(batch.schema, rowCount, batch.columns, timestamps, origins, outMarks, rows, keptCount, lease));
    }
    if (isFailing) this.#refuse(batch.recordAt(batch.rowAt(j)), origins[batch.rowAt(j)] as number);
  }

  snapshot(): KeyedStateSnapshot {
    return { version: SNAPSHOT_VERSION, keyGroups: new Map(), operator: { dueTimestamp: this.#dueTimestamp } satisfies GeneratorState };
  }

  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === SNAPSHOT_VERSION, () => `snapshots of timestamps and watermarks have version ${SNAPSHOT_VERSION}`);
    if (snapshot.operator === undefined) return;
    this.#dueTimestamp = (snapshot.operator as GeneratorState).dueTimestamp;
  }

  /** True when a watermark is due after a record with this timestamp. The first one waits for an interval to pass, too. */
  #isDueAfter(timestamp: number): boolean {
    if (timestamp < this.#dueTimestamp) return false;
    const isFirst = this.#dueTimestamp === Number.NEGATIVE_INFINITY;
    // Without an interval, after every record that raises it.
    this.#dueTimestamp = timestamp + Math.max(this.#intervalMs, 1);
    return !isFirst || this.#intervalMs === 0;
  }

  #refuse(record: Row, origin: number): void {
    const reason = noEventTime(this.#fieldName, record[this.#fieldName]);
    if (this.#fails) this.#context.fail(reason, positionOf(origin), record);
    this.#context.report('failed', positionOf(origin), reason, record);
  }
}

/** A timestamp that can be taken as it is. The difference of infinities is NaN; 0 could be -0. */
function isWhole(value: number): boolean {
  return Math.floor(value) - value === 0 && value !== 0;
}

/** The first of the rows `[from, to)` that is not below `due` or not whole; `to` when there is none. */
function firstDue(values: Float64Array, from: number, to: number, due: number): number {
  let i = from;
  // Four at a time: fractions add up to 0 only if there are none, and a 0 shows in the product.
  for (; i + 3 < to; i += 4) {
    const a = values[i] as number;
    const b = values[i + 1] as number;
    const c = values[i + 2] as number;
    const d = values[i + 3] as number;
    const fractions = Math.floor(a) - a + (Math.floor(b) - b) + (Math.floor(c) - c) + (Math.floor(d) - d);
    if (!(a < due) || !(b < due) || !(c < due) || !(d < due) || fractions !== 0 || a * b * c * d === 0) break;
  }
  for (; i < to; i++) {
    const value = values[i] as number;
    if (!(value < due) || !isWhole(value)) return i;
  }
  return to;
}

/** The same for the rows of a selection. */
function firstDueOf(values: Float64Array, selection: Int32Array, from: number, to: number, due: number): number {
  for (let j = from; j < to; j++) {
    const value = values[selection[j] as number] as number;
    if (!(value < due) || !isWhole(value)) return j;
  }
  return to;
}

/** Copies what goes on of the marks that stand at or before row `row`; the first mark that does not. */
function passMarks({ marks }: Batch, from: number, row: number, out: Marks): number {
  let m = from;
  for (; m < marks.count && (marks.positions[m] as number) <= row; m++) {
    const kind = marks.kinds[m];
    const value = marks.values[m] as number;
    const isEnd = kind === WATERMARK && value === MAX_WATERMARK;
    // Idleness from upstream is replaced as well: this operator makes the watermarks now.
    if (isEnd || kind === LATENCY_MARKER) out.push(marks.positions[m] as number, kind, value, marks.origins[m] as number);
  }
  return m;
}

/** The first `count` live rows of a batch, with room for all. */
function rowsBefore(batch: Batch, count: number): Int32Array {
  const rows = new Int32Array(batch.selectedCount);
  for (let j = 0; j < count; j++) rows[j] = batch.rowAt(j);
  return rows;
}
