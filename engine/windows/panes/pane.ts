/**
 * All keys of one window, columnar. A pane numbers the keys it has seen from 1 in order of their first record, which is the order in which
 * they fire; entry 0 is never used, so that a fresh `index` of zeros means "no entry".
 *
 * Cost per key that the pane has seen: its accumulator. Cost per key of the operator: 4 bytes of `index`, and only while the
 * pane is open for in-time records.
 */
export class Pane {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Key slot to entry, 0 = none. Null: look up through `sparseIndex`; such a pane takes the slow path row by row. */
  index: Int32Array | null;
  /** Same, built when a pane without `index` is first looked at. */
  sparseIndex: Map<number, number> | null = null;
  /** Entry to key slot. */
  slots: Int32Array;
  /** Accumulator cells of entry `e` from `e * stride`. */
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

  constructor(start: number, end: number, index: Int32Array | null, slots: Int32Array, cells: Float64Array) {
    this.start = start;
    this.end = end;
    this.index = index;
    this.slots = slots;
    this.cells = cells;
  }

  /** In-time records can be added by the generated loop. */
  get isFast(): boolean {
    return this.index !== null && this.pending === null && !this.fired;
  }

  /** Entry of a key slot, 0 = none. */
  entryOf(slot: number): number {
    if (this.index !== null) return slot < this.index.length ? (this.index[slot] as number) : 0;
    return this.#sparse().get(slot) ?? 0;
  }

  /** Gives the slot the next entry. There must be room for it. */
  addEntry(slot: number): number {
    const entry = ++this.count;
    this.slots[entry] = slot;
    if (this.index !== null) this.index[slot] = entry;
    else this.#sparse().set(slot, entry);
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
