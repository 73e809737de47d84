import type { SeededRandom } from '../../engine/util/random.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { generateRecords } from '../records/keyed-records.ts';
import { FORGET_AFTER_MS } from './rules.ts';

/** Below 1, and then above 500: that is what the rule looks for. */
const SMALL_SHARE = 0.02;
const LARGE_SHARE = 0.03;

export function generateTransactions(count: number, keyCount: number): KeyedRecords {
  return generateRecords({ count, keyCount, alignMs: 2 * FORGET_AFTER_MS, value: amount });
}

function amount(random: SeededRandom): number {
  const kind = random.next();
  if (kind < SMALL_SHARE) return random.nextInt(64) / 64;
  return kind < SMALL_SHARE + LARGE_SHARE ? 500 + random.nextInt(1000) : 1 + random.nextInt(400);
}
