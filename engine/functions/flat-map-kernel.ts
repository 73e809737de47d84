import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { rowsOfColumn } from '../batch/rows-of-column.ts';
import type { Field, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import type { RowErrorHandler } from './kernel-code.ts';
import { analyzeFunction } from './analyze-function.ts';
import { canRunAgain } from './compile-function.ts';
import { emittedRecords } from './emitted-records.ts';
import { compileFlatMapLoop } from './flat-map-loop.ts';
import type { FlatMapFunction, FlatMapLoop, TakeReturned } from './flat-map-loop.ts';
import { GrowingColumn } from './growing-column.ts';
import { Leases } from '../batch/leases.ts';
import { planMap } from './map-plan.ts';
import type { MapPlan } from './map-plan.ts';
import type { ParsedFunction } from './parse-function.ts';

/** Room beyond a batch, for the last record of it. */
const MORE_ROWS = 256;

/** Gets what was made so far. */
export type SendBatch = (batch: Batch) => void;

/** A function that makes any number of records of each one, over batches: what it hands out goes into columns at once. */
export class FlatMapKernel {
  readonly #output: Schema;
  readonly #columns: readonly GrowingColumn[];
  readonly #plan: MapPlan;
  /** Not made before they are needed: without and with nulls in the columns that the function gets. */
  readonly #loops: [FlatMapLoop | null, FlatMapLoop | null] = [null, null];
  readonly #compile: (withNulls: boolean) => FlatMapLoop;
  readonly #isKnown: boolean;
  readonly #leases = new Leases<readonly Column[]>();
  /** The row of the batch in hand that each row was made of. */
  #sources: Int32Array = new Int32Array(0);
  #marks = new Marks();

  /** @param compiled `fn`, to be called. @param takeReturned What becomes of a list that it returns. */
  constructor(fn: ParsedFunction, compiled: FlatMapFunction, input: Schema, output: Schema, takeReturned: TakeReturned) {
    const emitted = emittedRecords(fn);
    // A function that does something else with its collector, or remembers something, may hand out records of other rows.
    const isKnown = emitted.isComplete && canRunAgain(fn);
    const plan = planMap(analyzeFunction(fn, emitted.records), input, output, isKnown ? 2 : 1);
    this.#output = output;
    this.#columns = output.fields.map((field: Field) => new GrowingColumn(field));
    this.#plan = plan;
    this.#isKnown = isKnown;
    this.#compile = (withNulls) => compileFlatMapLoop(compiled, input, plan, takeReturned, withNulls);
  }

  /** What `onError` says no to ends the batch there: then false. Marks of the batch keep their places. */
  run(batch: Batch, onError: RowErrorHandler, send: SendBatch): boolean {
    const { marks, selectedCount } = batch;
    const loop = this.#loopFor(batch);
    this.#begin(batch, loop);
    let m = 0;
    let j = 0;
    while (j < selectedCount) {
      for (; m < marks.count && (marks.positions[m] as number) <= batch.rowAt(j); m++) this.#mark(batch, m, loop.count());
      const end = m < marks.count ? liveRowsBefore(batch, j, marks.positions[m] as number) : selectedCount;
      j = loop.run(batch.selection, j, end, BATCH_CAPACITY, onError);
      if (j < 0) {
        this.#send(batch, loop, send);
        return false;
      }
      if (j < selectedCount && loop.count() >= BATCH_CAPACITY) {
        this.#send(batch, loop, send);
        this.#begin(batch, loop);
      }
    }
    for (; m < marks.count; m++) this.#mark(batch, m, loop.count());
    this.#send(batch, loop, send);
    return true;
  }

  /** A function that may have kept its collector has one. */
  #loopFor({ columns }: Batch): FlatMapLoop {
    const withNulls = !this.#isKnown || this.#plan.columns.some((c) => (columns[c]?.nulls ?? null) !== null);
    const version = withNulls ? 1 : 0;
    return (this.#loops[version] ??= this.#compile(withNulls));
  }

  #begin({ columns, selectedCount }: Batch, loop: FlatMapLoop): void {
    // Few records make few as a rule, and need not take the memory of a batch.
    const capacity = selectedCount * 4 < BATCH_CAPACITY ? selectedCount * 4 : BATCH_CAPACITY + MORE_ROWS;
    const returned = capacity > BATCH_CAPACITY ? this.#leases.takeReturned() : null;
    for (const [c, column] of this.#columns.entries()) column.begin(capacity, returned?.[c] ?? null);
    if (this.#sources.length < capacity) this.#sources = new Int32Array(capacity);
    loop.begin(columns, this.#columns, this.#sources, capacity);
  }

  #mark({ marks }: Batch, m: number, position: number): void {
    this.#marks.push(position, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
  }

  /** In batches of the usual size, however many records one made. */
  #send(batch: Batch, loop: FlatMapLoop, send: SendBatch): void {
    const count = loop.count();
    const sources = loop.sources();
    this.#sources = sources;
    const marks = this.#marks;
    if (count === 0 && marks.count === 0) return;
    this.#marks = new Marks();
    const memory = this.#columns.map((column) => column.finish(count));
    if (count <= BATCH_CAPACITY) {
      const isWhole = sources.length === BATCH_CAPACITY + MORE_ROWS && count > 0;
      send(this.#batch(batch, memory, sources, 0, count, marks, isWhole));
      return;
    }
    let m = 0;
    for (let from = 0; from < count; from += BATCH_CAPACITY) {
      const to = Math.min(count, from + BATCH_CAPACITY);
      const part = new Marks();
      // A mark between two batches goes with the first.
      for (; m < marks.count && (marks.positions[m] as number) <= to; m++) {
        part.push((marks.positions[m] as number) - from, marks.kinds[m] as MarkKind, marks.values[m] as number, marks.origins[m] as number);
      }
      send(this.#batch(batch, memory, sources, from, to, part, false));
    }
  }

  #batch(
    { timestamps, origins }: Batch,
    memory: readonly Column[],
    sources: Int32Array,
    from: number,
    to: number,
    marks: Marks,
    isLent: boolean,
  ): Batch {
    const count = to - from;
    const [times, places] = [new Float64Array(count), new Float64Array(count)];
    for (let q = 0; q < count; q++) {
      const row = sources[from + q] as number;
      times[q] = timestamps[row] as number;
      places[q] = origins[row] as number;
    }
    const columns = memory.map((column) => rowsOfColumn(column, from, to));
    return new Batch(this.#output, count, columns, times, places, marks, null, count, isLent ? this.#leases.lend(memory, null) : null);
  }
}

/** The live row, from `from` on, before which a mark of this position stands. */
function liveRowsBefore({ selection, selectedCount }: Batch, from: number, position: number): number {
  if (selection === null) return Math.min(position, selectedCount);
  let j = from;
  while (j < selectedCount && (selection[j] as number) < position) j++;
  return j;
}
