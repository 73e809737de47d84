import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { JoinLog } from './join-log.ts';
import type { PairBuffer } from './pair-buffer.ts';
import type { PairSink } from './pair-output.ts';

/** Arrivals whose partners are looked for at the same time: what is remembered of them stays in the nearest cache. */
const TOGETHER = 512;

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
  /** Partners up to this event time are let go, unless they came after the watermark. Never after the earliest partner of a record that is not late. */
  readonly expiredUpTo: Float64Array;
}

/** Arrivals that are in the log already, with a chain worth looking through; each goes by its place in the arrays of all arrivals. */
class Candidates {
  count = 0;
  /** In order, with the newest record of the chain. */
  readonly arrivals = new Int32Array(TOGETHER);
  readonly newest = new Int32Array(TOGETHER);
  /** By arrival: partners with exactly the earliest time count from this record of the log on; from the first, unless the arrival is about to be late. */
  since = new Int32Array(0);
  hasSince = false;

  clear(): void {
    if (this.hasSince) this.since.fill(0);
    this.hasSince = false;
    this.count = 0;
  }
}

/**
 * Finds the partners of many arrivals at once, in two steps. Whether the chain of an arrival is worth a look is something that the processor cannot guess; so the
 * first step adds the arrivals to the log and only lists those for which it is, and the second one walks along the chains of these.
 */
export class PairSearch {
  readonly #log: JoinLog;
  readonly #arrivals: Arrivals;
  readonly #limits: JoinLimits;
  readonly #candidates = new Candidates();
  /** How many arrivals were added, at most, since all pairs were handed over. */
  #pending = 0;
  /** Positions count candidates. */
  readonly #marks = new Marks();

  constructor(log: JoinLog, arrivals: Arrivals, limits: JoinLimits) {
    this.#log = log;
    this.#arrivals = arrivals;
    this.#limits = limits;
  }

