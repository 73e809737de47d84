import type { JoinLog } from './join-log.ts';

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

/** Records in the order in which they arrive. These arrays have those of the left side first, and then those of the right. */
export interface Arrivals {
  count: number;
  /** Of the `q`-th record. */
  sides: Uint8Array;
  readonly leftCount: number;
  /** How many left records there are among those that were taken. */
  lefts: number;
  timestamps: Float64Array;
  origins: Float64Array;
  /** Slots of the keys; negative: there is no key. */
  slots: Int32Array;
  /** By side: where the fields are is so much behind the place here. */
  readonly rowShifts: Int32Array;
}

/** What decides about pairs while the watermark stays the same; arrays are by the side of the record that arrives. */
export interface JoinLimits {
  watermark: number;
  /** Earliest and latest partner, counted from the record. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Partners up to this event time are let go, unless they came after the watermark. */
  readonly expiredUpTo: Float64Array;
}

/**
 * Adds the arrivals `[from, to)` to the log and finds their partners, the oldest first. Stops before a record that needs more than that (it is late, or has no
 * timestamp or no key) and before one whose pairs have no room; returns where. The hot loop: nothing in it calls anything.
 */
export function findPairs(log: JoinLog, arrivals: Arrivals, from: number, to: number, limits: JoinLimits, pairs: PairBuffer): number {
  const { times, links, chains, newest, chainHighest, arrivedSince } = log;
  const { sides, leftCount, timestamps, origins, slots, rowShifts } = arrivals;
  const { watermark, first, last, expiredUpTo } = limits;
  const { rows: pairRows, timestamps: pairTimes, origins: pairOrigins, capacity } = pairs;
  let index = log.count;
  let found = pairs.count;
  let lefts = arrivals.lefts;
  let q = from;
  for (; q < to; q++) {
    const side = sides[q] as number;
    // Without a branch, since nobody could guess the side: the number of lefts so far, or that of rights behind all lefts.
    const k = lefts + side * (leftCount + q - 2 * lefts);
    const time = timestamps[k] as number;
    const slot = slots[k] as number;
    // Not a number: it has none.
    if (!(time >= watermark) || slot < 0) break;
    const row = k + (rowShifts[side] as number);
    const chain = (slot << 1) | side;
    const earliest = time + (first[side] as number);
    const before = found;
    let highest = chainHighest[chain ^ 1] as number;
    // From the newest partner on, as long as one of those that are left can still be late enough.
    if (highest >= earliest) {
      const latest = time + (last[side] as number);
      const expired = expiredUpTo[side] as number;
      let i = newest[chain ^ 1] as number;
      do {
        const other = times[i << 1] as number;
        if (other >= earliest && other <= latest && (other > expired || i >= arrivedSince)) {
          if (found === capacity) break;
          pairRows[(found << 1) | side] = row;
          pairRows[(found << 1) | (side ^ 1)] = links[(i << 1) | 1] as number;
          pairTimes[found] = other > time ? other : time;
          pairOrigins[found] = origins[k] as number;
          found++;
        }
        highest = times[(i << 1) | 1] as number;
        i = links[i << 1] as number;
      } while (highest >= earliest);
      if (found === capacity) {
        found = before;
        break;
      }
      for (let a = before, b = found - 1; a < b; a++, b--) {
        const at = (a << 1) | (side ^ 1);
        const bt = (b << 1) | (side ^ 1);
        const otherRow = pairRows[at] as number;
        pairRows[at] = pairRows[bt] as number;
        pairRows[bt] = otherRow;
        const otherTime = pairTimes[a] as number;
        pairTimes[a] = pairTimes[b] as number;
        pairTimes[b] = otherTime;
      }
    }
    const highestBefore = chainHighest[chain] as number;
    times[index << 1] = time;
    times[(index << 1) | 1] = highestBefore;
    links[index << 1] = newest[chain] as number;
    links[(index << 1) | 1] = row;
    chains[index] = chain;
    newest[chain] = index++;
    chainHighest[chain] = highestBefore > time ? highestBefore : time;
    lefts += 1 - side;
  }
  arrivals.lefts = lefts;
  log.count = index;
  pairs.count = found;
  return q;
}
