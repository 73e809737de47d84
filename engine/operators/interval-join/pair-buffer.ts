/** Pairs that were found, in order. */
export class PairBuffer {
  count = 0;
  /** Of pair `p` the left record at `2 * p`, the right one at `2 * p + 1`: where its fields are among those of its side. */
  rows: Int32Array;
  /** Of each pair the later of both. */
  timestamps: Float64Array;
  origins: Float64Array;

  constructor(capacity: number) {
    this.rows = new Int32Array(2 * capacity);
    this.timestamps = new Float64Array(capacity);
    this.origins = new Float64Array(capacity);
  }

  get capacity(): number {
    return this.origins.length;
  }
}
