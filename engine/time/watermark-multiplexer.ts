import { MIN_WATERMARK } from '../elements/marks.ts';
import { assert } from '../util/assert.ts';

/** Where combined watermarks go (Flink: `WatermarkOutput`). */
export interface CombinedWatermarkOutput {
  emitWatermark(watermark: number): void;
  markIdle(): void;
}

interface PartialWatermark {
  watermark: number;
  idle: boolean;
}

export interface MultiplexerState<Id> {
  readonly combined: number;
  readonly outputs: readonly (readonly [id: Id, watermark: number, idle: boolean])[];
}

/**
 * Combines the watermarks of the splits that one subtask reads into its own: the minimum over those that are not idle (Flink:
 * `WatermarkOutputMultiplexer`).
 *
 * Updates are *immediate* (a punctuated watermark: the combined one follows at once) or *deferred* (periodic ones: all splits are
 * updated first, then `onPeriodicEmit` combines them).
 */
export class WatermarkMultiplexer<Id> {
  readonly #output: CombinedWatermarkOutput;
  readonly #partials = new Map<Id, PartialWatermark>();
  #combined = MIN_WATERMARK;

  constructor(output: CombinedWatermarkOutput) {
    this.#output = output;
  }

  /** A split is read from now on. It starts active, without a watermark, and holds the combined one until it has its first. */
  register(id: Id): void {
    assert(!this.#partials.has(id), () => `the watermark output ${String(id)} is registered once`);
    this.#partials.set(id, { watermark: MIN_WATERMARK, idle: false });
  }

  /** A split is not read any more. The combined watermark rises with the next update, not by this. False: there was no such split. */
  unregister(id: Id): boolean {
    return this.#partials.delete(id);
  }

  emitImmediate(id: Id, watermark: number): void {
    if (this.#set(id, watermark) && watermark > this.#combined) this.#update();
  }

  emitDeferred(id: Id, watermark: number): void {
    this.#set(id, watermark);
  }

  idleImmediate(id: Id): void {
    this.#partial(id).idle = true;
    this.#update();
  }

  idleDeferred(id: Id): void {
    this.#partial(id).idle = true;
  }

  onPeriodicEmit(): void {
    this.#update();
  }

  snapshot(): MultiplexerState<Id> {
    return { combined: this.#combined, outputs: [...this.#partials].map(([id, { watermark, idle }]) => [id, watermark, idle]) };
  }

  restore({ combined, outputs }: MultiplexerState<Id>): void {
    this.#combined = combined;
    for (const [id, watermark, idle] of outputs) this.#partials.set(id, { watermark, idle });
  }

  /** Any watermark, also a lower one, shows that the split is active. True when it is higher than its last. */
  #set(id: Id, watermark: number): boolean {
    const partial = this.#partial(id);
    partial.idle = false;
    if (watermark <= partial.watermark) return false;
    partial.watermark = watermark;
    return true;
  }

  #update(): void {
    let minimum = Number.POSITIVE_INFINITY;
    let active = 0;
    for (const { watermark, idle } of this.#partials.values()) {
      if (idle) continue;
      active++;
      if (watermark < minimum) minimum = watermark;
    }
    if (active > 0 && minimum > this.#combined) {
      this.#combined = minimum;
      this.#output.emitWatermark(minimum);
    } else if (active === 0 && this.#partials.size > 0) this.#output.markIdle();
  }

  #partial(id: Id): PartialWatermark {
    const partial = this.#partials.get(id);
    assert(partial !== undefined, () => `the watermark output ${String(id)} is registered`);
    return partial;
  }
}
