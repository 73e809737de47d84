const DAYS = 1024;
const NONE = 0;

/**
 * When to look at sessions: one time per session, in a ring of days that covers twice as long as sessions are waited for (a calendar queue, after Brown 1988). The sessions of a
 * day are a list through arrays by session, so that to set and to move a time are a few stores; they are put in order by whoever takes them out. Times further ahead than the ring are on
 * the day that they will be on when it comes round.
 */
export class DeadlineCalendar {
  /** Nothing is due before this time; there may be nothing at this time either. */
  next = Number.POSITIVE_INFINITY;
  readonly #daysPerMs: number;
  /** By day: the first session of its list. */
  readonly #heads = new Int32Array(DAYS);
  /** By session, numbered from 1: infinity when it is on no list. */
  #times = new Float64Array(0);
  #following = new Int32Array(0);
  #preceding = new Int32Array(0);
  #size = 0;
  /** The day of `takeUpTo`. Nothing is on a list before it. */
  #today = 0;

  /** @param spanMs How far ahead times mostly are. */
  constructor(spanMs: number) {
    this.#daysPerMs = DAYS / (2 * Math.max(spanMs, DAYS));
  }

  get size(): number {
    return this.#size;
  }

  /** Room for sessions below `count`. */
  ensure(count: number): void {
    const former = this.#times.length;
    if (count <= former) return;
    const capacity = Math.max(64, count, former * 2);
    this.#times = grown(new Float64Array(capacity).fill(Number.POSITIVE_INFINITY), this.#times);
    this.#following = grown(new Int32Array(capacity), this.#following);
    this.#preceding = grown(new Int32Array(capacity), this.#preceding);
  }

  /** Infinity: there is none. */
  timeOf(session: number): number {
    return this.#times[session] as number;
  }

  /** The session is to be looked at then, and not at another time. */
  set(session: number, time: number): void {
    this.remove(session);
    const day = this.#dayOf(time);
    if (this.#size++ === 0 || day < this.#today) this.#today = day;
    this.#push(session, time, day);
    if (time < this.next) this.next = time;
  }

  /** The session is not to be looked at. */
  remove(session: number): void {
    const time = this.#times[session] as number;
    if (time === Number.POSITIVE_INFINITY) return;
    const following = this.#following[session] as number;
    const preceding = this.#preceding[session] as number;
    if (preceding === NONE) this.#heads[this.#dayOf(time) & (DAYS - 1)] = following;
    else this.#following[preceding] = following;
    if (following !== NONE) this.#preceding[following] = preceding;
    this.#times[session] = Number.POSITIVE_INFINITY;
    this.#size--;
  }

  /**
   * Takes out every session whose time has come, day by day. `look` returns a later time to look at it again; infinity: not any more. Beside that, it must change nothing here.
   */
  takeUpTo(limit: number, look: (session: number) => number): void {
    const lastDay = limit === Number.POSITIVE_INFINITY ? this.#today + DAYS - 1 : this.#dayOf(limit);
    // After a whole round there is nobody left to be asked.
    for (let day = Math.max(this.#today, lastDay - DAYS + 1); day <= lastDay && this.#size > 0; day++) {
      let session = this.#heads[day & (DAYS - 1)] as number;
      this.#heads[day & (DAYS - 1)] = NONE;
      while (session !== NONE) {
        const following = this.#following[session] as number;
        let time = this.#times[session] as number;
        if (time <= limit) time = look(session);
        if (time === Number.POSITIVE_INFINITY) {
          this.#times[session] = time;
          this.#size--;
        } else this.#push(session, time, this.#dayOf(time));
        session = following;
      }
    }
    if (limit !== Number.POSITIVE_INFINITY) this.#today = Math.max(this.#today, lastDay);
    this.next = this.#lowerBound(limit);
  }

  #push(session: number, time: number, day: number): void {
    const place = day & (DAYS - 1);
    const head = this.#heads[place] as number;
    this.#times[session] = time;
    this.#following[session] = head;
    this.#preceding[session] = NONE;
    if (head !== NONE) this.#preceding[head] = session;
    this.#heads[place] = session;
  }

  /** The earliest time of the first day that has any. All are later than `reached`. */
  #lowerBound(reached: number): number {
    if (this.#size === 0) return Number.POSITIVE_INFINITY;
    for (let day = this.#today; day < this.#today + DAYS; day++) {
      let session = this.#heads[day & (DAYS - 1)] as number;
      if (session === NONE) continue;
      let earliest = Number.POSITIVE_INFINITY;
      for (; session !== NONE; session = this.#following[session] as number) {
        if ((this.#times[session] as number) < earliest) earliest = this.#times[session] as number;
      }
      if (this.#dayOf(earliest) === day) return earliest;
      // Of a later round: days between may have earlier ones. Less what the division may round.
      return Math.max(reached, Math.floor((day + 1) / this.#daysPerMs) - 1);
    }
    return Number.POSITIVE_INFINITY;
  }

  #dayOf(time: number): number {
    return Math.floor(time * this.#daysPerMs);
  }
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
