import { Batch, BATCH_CAPACITY } from '../batch/batch.ts';
import type { Interleaved } from '../batch/interleaved.ts';
import { Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import { WatermarkValve } from '../time/watermark-valve.ts';
import type { ValveSnapshot } from '../time/watermark-valve.ts';
import { InterleavedHead } from './interleaved-head.ts';
import { mergeRows } from './merge-rows.ts';

/**
 * Combines the watermarks of an operator's inputs: what it sees is the minimum over them (Flink: `IndexedCombinedWatermarkStatus`). Inputs are fed in
 * order of origin, so the combined watermark stands at a place that does not depend on batches.
 */
export class InputWatermarks {
  readonly #valve: WatermarkValve;
  #marks = new Marks(0);
  #position = 0;
  readonly #heads = [new InterleavedHead(), new InterleavedHead()] as const;
  #inputs = new Uint8Array(0);

  constructor(inputCount: number) {
    this.#valve = new WatermarkValve(inputCount, {
      emitWatermark: (watermark, origin) => this.#marks.push(this.#position, WATERMARK, watermark, origin),
      emitWatermarkStatus: (idle, origin) => this.#marks.push(this.#position, WATERMARK_STATUS, idle ? 1 : 0, origin),
    });
  }

  /** The combined watermark that was let through last. */
  get watermark(): number {
    return this.#valve.watermark;
  }

  get isIdle(): boolean {
    return this.#valve.isIdle;
  }

  snapshot(): ValveSnapshot {
    return this.#valve.snapshot();
  }

  restore(snapshot: ValveSnapshot): void {
    this.#valve.restore(snapshot);
  }

  /** The batch of one input with combined marks instead of its own. */
  combine(batch: Batch, input: number): Batch {
    const from = batch.marks;
    if (from.count === 0) return batch;
    this.#marks = new Marks(from.count);
    for (let m = 0; m < from.count; m++) {
      this.#position = from.positions[m] as number;
      const value = from.values[m] as number;
      const origin = from.origins[m] as number;
      if (from.kinds[m] === WATERMARK) this.#valve.inputWatermark(value, input, origin);
      else if (from.kinds[m] === WATERMARK_STATUS) this.#valve.inputWatermarkStatus(value === 1, input, origin);
      else this.#marks.push(this.#position, from.kinds[m] as 0 | 1 | 2, value, origin);
    }
    const { schema, rowCount, columns, timestamps, origins, selection, selectedCount } = batch;
    return new Batch(schema, rowCount, columns, timestamps, origins, this.#marks, selection, selectedCount);
  }

  /** Batches of both inputs in the order of origins, ties by input. What is returned is valid until the next call. */
  interleave(batches: readonly [Batch | null, Batch | null]): Interleaved {
    const [first, second] = [this.#heads[0].begin(batches[0]), this.#heads[1].begin(batches[1])];
    const rowCount = first.rowCount + second.rowCount;
    if (this.#inputs.length < rowCount) this.#inputs = new Uint8Array(Math.max(BATCH_CAPACITY, rowCount));
    const inputs = this.#inputs;
    this.#marks = new Marks((batches[0]?.marks.count ?? 0) + (batches[1]?.marks.count ?? 0));
    let count = 0;
    while (!first.isOver || !second.isOver) {
      if (first.isRow && second.isRow) count = mergeRows(first, second, inputs, count);
      else {
        const isSecond = second.origin < first.origin;
        const head = isSecond ? second : first;
        if (head.isRow) {
          const to = isSecond ? head.takeRowsBelow(first.origin) : head.takeRowsUpTo(second.origin);
          inputs.fill(isSecond ? 1 : 0, count, count + to);
          count += to;
        } else {
          this.#position = count;
          this.#combineMark(head, isSecond ? 1 : 0);
        }
      }
    }
    return { batches, inputs, count, marks: this.#marks };
  }

  #combineMark(head: InterleavedHead, input: number): void {
    const { kinds, values, origins } = head.marks;
    const m = head.takeMark();
    const value = values[m] as number;
    const origin = origins[m] as number;
    if (kinds[m] === WATERMARK) this.#valve.inputWatermark(value, input, origin);
    else if (kinds[m] === WATERMARK_STATUS) this.#valve.inputWatermarkStatus(value === 1, input, origin);
    else this.#marks.push(this.#position, kinds[m] as MarkKind, value, origin);
  }
}
