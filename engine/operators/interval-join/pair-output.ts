import { Batch, BATCH_CAPACITY } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import { rowsOfColumn } from '../../batch/rows-of-column.ts';
import type { Row } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import { Leases } from '../../batch/leases.ts';
import { OutputColumn } from '../../functions/output-column.ts';
import type { RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Output } from '../operator.ts';
import type { JoinLog } from './join-log.ts';
import { PairBuffer } from './pair-buffer.ts';
import type { PairsPlan } from './pairs-plan.ts';

/** What is shown of a pair. */
interface PairContent extends Row {
  readonly left: Row;
  readonly right: Row;
}

interface FailedPair {
  readonly pair: number;
  readonly error: unknown;
}

/** What a batch is made of. Its times and origins are those of the buffer. */
interface BatchMemory {
  readonly columns: readonly Column[];
  readonly pairs: PairBuffer;
}

/** Smaller batches do not take the memory of a full one. */
const SMALL_BATCH = 1024;

/** Takes pairs, in order, with the marks between them. */
export interface PairSink {
  /** To be filled; when it is full, or something else has to leave, comes `flush`. */
  readonly pairs: PairBuffer;
  /** Whether making records of pairs can have an effect that others see: what a user's function throws is reported. */
  readonly callsFunction: boolean;
  mark(kind: MarkKind, value: number, origin: number): void;
  /** Emits what it holds; after that the log may be compacted. */
  flush(): void;
  /** Room for more pairs than a batch holds: those of one record have to fit. */
  grow(): void;
}

/** Pairs on their way out as batches: columns are gathered from the logs, and no record is made. */
export class PairOutput implements PairSink {
  pairs = new PairBuffer(BATCH_CAPACITY);
  readonly #plan: PairsPlan;
  readonly #log: JoinLog;
  readonly #failures: RecordFailures;
  readonly #output: Output;
  /** By output field; null: it is handed on. */
  readonly #computed: readonly (OutputColumn | null)[];
  readonly #outputs: readonly OutputColumn[];
  /** By output field: the first one that is handed on from the same column. */
  readonly #sameAs: readonly number[];
  readonly #leases = new Leases<BatchMemory>();
  /** Pairs of the present batch that are left out, ascending. */
  #skipped: number[] = [];
  #marks = new Marks();