  /**
   * Adds the arrivals `[from, to)` to the log. Stops before a record that needs more than that (it is late, or has no timestamp or no key), and when it `isFull`;
   * returns where.
   */
  add(from: number, to: number): number {
    const { count } = this.#arrivals;
    if (this.#candidates.since.length < count) this.#candidates.since = new Int32Array(2 * count);
    const end = Math.min(to, from + TOGETHER - this.#pending);
    const reached = addArrivals(this.#log, this.#arrivals, from, end, this.#limits, this.#candidates);
    this.#pending += reached - from;
    return reached;
  }

  /** No arrival can be added before `finish`. */
  get isFull(): boolean {
    return this.#pending === TOGETHER;
  }

  /** Comes before the next arrival. */
  mark(kind: MarkKind, value: number, origin: number): void {
    this.#marks.push(this.#candidates.count, kind, value, origin);
  }

  /** Hands over the pairs of all arrivals so far, and the marks between them. */
  finish(output: PairSink): void {
    const { count, positions, kinds, values, origins } = this.#marks;
    let done = 0;
    for (let m = 0; m < count; m++) {
      const end = positions[m] as number;
      this.#findPairs(done, end, output);
      output.mark(kinds[m] as MarkKind, values[m] as number, origins[m] as number);
      done = end;
    }
    this.#findPairs(done, this.#candidates.count, output);
    this.#marks.count = 0;
    this.#candidates.clear();
    this.#pending = 0;
  }

  /** Of the candidates `[from, to)`. */
  #findPairs(from: number, to: number, output: PairSink): void {
    for (let c = from; c < to; ) {
      c = findPairs(this.#log, this.#arrivals, this.#limits, this.#candidates, c, to, output.pairs);
      if (c === to) return;
      if (output.pairs.count > 0) output.flush();
      else output.grow();
    }
  }
}

/** The hot loop: nothing in it calls anything, and nothing is guessed. Whole numbers are cut to 32 bits, which spares V8 the look whether they fit. */
function addArrivals(log: JoinLog, arrivals: Arrivals, from: number, to: number, limits: JoinLimits, candidates: Candidates): number {
  const { links, heads, capacity } = log;
  const { sides, leftCount, timestamps, slots, rowShifts } = arrivals;
  const { watermark, first } = limits;
  const { arrivals: candidateArrivals, newest } = candidates;
  const shift = rowShifts[0] as number;
  const rightShift = (capacity + (rowShifts[1] as number) - shift) | 0;
  let c = candidates.count;
  let lefts = arrivals.lefts;
  let q = from;
  for (; q < to; q++) {
    const side = sides[q] as number;
    // Without a branch, since nobody could guess the side: the number of lefts so far, or that of rights behind all lefts.
    const k = (lefts + Math.imul(side, leftCount + q - 2 * lefts)) | 0;
    const time = timestamps[k] as number;
    const slot = slots[k] as number;
    if (!(time > watermark) || slot < 0) {
      // Not a number: it has none.
      if (!(time >= watermark) || slot < 0) break;
      noteEqualTimes(log, limits, candidates, k, time, side);
    }
    const own = (slot << 2) | side;
    const other = own ^ 1;
    candidateArrivals[c] = k;
    newest[c] = heads[other + 2] as number;
    // Only if one of the chain is late enough.
    c = (c + +((heads[other] as number) >= time + (first[side] as number))) | 0;
    const highest = heads[own] as number;
    const i = (k + shift + Math.imul(side, rightShift)) | 0;
    links[i << 1] = highest;
    links[(i << 1) | 1] = heads[own + 2] as number;
    heads[own] = highest > time ? highest : time;
    heads[own + 2] = i;
    lefts = (lefts + 1 - side) | 0;
  }
  arrivals.lefts = lefts;
  candidates.count = c;
  return q;
}

/** An arrival at the watermark: partners that are just early enough are just let go. */
function noteEqualTimes(log: JoinLog, limits: JoinLimits, candidates: Candidates, k: number, time: number, side: number): void {
  if ((limits.expiredUpTo[side] as number) < time + (limits.first[side] as number)) return;
  const partner = side === 0 ? 1 : 0;
  candidates.since[k] = log.numberOf(partner, log.sides[partner].arrivedSince);
  candidates.hasSince = true;
}

/** Finds the partners of the candidates `[from, to)`, the oldest first. Stops before one whose pairs have no room; returns where. */
function findPairs(
  log: JoinLog,
  arrivals: Arrivals,
  limits: JoinLimits,
  candidates: Candidates,
  from: number,
  to: number,
  pairs: PairBuffer,
): number {
  const { times, links, capacity } = log;
  const { timestamps, origins, leftCount, rowShifts } = arrivals;
  const { first, last } = limits;
  const { since, arrivals: candidateArrivals, newest } = candidates;
  const { rows, timestamps: pairTimes, origins: pairOrigins } = pairs;
  const room = pairs.capacity;
  let found = pairs.count;
  let c = from;
  for (; c < to; c++) {
    const k = candidateArrivals[c] as number;
    const time = timestamps[k] as number;
    const side = +(k >= leftCount);
    const earliest = time + (first[side] as number);
    const latest = time + (last[side] as number);
    const row = k + (rowShifts[side] as number);
    // Of the other side.
    const base = Math.imul(side ^ 1, capacity);
    const before = found;
    let i = newest[c] as number;
    let highest: number;
    do {
      if (found === room) {
        pairs.count = before;
        return c;
      }
      const other = times[i] as number;
      const isKept = +(other > earliest) | +(i >= (since[k] as number));
      rows[(found << 1) | side] = row;
      rows[(found << 1) | (side ^ 1)] = i - base;
      pairTimes[found] = other > time ? other : time;
      pairOrigins[found] = origins[k] as number;
      // Without a branch: what is no pair is written over.
      found += +(other >= earliest) & +(other <= latest) & isKept;
      highest = links[i << 1] as number;
      i = links[(i << 1) | 1] as number;
    } while (highest >= earliest);
    if (found > before + 1) reverse(pairs, side ^ 1, before, found);
  }
  pairs.count = found;
  return c;
}

/** The pairs of one arrival, of which the partners differ. @param partnerSide The side of the partners. */
function reverse({ rows, timestamps }: PairBuffer, partnerSide: number, from: number, to: number): void {
  for (let a = from, b = to - 1; a < b; a++, b--) {
    const at = (a << 1) | partnerSide;
    const bt = (b << 1) | partnerSide;
    const row = rows[at] as number;
    rows[at] = rows[bt] as number;
    rows[bt] = row;
    const time = timestamps[a] as number;
    timestamps[a] = timestamps[b] as number;
    timestamps[b] = time;
  }
}
