import type { Outcome } from '../harness/suite.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { FORGET_AFTER_MS, LARGE_AMOUNT } from './rules.ts';

/** The fraud rule by hand. Flag and timer are one number per key, the time until which the flag holds: no timers, and nothing to clear. */
export function runFraudLimit({ count, ids, keyCount, timestamps, values, passes }: KeyedRecords): Outcome {
  const flaggedUntil = new Float64Array(keyCount).fill(Number.NEGATIVE_INFINITY);
  const { base, disorderMs } = passes;
  let rows = 0;
  let total = 0;
  let times = 0;
  let watermark = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const id = ids[i] as number;
    const amount = values[i] as number;
    const timestamp = timestamps[i] as number;
    if ((flaggedUntil[id] as number) > watermark) {
      if (amount > LARGE_AMOUNT) {
        rows++;
        total += amount;
        times += (timestamp - base) * amount;
      }
      flaggedUntil[id] = Number.NEGATIVE_INFINITY;
    }
    if (amount < 1) flaggedUntil[id] = timestamp + FORGET_AFTER_MS;
    const behind = timestamp - disorderMs - 1;
    if (behind > watermark) watermark = behind;
  }
  return { rows, amount: total, times };
}
