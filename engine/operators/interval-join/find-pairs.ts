import type { JoinLog } from './join-log.ts';

/** Pairs that were found, in order. */
export class PairBuffer {
  count = 0;
  /** Of pair `p` the left record at `2 * p`, the right one at `2 * p + 1`: where its fields are among those of its side. */
  rows: Int32Array;
  /** The event times of both, in the same way. */
  times: Float64Array;
  origins: Float64Array;

  constructor(capacity: number) {
    this.rows = new Int32Array(2 * capacity);
    this.times = new Float64Array(2 * capacity);
    this.origins = new Float64Array(capacity);
  }

  get capacity(): number {
    return this.origins.length;
  }
}

/** Records in the order in which they arrive: the `q`-th is the `order[q]`-th of these arrays. */
export interface Arrivals {
  count: number;
  /** Of the `q`-th. */
  sides: Uint8Array;
  order: Int32Array;
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
  const { sides, order, timestamps, origins, slots, rowShifts } = arrivals;
  const { watermark, first, last, expiredUpTo } = limits;
  const { rows: pairRows, times: pairTimes, origins: pairOrigins, capacity } = pairs;
  let index = log.count;
  let found = pairs.count;
  let q = from;
  for (; q < to; q++) {
    const side = sides[q] as number;
    const k = order[q] as number;
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
          pairTimes[(found << 1) | side] = time;
          pairTimes[(found << 1) | (side ^ 1)] = other;
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
        const otherTime = pairTimes[at] as number;
        pairTimes[at] = pairTimes[bt] as number;
        pairTimes[bt] = otherTime;
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
  }
  log.count = index;
  pairs.count = found;
  return q;
}
