/**
 * When to look at a session again: pairs of time and number in a binary heap of typed arrays. There is about one per session, set when it begins and
 * moved on when it comes up and the session has grown meanwhile, instead of one that moves with every record.
 */
export class DeadlineHeap {
  #times = new Float64Array(64);
  #sessions = new Int32Array(64);
  #size = 0;

  /** The earliest; infinity when there is none. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  get size(): number {
    return this.#size;
  }

  push(time: number, session: number): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#rise(this.#size++, time, session);
  }

  /** Takes the earliest out and returns its session. Not when it is empty. */
  pop(): number {
    const session = this.#sessions[0] as number;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last] as number, this.#sessions[last] as number);
    return session;
  }

  #rise(from: number, time: number, session: number): void {
    const times = this.#times;
    const sessions = this.#sessions;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = times[parent] as number;
      if (other <= time) break;
      times[at] = other;
      sessions[at] = sessions[parent] as number;
      at = parent;
    }
    times[at] = time;
    sessions[at] = session;
  }

  /**
   * Puts an entry that was one of the last in the place of the first: it mostly belongs far down, so the hole goes all the way and the entry rises from
   * there. Which child is earlier is as good as random, so it is no branch.
   */
  #sink(time: number, session: number): void {
    const times = this.#times;
    const sessions = this.#sessions;
    const lastParent = (this.#size - 2) >> 1;
    let at = 0;
    while (at <= lastParent) {
      let child = 2 * at + 1;
      // Behind the last entry its former place still holds the one that sinks: that comes up where it belongs.
      child += +((times[child + 1] as number) < (times[child] as number));
      times[at] = times[child] as number;
      sessions[at] = sessions[child] as number;
      at = child;
    }
    this.#rise(at, time, session);
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const sessions = new Int32Array(this.#sessions.length * 2);
    sessions.set(this.#sessions);
    this.#sessions = sessions;
  }
}
