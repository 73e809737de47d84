/** The slot of the current key, shared by all states of an operator: it is set once per record. */
export interface SlotCursor {
  /** -1: there is no current key. */
  slot: number;
}

/** How many cells each key has, and in which order keys came to have any. */
export class SlotKeys {
  /** Cells that are not empty, by slot. */
  counts = new Int32Array(0);
  /** Rank of the moment in which the key came to have state, by slot; undefined for keys without. */
  #ranks = new Float64Array(0);
  #nextRank = 0;
  #live = 0;

  /** Keys that have state. */
  get live(): number {
    return this.#live;
  }

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    if (slotCount <= this.counts.length) return;
    const capacity = Math.max(1024, slotCount, this.counts.length * 2);
    const counts = new Int32Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
    const ranks = new Float64Array(capacity);
    ranks.set(this.#ranks);
    this.#ranks = ranks;
  }

  gained(slot: number): void {
    const count = this.counts[slot] as number;
    this.counts[slot] = count + 1;
    if (count > 0) return;
    this.#ranks[slot] = this.#nextRank++;
    this.#live++;
  }

  lost(slot: number): void {
    const count = (this.counts[slot] as number) - 1;
    this.counts[slot] = count;
    if (count === 0) this.#live--;
  }

  /** Slots of keys that have state, in the order in which they (last) came to have it. */
  inOrder(): Int32Array {
    const slots = new Int32Array(this.#live);
    let at = 0;
    for (let slot = 0; slot < this.counts.length; slot++) if ((this.counts[slot] as number) > 0) slots[at++] = slot;
    const ranks = this.#ranks;
    return slots.sort((a, b) => (ranks[a] as number) - (ranks[b] as number));
  }

  /** Slot `s` is `newSlotOf[s]` from now on, below `capacity`; slots that have none, below 0, hold no state. */
  renumber(newSlotOf: Int32Array, capacity: number): void {
    const { counts } = this;
    const ranks = this.#ranks;
    const newCounts = new Int32Array(capacity);
    const newRanks = new Float64Array(capacity);
    for (let old = 0; old < newSlotOf.length; old++) {
      const slot = newSlotOf[old] as number;
      if (slot < 0) continue;
      newCounts[slot] = counts[old] as number;
      newRanks[slot] = ranks[old] as number;
    }
    this.counts = newCounts;
    this.#ranks = newRanks;
  }
}
