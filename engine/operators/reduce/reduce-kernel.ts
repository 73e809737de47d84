import type { Batch } from '../../batch/batch.ts';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Row } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import { OutputColumn } from '../../functions/output-column.ts';
import { failOnKey, ReducedState } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { KeySlots } from '../../keyed/key-slots.ts';
import { batchOfPrefix } from '../../keyed/live-prefix.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { NO_SLOT } from '../../windows/panes/pane-keys.ts';
import type { Operator, OperatorContext } from '../operator.ts';
import { compileReduceLoop } from './reduce-loop.ts';
import type { ReduceFunction, ReduceLoop } from './reduce-loop.ts';

const NO_CODES = new Int32Array(0);

/** Reduce over columns: the accumulated records stand in an array by key slot, and a generated loop does the rest. */
export class ReduceKernel implements Operator {
  readonly #reducer: ReduceFunction;
  readonly #parts: KeyedReduceParts;
  readonly #slots: KeySlots;
  readonly #outputs: readonly OutputColumn[];
  readonly #single: BatchBuilder;
  #records: (Row | undefined)[] = [];
  #plainLoop: ReduceLoop | null = null;
  #nullLoop: ReduceLoop | null = null;
  #everyRow = new Int32Array(0);
  #context: OperatorContext | null = null;

  constructor(reducer: ReduceFunction, parts: KeyedReduceParts) {
    this.#reducer = reducer;
    this.#parts = parts;
    this.#outputs = parts.schema.fields.map((field) => new OutputColumn(field));
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
    const slotCount = this.#slots.slotCount;
    while (this.#records.length < slotCount) this.#records.push(undefined);
    for (const output of this.#outputs) output.begin(rowCount, null);
    // Two strings of a dictionary never have the same code, so it can be told which of ours belongs to it.
    const translations = this.#outputs.map((output, c) => {
      const dictionary = columns[c]?.dictionary;
      return dictionary === undefined || dictionary.size === 0 ? NO_CODES : output.translationFrom(dictionary);
    });
    let failed: { readonly error: unknown } | null = null;
    const onError = (_row: number, error: unknown): boolean => {
      failed = { error };
      return false;
    };
    const limit = keyFailure?.at ?? selectedCount;
    const loop = this.#loopFor(batch);
    const end = loop(columns, this.#rowsOf(batch), limit, this.#slots.rowSlots, this.#records, this.#outputs, translations, onError);
    const results = this.#outputs.map((output) => output.finish());
    const output = batchOfPrefix(batch, end, this.#parts.schema, results);
    if (output !== null) context.output.collectBatch(output);
    if (end === selectedCount) return;
    const row = batch.rowAt(end);
    const origin = batch.origins[row] as number;
    const thrown = failed as { readonly error: unknown } | null;
    if (thrown !== null) this.#parts.failOn(context, thrown.error, batch.recordAt(row), origin);
    failOnKey(context, keyFailure?.error, batch.recordAt(row), origin);
  }

  snapshot(): KeyedStateSnapshot {
    const state = new ReducedState(this.#parts);
    for (const [slot, record] of this.#records.entries()) if (record !== undefined) state.set(this.#slots.keyAt(slot), record);
    return state.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const state = new ReducedState(this.#parts);
    state.restore(snapshot);
    for (const key of state.keys()) {
      const slot = this.#slots.slotOfKey(key);
      while (this.#records.length <= slot) this.#records.push(undefined);
      this.#records[slot] = must(state.get(key), 'the record of a key');
    }
  }

  #loopFor({ columns }: Batch): ReduceLoop {
    const { schema } = this.#parts;
    if (columns.every((column) => column.nulls === null)) return (this.#plainLoop ??= compileReduceLoop(this.#reducer, schema, false));
    return (this.#nullLoop ??= compileReduceLoop(this.#reducer, schema, true));
  }

  #rowsOf({ selection, selectedCount }: Batch): Int32Array {
    if (selection !== null) return selection;
    if (this.#everyRow.length < selectedCount) {
      this.#everyRow = Int32Array.from({ length: Math.max(2 * this.#everyRow.length, selectedCount) }, (_, i) => i);
    }
    return this.#everyRow;
  }

  #markLive(live: Uint8Array): void {
    for (let slot = 0; slot < live.length; slot++) live[slot] = this.#records[slot] === undefined ? 0 : 1;
  }

  #renumber(newSlotOf: Int32Array): void {
    const old = this.#records;
    this.#records = [];
    for (let slot = 0; slot < newSlotOf.length; slot++) {
      const to = newSlotOf[slot] as number;
      if (to !== NO_SLOT) this.#records[to] = old[slot];
    }
  }
}
