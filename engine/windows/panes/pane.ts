/**
 * All keys of one window, columnar. A pane numbers the keys it has seen from 1 in order of their first record, which is the order in which
 * they fire; there is no entry 0.
 *
 * Where the accumulators are is a matter of how many keys there are. A *dense* pane has room for every key slot and finds them without looking
 * anything up. An *indexed* one has them in order of entry, next to each other however few of the keys turn up, and pays 4 bytes of `index` per
 * key slot. One that is neither is for few records: it looks entries up in a map, row by row.
 */
export class Pane {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Numbers per accumulator. */
  readonly stride: number;
  /** Accumulators are found by key slot. */
  isDense = false;
  /** Key slot to entry, 0 = none. Only of indexed panes. */
  index: Int32Array | null = null;
  /** Same, built when a pane that has neither is first looked at. */
  sparseIndex: Map<number, number> | null = null;
  /** Entry to key slot. There is room for one entry more than there are. */
  slots: Int32Array;
  /** Accumulators, from `offsetOf` an entry on. */
  cells: Float64Array;
  /** Entries so far; also the number of the last one. */
  count = 0;
  /** The watermark has passed its end: it is kept for late records only, each of which fires by itself. */
  fired = false;
  /**
   * Null: all entries fire, in order of entry. Otherwise only these do, in this order: after a restore, entries that had fired
   * before fire again only if another record comes.
   */
  pending: Set<number> | null = null;

  constructor(start: number, end: number, stride: number, slots: Int32Array, cells: Float64Array) {
    this.start = start;
    this.end = end;
    this.stride = stride;
    this.slots = slots;
    this.cells = cells;
  }

  /** In-time records can be added by the generated loop. */
  get isFast(): boolean {
    return (this.isDense || this.index !== null) && this.pending === null && !this.fired;
  }

  /** Where the accumulator of an entry begins in `cells`. */
  offsetOf(entry: number): number {
    return (this.isDense ? (this.slots[entry] as number) : entry) * this.stride;
  }

  /** Entry of a key slot, 0 = none. Precondition: the pane is not dense. */
  entryOf(slot: number): number {
    if (this.index !== null) return slot < this.index.length ? (this.index[slot] as number) : 0;
    return this.#sparse().get(slot) ?? 0;
  }

  /** Gives the slot the next entry. There must be room for it. */
  addEntry(slot: number): number {
    const entry = ++this.count;
    this.slots[entry] = slot;
    if (this.index !== null) this.index[slot] = entry;
    else if (!this.isDense) this.#sparse().set(slot, entry);
    return entry;
  }

  #sparse(): Map<number, number> {
    if (this.sparseIndex === null) {
      this.sparseIndex = new Map();
      for (let entry = 1; entry <= this.count; entry++) this.sparseIndex.set(this.slots[entry] as number, entry);
    }
    return this.sparseIndex;
  }
}
