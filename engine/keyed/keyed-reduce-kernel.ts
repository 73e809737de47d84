import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch, BatchLease } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { BOOL, OBJ, STR } from '../batch/column.ts';
import type { Row } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { Leases } from '../batch/leases.ts';
import type { Operator, OperatorContext } from '../operators/operator.ts';
import { copyValue } from '../state/copy-value.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { must } from '../util/assert.ts';
import { NO_SLOT } from '../windows/panes/pane-keys.ts';
import { KeySlots } from './key-slots.ts';
import { failOnKey, ReducedState } from './keyed-reduce-operator.ts';
import type { KeyedReduceParts } from './keyed-reduce-operator.ts';
import { batchOfPrefix } from './live-prefix.ts';
import { compileReduceLoop } from './reduce-code.ts';
import type { CombineCode, ReduceLoop } from './reduce-code.ts';
import { SlotColumn, withoutEmptyNulls } from './slot-column.ts';

export interface KeyedReduceKernelParts extends KeyedReduceParts {
  /** The same as `reduce`, as text. */
  readonly combine: CombineCode;
  /** The combined record has the key in the field of the key, as both records have. */
  readonly keepsKey: boolean;
  /** By field: the combined record has what the record that comes has. */
  readonly takesOver: readonly boolean[];
}

/** `KeyedReduceOperator` over columns: the records of the keys are columns by key slot, and a generated loop does the rest. */
export class KeyedReduceKernel implements Operator {
  readonly #parts: KeyedReduceKernelParts;
  readonly #slots: KeySlots;
  readonly #states: readonly SlotColumn[];
  readonly #loop: ReduceLoop;
  readonly #single: BatchBuilder;
  /** By field: its column leaves as it came. */
  readonly #shared: readonly boolean[];
  readonly #leases = new Leases<readonly (Column | null)[]>();
  #hasRecord = new Uint8Array(0);
  #context: OperatorContext | null = null;

  constructor(parts: KeyedReduceKernelParts) {
    const { schema, reader, combine, keepsKey, takesOver } = parts;
    this.#parts = parts;
    this.#states = schema.fields.map((field) => new SlotColumn(field));
    // Equal keys of other kinds need not be the same value: 0 and −0 are one key.
    const key = this.#states[reader.columnIndex];
    const isOneValue = key !== undefined && (key.kind === STR || key.kind === BOOL) && key.field.nullable !== true;
    const sharedKey = keepsKey && isOneValue ? reader.columnIndex : -1;
    this.#shared = this.#states.map(({ kind }, c) => c === sharedKey || (takesOver[c] === true && kind !== OBJ));
    this.#loop = compileReduceLoop(schema, combine, this.#shared, sharedKey);
    this.#single = new BatchBuilder(schema, () => new Marks(1));
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
    const { columns, selection, selectedCount } = batch;
    const keyFailure = this.#slots.begin(batch);
    this.#ensure(this.#slots.slotCount);
    const outputs = this.#newOutputs(batch);
    let failed: { readonly error: unknown } | null = null;
    const onError = (_row: number, error: unknown): boolean => {
      failed = { error };
      return false;
    };
    const limit = keyFailure?.at ?? selectedCount;
    const end = this.#loop(columns, selection, limit, this.#slots.rowSlots, this.#hasRecord, this.#states, outputs, onError);
    const results = outputs.map((column, c) => (this.#shared[c] === true ? column : withoutEmptyNulls(column)));
    const lease = this.#lend(outputs, batch, end);
    const output = batchOfPrefix(batch, end, this.#parts.schema, results, lease);
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

  #newOutputs({ columns, rowCount }: Batch): Column[] {
    const returned = this.#leases.takeReturned();
    return this.#states.map((state, c) =>
      this.#shared[c] === true ? must(columns[c], 'a column that leaves as it came') : state.newOutput(rowCount, returned?.[c] ?? null),
    );
  }

  /** What did not come with the batch is ours; the batch itself is still read if a row of it failed. */
  #lend(outputs: readonly Column[], { lease, selectedCount }: Batch, end: number): BatchLease | null {
    const own = outputs.map((column, c) => (this.#shared[c] === true ? null : column));
    return end < selectedCount ? null : this.#leases.lend(own, lease);
  }

  /** What the specification throws for the row: in it, lines and columns of user code are true. Nothing was stored of the row. */
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
      if (column.kind === STR) column.compact(Math.min(slotCount, this.#hasRecord.length), this.#hasRecord);
    }
    if (slotCount <= this.#hasRecord.length) return;
    const hasRecord = new Uint8Array(Math.max(1024, slotCount * 2));
    hasRecord.set(this.#hasRecord);
    this.#hasRecord = hasRecord;
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
