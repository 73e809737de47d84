import type { Batch } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Column } from '../../batch/column.ts';
import { BOOL, F64, STR } from '../../batch/column.ts';
import type { Row } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { failOnKey, ReducedState } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { KeySlots } from '../../keyed/key-slots.ts';
import { batchOfPrefix } from '../../keyed/live-prefix.ts';
import { FROM_SLOT, SlotColumn, withoutEmptyNulls } from '../../keyed/slot-column.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import { compareValues, isInt, NullValueError, replaces } from './combine.ts';
import type { Value } from './combine.ts';
import type { RollingAggregateConfig } from './definition.ts';

/** The key of a slot has no record yet. */
const NO_RECORD = -2;

/**
 * Rolling aggregates over columns. Per key slot there is one record, a column per field. A batch is worked off in three passes: row by row over the
 * aggregated field alone; then column by column for the results, of which a row either repeats what its slot held before the batch or
 * a row of the batch itself; and last the slots whose record is another one now.
 */
export class RollingKernel implements Operator {
  readonly #config: RollingAggregateConfig;
  readonly #parts: KeyedReduceParts;
  readonly #slots: KeySlots;
  readonly #columns: readonly SlotColumn[];
  readonly #aggregated: number;
  readonly #takesWholeRecords: boolean;
  readonly #wraps: boolean;
  readonly #single: BatchBuilder;
  /** The column of the key if what enters can leave as it is: equal keys of these kinds are the same value. */
  readonly #keyColumn: number;
  /** By slot: the row of the batch in hand that holds its record, `FROM_SLOT` if it is older, `NO_RECORD`. */
  #holders = new Int32Array(0);
  /** Slots whose record is a row of the batch in hand. */
  #touched = new Int32Array(0);
  #touchedCount = 0;
  #rows: Int32Array = new Int32Array(0);
  /** 0, 1, 2 … */
  #everyRow = new Int32Array(0);
  #sources = new Int32Array(0);
  #context: OperatorContext | null = null;

