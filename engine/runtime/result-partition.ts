import { Batch } from '../batch/batch.ts';
import { gatherColumn, gatherF64 } from '../batch/gather.ts';
import type { LocalChannel } from '../channels/local-channel.ts';
import { Marks } from '../elements/marks.ts';
import type { PartitionChoice } from './partition-choice.ts';

/**
 * One output of a subtask towards one exchange: distributes batches over the channels of the receiving subtasks.
 * Records go where the choice says; marks go to every channel, at their place between the records.
 */
export class ResultPartition {
  readonly channels: readonly LocalChannel[];
  readonly #choice: PartitionChoice;
  #targets = new Uint8Array(0);

  constructor(channels: readonly LocalChannel[], choice: PartitionChoice) {
    this.channels = channels;
    this.#choice = choice;
  }

  get hasCredit(): boolean {
    for (const channel of this.channels) if (!channel.hasCredit) return false;
    return true;
  }

  emit(batch: Batch): void {
    if (this.#choice === 'only' || this.#choice === 'all') {
      for (const channel of this.channels) channel.publish(batch);
      return;
    }
    if (this.#targets.length < batch.selectedCount) this.#targets = new Uint8Array(Math.max(4096, batch.selectedCount));
    this.#choice.select(batch, this.#targets);
    for (let target = 0; target < this.channels.length; target++) {
      const part = partOf(batch, this.#targets, target);
      if (part !== null) (this.channels[target] as LocalChannel).publish(part);
    }
  }

  advanceFrontier(origin: number): void {
    for (const channel of this.channels) channel.advanceFrontier(origin);
  }

  end(): void {
    for (const channel of this.channels) channel.end();
  }
}

/** The rows of one target, dense, with all marks; null when it gets neither. */
function partOf(batch: Batch, targets: Uint8Array, target: number): Batch | null {
  const rows = new Int32Array(batch.selectedCount);
  let count = 0;
  for (let j = 0; j < batch.selectedCount; j++) {
    rows[count] = batch.rowAt(j);
    count += (targets[j] === target ? 1 : 0) | 0;
  }
  if (count === 0 && batch.marks.count === 0) return null;
  return new Batch(
    batch.schema,
    count,
    batch.columns.map((column) => gatherColumn(column, rows, count)),
    gatherF64(batch.timestamps, rows, count),
    gatherF64(batch.origins, rows, count),
    movedMarks(batch, rows, count),
    null,
    count,
  );
}

/** The marks of the batch at their places among the rows that were kept. */
function movedMarks(batch: Batch, rows: Int32Array, count: number): Marks {
  const from = batch.marks;
  const marks = new Marks(Math.max(1, from.count));
  let kept = 0;
  for (let m = 0; m < from.count; m++) {
    const position = from.positions[m] as number;
    while (kept < count && (rows[kept] as number) < position) kept++;
    marks.push(kept, from.kinds[m] as 0 | 1 | 2, from.values[m] as number, from.origins[m] as number);
  }
  return marks;
}
