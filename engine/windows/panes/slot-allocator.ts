import type { LiveSlots } from './pane-keys.ts';

/** Below so many slots nobody looks for dead ones. */
const MIN_SWEEP = 8192;

/**
 * Hands out key slots. Once their number has doubled since the last look, slots whose keys have no state any more are taken back,
 * so that memory follows the number of keys alive and not the number of keys ever seen, at a constant cost per new key.
 */
export class SlotAllocator {
  readonly #live: LiveSlots;
  #free: number[] = [];
  #limit = 0;
  #sweepAt = MIN_SWEEP;

  constructor(live: LiveSlots) {
    this.#live = live;
  }

  /** Every slot is below this. */
  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#limit - this.#free.length;
  }

  take(): number {
    return this.#free.pop() ?? this.#limit++;
  }

  get isSweepDue(): boolean {
    return this.used >= this.#sweepAt;
  }

  /** Takes dead slots back and tells which: `live[slot]` is 0 for those. */
  sweep(): Uint8Array {
    const live = new Uint8Array(this.#limit);
    this.#live(live);
    // Trailing dead slots are forgotten altogether, so that tables indexed by slot can shrink.
    let limit = this.#limit;
    while (limit > 0 && live[limit - 1] === 0) limit--;
    this.#limit = limit;
    this.#free = [];
    for (let slot = limit - 1; slot >= 0; slot--) if (live[slot] === 0) this.#free.push(slot);
    this.#sweepAt = Math.max(MIN_SWEEP, this.used * 2);
    return live;
  }
}