  constructor(plan: PairsPlan, log: JoinLog, failures: RecordFailures, output: Output) {
    this.#plan = plan;
    this.#log = log;
    this.#failures = failures;
    this.#output = output;
    this.#computed = plan.schema.fields.map((field, c) => (plan.sources[c] == null ? new OutputColumn(field) : null));
    this.#sameAs = plan.sources.map((source) =>
      plan.sources.findIndex((other) => source !== null && other?.side === source.side && other.column === source.column),
    );
    this.#outputs = this.#computed.filter((column) => column !== null);
  }

  get callsFunction(): boolean {
    return this.#plan.loop !== null;
  }

  mark(kind: MarkKind, value: number, origin: number): void {
    if (this.pairs.count > BATCH_CAPACITY) this.flush();
    this.#marks.push(this.pairs.count, kind, value, origin);
  }

  flush(): void {
    const { pairs } = this;
    const { count } = pairs;
    pairs.count = 0;
    let marks = this.#marks;
    if (count === 0 && marks.count === 0) return;
    this.#marks = new Marks();
    // After the first batch there are no marks: see `mark`.
    for (let from = 0; from === 0 || from < count; from += BATCH_CAPACITY) {
      this.#emit(pairs, from, Math.min(count, from + BATCH_CAPACITY), marks);
      marks = new Marks();
    }
  }

  grow(): void {
    this.pairs = new PairBuffer(this.pairs.capacity * 2);
  }

  #emit(pairs: PairBuffer, from: number, to: number, marks: Marks): void {
    const { timestamps, origins } = pairs;
    const rows = from === 0 ? pairs.rows : pairs.rows.subarray(2 * from);
    const count = to - from;
    const capacity = count < SMALL_BATCH ? count : BATCH_CAPACITY;
    const former = count < SMALL_BATCH ? null : this.#leases.takeReturned();
    const returned = former?.columns ?? null;
    // The batch takes the times along, if the buffer is of its size.
    const isHandedOn = capacity === BATCH_CAPACITY && pairs.capacity === BATCH_CAPACITY;
    if (isHandedOn) this.pairs = former?.pairs ?? new PairBuffer(BATCH_CAPACITY);
    const stop = this.#compute(rows, origins, from, to, capacity, returned);
    const memory: Column[] = [];
    for (const [c, source] of this.#plan.sources.entries()) {
      if (source === null) memory.push(must(this.#computed[c], 'a computed column').finish());
      else {
        const column = must(this.#log.sides[source.side].columns[source.column], 'a column that is handed on');
        const same = memory[this.#sameAs[c] as number];
        memory.push(same ?? column.gatherEverySecond(rows, source.side, count, capacity, returned?.[c] ?? null));
      }
    }
    const end = stop === null ? count : stop.pair;
    const kept = stop === null ? marks : marksUpTo(marks, end);
    const selection = this.#skipped.length === 0 ? null : survivors(this.#skipped, end);
    const selectedCount = selection === null ? end : selection.length;
    if (selectedCount > 0 || kept.count > 0) {
      const columns = end === capacity ? memory : memory.map((column) => rowsOfColumn(column, 0, end));
      const lease = selectedCount > 0 && isHandedOn ? this.#leases.lend({ columns: memory, pairs }, null) : null;
      const ofBatch = (all: Float64Array): Float64Array => (isHandedOn ? all.subarray(0, end) : all.slice(from, from + end));
      const times = ofBatch(timestamps);
      const batch = new Batch(this.#plan.schema, end, columns, times, ofBatch(origins), kept, selection, selectedCount, lease);
      this.#output.collectBatch(batch);
    }
    if (stop !== null) this.#failures.add(stop.error, this.#contentOf(rows, stop.pair), origins[from + stop.pair] as number);
  }

  /** The pair that fails the job, if there is one. */
  #compute(
    rows: Int32Array,
    origins: Float64Array,
    from: number,
    to: number,
    capacity: number,
    returned: readonly Column[] | null,
  ): FailedPair | null {
    const { loop, failsJob } = this.#plan;
    if (loop === null) return null;
    if (this.#skipped.length > 0) this.#skipped = [];
    for (const [c, column] of this.#computed.entries()) column?.begin(capacity, returned?.[c] ?? null);
    let stop: FailedPair | null = null;
    const [left, right] = this.#log.sides;
    loop(to - from, rows, left.columns, right.columns, this.#outputs, (pair, thrown) => {
      const content = this.#contentOf(rows, pair);
      const error = this.#ownError(content, thrown);
      if (failsJob) {
        stop = { pair, error };
        return false;
      }
      this.#skipped.push(pair);
      this.#failures.add(error, content, origins[from + pair] as number);
      return true;
    });
    return stop;
  }

  #contentOf(rows: Int32Array, pair: number): PairContent {
    const [left, right] = this.#log.sides;
    return { left: left.recordAt(rows[2 * pair] as number), right: right.recordAt(rows[2 * pair + 1] as number) };
  }

  #ownError({ left, right }: PairContent, thrown: unknown): unknown {
    try {
      this.#plan.ownError?.(left, right);
    } catch (own) {
      return own;
    }
    return thrown;
  }
}

/** The marks up to a row. */
function marksUpTo({ count, positions, kinds, values, origins }: Marks, row: number): Marks {
  const kept = new Marks(count);
  for (let m = 0; m < count && (positions[m] as number) <= row; m++) {
    kept.push(positions[m] as number, kinds[m] as MarkKind, values[m] as number, origins[m] as number);
  }
  return kept;
}

/** The pairs before `end` that were not skipped. */
function survivors(skipped: readonly number[], end: number): Int32Array {
  const kept = new Int32Array(end - skipped.length);
  let count = 0;
  let s = 0;
  for (let p = 0; p < end; p++) {
    if (p === skipped[s]) s++;
    else kept[count++] = p;
  }
  return kept;
}
