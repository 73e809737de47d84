import type { Batch } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import { STR } from '../../batch/column.ts';
import type { Row } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import { failOnKey, ReducedState } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { KeySlots } from '../../keyed/key-slots.ts';
import { batchOfPrefix } from '../../keyed/live-prefix.ts';
import { SlotColumn, withoutEmptyNulls } from '../../keyed/slot-column.ts';
import { copyValue } from '../../state/copy-value.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import { compileReduceLoop } from './reduce-loop.ts';
import type { ReduceFunction, ReduceLoop } from './reduce-loop.ts';

/** Reduce over columns: the accumulated records are columns by key slot, and a generated loop does the rest. */
export class ReduceKernel implements Operator {
  readonly consumesBatches = true;
  readonly #parts: KeyedReduceParts;
  readonly #slots: KeySlots;
  readonly #states: readonly SlotColumn[];
  readonly #loop: ReduceLoop;
  readonly #single: BatchBuilder;
  #hasRecord = new Uint8Array(0);
  #everyRow = new Int32Array(0);
  #context: OperatorContext | null = null;

  constructor(reducer: ReduceFunction, parts: KeyedReduceParts) {
    this.#parts = parts;
    this.#states = parts.schema.fields.map((field) => new SlotColumn(field));
    this.#loop = compileReduceLoop(reducer, parts.schema);
    this.#single = new BatchBuilder(parts.schema, () => new Marks(1));
    this.#slots = new KeySlots(parts.reader, { markLive: (live) => this.#markLive(live), renumber: (to) => this.#renumber(to) });
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
    const { columns, rowCount, selectedCount } = batch;
    const keyFailure = this.#slots.begin(batch);
    this.#ensure(this.#slots.slotCount);
    const outputs = this.#states.map((state) => state.newOutput(rowCount));
    let failed: { readonly error: unknown } | null = null;
    const onError = (_row: number, error: unknown): boolean => {
      failed = { error };
      return false;
    };
    const limit = keyFailure?.at ?? selectedCount;
    const end = this.#loop(columns, this.#rowsOf(batch), limit, this.#slots.rowSlots, this.#hasRecord, this.#states, outputs, onError);
    const results = outputs.map(withoutEmptyNulls);
    const output = batchOfPrefix(batch, end, this.#parts.schema, results);
    if (output !== null) context.output.collectBatch(output);
    if (end === selectedCount) return;
    const row = batch.rowAt(end);
    const origin = batch.origins[row] as number;
    const thrown = failed as { readonly error: unknown } | null;
    if (thrown !== null) this.#parts.failOn(context, this.#ownErrorAt(batch, row, thrown.error), batch.recordAt(row), origin);
    failOnKey(context, keyFailure?.error, batch.recordAt(row), origin);
  }

  snapshot(): KeyedStateSnapshot {
    const state = new ReducedState(this.#parts);
    for (let slot = 0; slot < this.#slots.slotCount; slot++) {
      if (this.#hasRecord[slot] === 1) state.set(this.#slots.keyAt(slot), this.#recordAt(slot));
    }
    return state.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const state = new ReducedState(this.#parts);
    state.restore(snapshot);
    for (const key of state.keys()) {
      const record = must(state.get(key), 'the record of a key');
      const slot = this.#slots.slotOfKey(key);
      this.#ensure(slot + 1);
      this.#hasRecord[slot] = 1;
      for (const column of this.#states) column.set(slot, record[column.field.name]);
    }
  }

  /** What the user's own function throws for the row, in which lines and columns are true. Nothing was stored of the row. */
  #ownErrorAt(batch: Batch, row: number, error: unknown): unknown {
    try {
      this.#parts.reduce(copyValue(this.#recordAt(this.#slots.rowSlots[row] as number)), copyValue(batch.recordAt(row)));
    } catch (own) {
      return own;
    }
    return error;
  }

  #recordAt(slot: number): Row {
    return Object.fromEntries(this.#states.map((column) => [column.field.name, column.valueAt(slot)]));
  }

  #ensure(slotCount: number): void {
    for (const column of this.#states) {
      column.ensure(slotCount);
      if (column.kind === STR) column.compact(Math.min(slotCount, this.#hasRecord.length), this.#hasRecord, 0);
    }
    if (slotCount <= this.#hasRecord.length) return;
    const hasRecord = new Uint8Array(Math.max(1024, slotCount * 2));
    hasRecord.set(this.#hasRecord);
    this.#hasRecord = hasRecord;
  }

  #rowsOf({ selection, selectedCount }: Batch): Int32Array {
    if (selection !== null) return selection;
    if (this.#everyRow.length < selectedCount) {
      this.#everyRow = Int32Array.from({ length: Math.max(2 * this.#everyRow.length, selectedCount) }, (_, i) => i);
    }
    return this.#everyRow;
  }

  #markLive(live: Uint8Array): void {
    live.set(this.#hasRecord.subarray(0, live.length));
  }

  #renumber(newSlotOf: Int32Array): void {
    if (newSlotOf.every((slot, old) => slot === old)) return;
    this.#ensure(newSlotOf.length);
    for (const column of this.#states) column.renumber(newSlotOf);
    this.#hasRecord.fill(0);
    for (const slot of newSlotOf) if (slot !== NO_SLOT) this.#hasRecord[slot] = 1;
  }
}