  constructor(config: RollingAggregateConfig, parts: KeyedReduceParts) {
    const { schema, reader } = parts;
    this.#config = config;
    this.#parts = parts;
    this.#columns = schema.fields.map((field) => new SlotColumn(field));
    this.#aggregated = schema.fields.findIndex((field) => field.name === config.column);
    this.#takesWholeRecords = config.fn === 'minBy' || config.fn === 'maxBy';
    this.#wraps = isInt(schema, config.column);
    this.#single = new BatchBuilder(schema, () => new Marks(1));
    const keyKind = this.#columns[reader.columnIndex]?.kind;
    this.#keyColumn = keyKind === STR || keyKind === BOOL ? reader.columnIndex : -1;
    this.#slots = new KeySlots(reader, { markLive: (live) => this.#markLive(live), renumber: (to) => this.#renumber(to) });
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    this.#single.append(record, timestamp, origin);
    this.processBatch(this.#single.build());
  }

  processBatch(batch: Batch): void {
    const context = must(this.#context, 'an open operator');
    const failure = this.#slots.begin(batch);
    this.#ensure(this.#slots.slotCount);
    this.#listRows(batch);
    const limit = failure?.at ?? batch.selectedCount;
    const aggregated = must(this.#columns[this.#aggregated], 'the aggregated field');
    const input = must(batch.columns[this.#aggregated], 'the aggregated column');
    const results = aggregated.newOutput(batch.rowCount);
    const isPlain = aggregated.kind === F64 && input.nulls === null && !aggregated.hasNulls;
    const end = isPlain
      ? this.#aggregateNumbers(aggregated, input, results, limit)
      : this.#aggregateValues(aggregated, input, results, limit);
    const columns = this.#columns.map((column, c) => this.#resultColumn(batch, column, c, results, end));
    const output = batchOfPrefix(batch, end, this.#parts.schema, columns);
    this.#keep(batch);
    if (output !== null) context.output.collectBatch(output);
    if (end === batch.selectedCount) return;
    const row = batch.rowAt(end);
    const origin = batch.origins[row] as number;
    if (failure !== null && end === failure.at) failOnKey(context, failure.error, batch.recordAt(row), origin);
    this.#parts.failOn(context, new NullValueError(this.#config.column), batch.recordAt(row), origin);
  }

  snapshot(): KeyedStateSnapshot {
    const state = new ReducedState(this.#parts);
    for (let slot = 0; slot < this.#slots.slotCount; slot++) {
      if (this.#hasRecord(slot)) state.set(this.#slots.keyAt(slot), this.#recordAt(slot));
    }
    return state.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const state = new ReducedState(this.#parts);
    state.restore(snapshot);
    for (const key of state.keys()) this.#restoreKey(key, must(state.get(key), 'the record of a key'));
  }

  #restoreKey(key: KeyValue, record: Row): void {
    const slot = this.#slots.slotOfKey(key);
    this.#ensure(slot + 1);
    this.#holders[slot] = FROM_SLOT;
    for (const column of this.#columns) column.set(slot, record[column.field.name]);
  }

  /** The passes need row numbers over and over; with a selection they are that. */
  #listRows({ selection, selectedCount, rowCount }: Batch): void {
    if (this.#sources.length < rowCount) this.#sources = new Int32Array(rowCount);
    if (selection === null && this.#everyRow.length < selectedCount) {
      this.#everyRow = Int32Array.from({ length: Math.max(2 * this.#everyRow.length, selectedCount) }, (_, i) => i);
    }
    this.#rows = selection ?? this.#everyRow;
  }

  /** The first pass for numbers without nulls. Returns how many rows it did: all. */
  #aggregateNumbers(aggregated: SlotColumn, input: Column, results: Column, limit: number): number {
    const { fn, ties } = this.#config;
    const accumulators = aggregated.f64;
    const values = input.f64;
    const to = results.f64;
    const rows = this.#rows;
    const slots = this.#slots.rowSlots;
    const holders = this.#holders;
    const sources = this.#sources;
    const isSum = fn === 'sum';
    const wraps = this.#wraps;
    const sign = fn === 'min' || fn === 'minBy' ? -1 : 1;
    const takesEqual = !this.#takesWholeRecords || ties === 'last';
    for (let j = 0; j < limit; j++) {
      const i = rows[j] as number;
      const slot = slots[i] as number;
      const value = values[i] as number;
      if (holders[slot] === NO_RECORD) {
        accumulators[slot] = value;
        this.#hold(slot, i);
      } else if (isSum) {
        const sum = (accumulators[slot] as number) + value;
        accumulators[slot] = wraps ? sum | 0 : sum;
      } else {
        const kept = accumulators[slot] as number;
        const difference = (value - kept) * sign;
        // Not a number, or zero of either sign: the comparison in full.
        const order = difference > 0 ? 1 : difference < 0 ? -1 : compareValues(value, kept) * sign;
        if (order > 0 || (order === 0 && takesEqual)) {
          accumulators[slot] = value;
          if (this.#takesWholeRecords) this.#hold(slot, i);
        }
      }
      sources[i] = holders[slot] as number;
      to[i] = accumulators[slot] as number;
    }
    return limit;
  }

  /** The first pass for everything else. Returns how many rows it did: it stops before one that cannot be combined. */
  #aggregateValues(aggregated: SlotColumn, input: Column, results: Column, limit: number): number {
    const slots = this.#slots.rowSlots;
    for (let j = 0; j < limit; j++) {
      const i = this.#rows[j] as number;
      const slot = slots[i] as number;
      const value = input.valueAt(i) as Value | null;
      if (this.#hasRecord(slot)) {
        const kept = aggregated.valueAt(slot) as Value | null;
        if (kept === null || value === null) return j;
        this.#combine(aggregated, slot, i, kept, value);
      } else {
        aggregated.set(slot, value);
        this.#hold(slot, i);
      }
      this.#sources[i] = this.#holders[slot] as number;
      aggregated.copyTo(results, i, slot);
    }
    return limit;
  }

  #combine(aggregated: SlotColumn, slot: number, i: number, kept: Value, value: Value): void {
    if (this.#config.fn === 'sum') {
      const sum = (kept as number) + (value as number);
      aggregated.set(slot, this.#wraps ? sum | 0 : sum);
    } else if (replaces(this.#config, kept, value)) {
      aggregated.set(slot, value);
      if (this.#takesWholeRecords) this.#hold(slot, i);
    }
  }

  #resultColumn(batch: Batch, column: SlotColumn, c: number, results: Column, count: number): Column {
    if (c === this.#aggregated) return withoutEmptyNulls(results);
    const input = must(batch.columns[c], 'a column of the batch');
    if (c === this.#keyColumn) return input;
    return column.gather(input, batch.rowCount, this.#rows, count, this.#slots.rowSlots, this.#sources);
  }

  #hold(slot: number, row: number): void {
    if ((this.#holders[slot] as number) < 0) this.#touched[this.#touchedCount++] = slot;
    this.#holders[slot] = row;
  }

  #keep(batch: Batch): void {
    for (let t = 0; t < this.#touchedCount; t++) {
      const slot = this.#touched[t] as number;
      const row = this.#holders[slot] as number;
      this.#holders[slot] = FROM_SLOT;
      for (let c = 0; c < this.#columns.length; c++) {
        if (c !== this.#aggregated) (this.#columns[c] as SlotColumn).store(slot, batch.columns[c] as Column, row);
      }
    }
    this.#touchedCount = 0;
  }

  #hasRecord(slot: number): boolean {
    return this.#holders[slot] !== NO_RECORD;
  }

  #recordAt(slot: number): Row {
    return Object.fromEntries(this.#columns.map((column) => [column.field.name, column.valueAt(slot)]));
  }

  #ensure(slotCount: number): void {
    for (const column of this.#columns) {
      column.ensure(slotCount);
      if (column.kind === STR) column.compact(Math.min(slotCount, this.#holders.length), this.#holders, NO_RECORD);
    }
    if (slotCount <= this.#holders.length) return;
    const holders = new Int32Array(Math.max(1024, slotCount * 2)).fill(NO_RECORD);
    holders.set(this.#holders);
    this.#holders = holders;
    this.#touched = new Int32Array(holders.length);
  }

  #markLive(live: Uint8Array): void {
    for (let slot = 0; slot < live.length; slot++) live[slot] = slot < this.#holders.length && this.#hasRecord(slot) ? 1 : 0;
  }

  #renumber(newSlotOf: Int32Array): void {
    if (newSlotOf.every((slot, old) => slot === old)) return;
    this.#ensure(newSlotOf.length);
    for (const column of this.#columns) column.renumber(newSlotOf);
    this.#holders.fill(NO_RECORD);
    for (const slot of newSlotOf) if (slot !== NO_SLOT) this.#holders[slot] = FROM_SLOT;
  }
}
