import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import { BatchPool } from '../batch/batch-pool.ts';
import { Column, F64 } from '../batch/column.ts';
import { gatherColumn, gatherF64 } from '../batch/gather.ts';
import type { GatherMemory } from '../batch/gather.ts';
import type { LocalChannel } from '../channels/local-channel.ts';
import type { CheckpointBarrier } from '../elements/checkpoint-barrier.ts';
import { Marks } from '../elements/marks.ts';
import { MarksPool } from '../elements/marks-pool.ts';
import type { PartitionChoice } from './partition-choice.ts';

const NO_MARKS = new Marks();

/**
 * One output of a subtask towards one exchange: distributes batches over the channels of the receiving subtasks.
 * Records go where the choice says; marks go to every channel, at their place between the records.
 */
export class ResultPartition {
  readonly channels: readonly LocalChannel[];
  readonly #choice: PartitionChoice;
  /** By channel: parts come back one after the other. */
  readonly #pools: readonly BatchPool[];
  readonly #marks = new MarksPool();
  #targets = new Uint8Array(0);
  #rows = new Int32Array(0);

  constructor(channels: readonly LocalChannel[], choice: PartitionChoice) {
    this.channels = channels;
    this.#pools = channels.map(() => new BatchPool());
    this.#choice = choice;
  }

  get hasCredit(): boolean {
    for (let c = 0; c < this.channels.length; c++) if (!(this.channels[c] as LocalChannel).hasCredit) return false;
    return true;
  }

  emit(batch: Batch): void {
    if (this.#choice === 'only' || this.#choice === 'all') {
      batch.share(this.channels.length);
      for (const channel of this.channels) channel.publish(batch);
      return;
    }
    if (this.#targets.length < batch.selectedCount) {
      this.#targets = new Uint8Array(Math.max(BATCH_CAPACITY, batch.selectedCount));
      this.#rows = new Int32Array(this.#targets.length);
    }
    this.#choice.select(batch, this.#targets);
    const ends = rowsByTarget(batch, this.#targets, this.channels.length, this.#rows);
    let from = 0;
    for (let target = 0; target < this.channels.length; target++) {
      const to = ends[target] as number;
      if (to > from || batch.marks.count > 0) this.#publishPart(batch, this.#rows.subarray(from, to), target);
      from = to;
    }
    // The parts are copies.
    batch.lease?.release();
  }

  #publishPart(batch: Batch, rows: Int32Array, target: number): void {
    const pool = this.#pools[target] as BatchPool;
    const marks = batch.marks.count === 0 ? NO_MARKS : movedMarks(batch, rows, this.#marks.take());
    const ofMarks = marks.count === 0 ? null : this.#marks.lend(marks, null);
    const { timestamps, origins, columns } = partOf(batch, rows, pool.begin(rows.length));
    const part = new Batch(batch.schema, rows.length, columns, timestamps, origins, marks, null, rows.length, pool.lend(ofMarks));
    (this.channels[target] as LocalChannel).publish(part);
  }

  /** Where the choice of channels stands; null when it remembers nothing. */
  snapshot(): number | null {
    return typeof this.#choice === 'string' ? null : (this.#choice.snapshot?.() ?? null);
  }

  restore(state: number): void {
    if (typeof this.#choice !== 'string') this.#choice.restore?.(state);
  }

  advanceFrontier(origin: number): void {
    for (let c = 0; c < this.channels.length; c++) (this.channels[c] as LocalChannel).advanceFrontier(origin);
  }

  /** On every channel that the receiver has not read to the end; the others owe no barrier any more. */
  publishBarrier(barrier: CheckpointBarrier, origin: number): void {
    for (const channel of this.channels) if (!channel.isDrained) channel.publishBarrier(barrier, origin);
  }

  end(): void {
    for (const channel of this.channels) channel.end();
  }
}

/** Writes the live rows to `rows`, those of target 0 first, each target's in order. Returns where each target's rows end. */
function rowsByTarget(batch: Batch, targets: Uint8Array, targetCount: number, rows: Int32Array): Int32Array {
  const { selection, selectedCount } = batch;
  const ends = new Int32Array(targetCount + 1);
  for (let j = 0; j < selectedCount; j++) {
    const after = (targets[j] as number) + 1;
    ends[after] = (ends[after] as number) + 1;
  }
  for (let target = 1; target < targetCount; target++) ends[target] = (ends[target] as number) + (ends[target - 1] as number);
  // Now `ends[t]` is where the rows of `t` start; placing them moves it to where they end.
  for (let j = 0; j < selectedCount; j++) {
    const target = targets[j] as number;
    const at = ends[target] as number;
    rows[at] = selection === null ? j : (selection[j] as number);
    ends[target] = at + 1;
  }
  return ends;
}

/** These rows, dense. */
function partOf(batch: Batch, rows: Int32Array, memory: GatherMemory): Pick<Batch, 'columns' | 'timestamps' | 'origins'> {
  const count = rows.length;
  const timestamps = gatherF64(batch.timestamps, rows, count, memory.f64(count));
  const columns = batch.columns.map((column) =>
    // A timestamp field is often the very memory of the timestamps.
    column.kind === F64 && column.f64 === batch.timestamps && column.nulls === null
      ? Column.ofF64(timestamps)
      : gatherColumn(column, rows, count, memory),
  );
  return { columns, timestamps, origins: gatherF64(batch.origins, rows, count, memory.f64(count)) };
}

/** All marks of the batch, at their places among the rows that were kept, in `marks`. */
function movedMarks({ marks: from }: Batch, rows: Int32Array, marks: Marks): Marks {
  const count = rows.length;
  let kept = 0;
  for (let m = 0; m < from.count; m++) {
    const position = from.positions[m] as number;
    while (kept < count && (rows[kept] as number) < position) kept++;
    marks.push(kept, from.kinds[m] as 0 | 1 | 2, from.values[m] as number, from.origins[m] as number);
  }
  return marks;
}
