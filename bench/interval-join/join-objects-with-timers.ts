import type { ObjectOperator } from '../objects/object-operator.ts';
import { TimerHeap } from '../objects/timer-heap.ts';
import { BOUND_MS } from './join-job.ts';
import type { Pair, Sided } from './join-objects.ts';

/** Records by key and timestamp. */
type Buffer = Map<string, Map<number, Sided[]>>;

/** Map state per key and a timer per record that clears it, as Flink's interval join has them. */
export class JoinObjectsWithTimers implements ObjectOperator<Sided> {
  readonly #emit: (pair: Pair) => void;
  readonly #buffers: readonly [Buffer, Buffer] = [new Map(), new Map()];
  readonly #timers: readonly [TimerHeap, TimerHeap] = [new TimerHeap(), new TimerHeap()];

  constructor(emit: (pair: Pair) => void) {
    this.#emit = emit;
  }

  processElement(record: Sided): void {
    const { id, timestamp, temperature, side } = record;
    const [left, right] = this.#buffers;
    const own = side === 0 ? left : right;
    let times = own.get(id);
    if (times === undefined) own.set(id, (times = new Map<number, Sided[]>()));
    const records = times.get(timestamp);
    if (records === undefined) times.set(timestamp, [record]);
    else records.push(record);
    for (const [time, partners] of (side === 0 ? right : left).get(id) ?? []) {
      if (time < timestamp - BOUND_MS || time > timestamp + BOUND_MS) continue;
      for (const partner of partners) {
        if (side === 0) this.#emit({ id, left: temperature, right: partner.temperature });
        else this.#emit({ id, left: partner.temperature, right: temperature });
      }
    }
    this.#timers[side as 0 | 1].register(timestamp + BOUND_MS, id);
  }

  processWatermark(watermark: number): void {
    for (const side of [0, 1] as const) {
      const timers = this.#timers[side];
      for (let timer = timers.pop(watermark); timer !== null; timer = timers.pop(watermark)) {
        const times = this.#buffers[side].get(timer.key);
        if (times === undefined) continue;
        times.delete(timer.time - BOUND_MS);
        if (times.size === 0) this.#buffers[side].delete(timer.key);
      }
    }
  }
}
