import type { ObjectOperator } from '../objects/object-operator.ts';
import { TimerHeap } from '../objects/timer-heap.ts';
import type { Reading, WindowSum } from '../objects/window-outcome.ts';
import { GAP_MS } from './session-job.ts';

interface Session {
  first: number;
  last: number;
  sum: number;
  count: number;
}

/** Sessions of each key and a timer for each session, moved with every record that makes it longer, as Flink's heap state backend keeps them. */
export class SessionObjects implements ObjectOperator<Reading> {
  readonly #emit: (result: WindowSum) => void;
  readonly #state = new Map<string, Session[]>();
  readonly #timers = new TimerHeap();

  constructor(emit: (result: WindowSum) => void) {
    this.#emit = emit;
  }

  processElement({ id, timestamp, temperature }: Reading): void {
    let sessions = this.#state.get(id);
    if (sessions === undefined) this.#state.set(id, (sessions = []));
    const merged: Session = { first: timestamp, last: timestamp, sum: temperature, count: 1 };
    let isNew = true;
    for (let s = 0; s < sessions.length; s++) {
      const session = sessions[s] as Session;
      if (timestamp > session.last + GAP_MS || timestamp < session.first - GAP_MS) continue;
      if (isNew && timestamp >= session.first && timestamp <= session.last) {
        session.sum += temperature;
        session.count++;
        return;
      }
      isNew = false;
      this.#timers.delete(session.last + GAP_MS - 1, id);
      merged.first = Math.min(merged.first, session.first);
      merged.last = Math.max(merged.last, session.last);
      merged.sum += session.sum;
      merged.count += session.count;
      sessions.splice(s--, 1);
    }
    sessions.push(merged);
    this.#timers.register(merged.last + GAP_MS - 1, id);
  }

  processWatermark(watermark: number): void {
    for (let timer = this.#timers.pop(watermark); timer !== null; timer = this.#timers.pop(watermark)) this.#fire(timer.key, timer.time);
  }

  #fire(id: string, time: number): void {
    const sessions = this.#state.get(id) ?? [];
    const at = sessions.findIndex(({ last }) => last + GAP_MS - 1 === time);
    const session = sessions[at];
    if (session === undefined) return;
    sessions.splice(at, 1);
    if (sessions.length === 0) this.#state.delete(id);
    this.#emit({ id, end: session.last + GAP_MS, sum: session.sum, count: session.count });
  }
}
