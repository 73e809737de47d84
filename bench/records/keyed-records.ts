import { Dictionary } from '../../engine/batch/dictionary.ts';
import type { Schema } from '../../engine/batch/schema.ts';
import { SeededRandom } from '../../engine/util/random.ts';
import { Passes } from './passes.ts';

export const RECORDS_PER_MS = 10;
const DELAYED_SHARE = 0.1;

/**
 * Records with an id, a timestamp and a value, as whole columns. Several sets may be views of the same columns. A tenth of the records
 * is delayed.
 */
export interface KeyedRecords {
  readonly count: number;
  /** Dictionary codes, smaller than `keyCount`. */
  readonly ids: Int32Array;
  readonly keyCount: number;
  /** The ids; behind them such as only the records have that close a pass. */
  readonly dictionary: Dictionary;
  readonly timestamps: Float64Array;
  readonly origins: Float64Array;
  readonly values: Float64Array;
  readonly passes: Passes;
}

export interface RecordsOptions {
  readonly count: number;
  readonly keyCount: number;
  /** See `Passes`. */
  readonly alignMs: number;
  readonly value: (random: SeededRandom) => number;
  /** Absent: all ids alike. @param passed Event time since the pass began, in ms. */
  readonly id?: (random: SeededRandom, passed: number) => number;
}

/** Fields of the records, for the engine. */
export function schemaOf(valueName: string): Schema {
  return {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'timestamp', type: 'timestamp' },
      { name: valueName, type: 'double' },
    ],
  };
}

/** Uniform in [0, 64), so that half of them are above 32 in no pattern a branch predictor could learn. Multiples of 1/64: sums are exact. */
export function temperature(random: SeededRandom): number {
  return random.nextInt(4096) / 64;
}

export function generateRecords({ count, keyCount, alignMs, value, id }: RecordsOptions): KeyedRecords {
  const random = new SeededRandom(12345);
  const passes = new Passes({ count, recordsPerMs: RECORDS_PER_MS, alignMs });
  const timestamps = passes.newTimestamps();
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (random.next() < DELAYED_SHARE) {
      timestamps[i] = Math.max(passes.base, (timestamps[i] as number) - random.nextInt(passes.disorderMs));
    }
    values[i] = value(random);
  }
  const ids = drawIds(
    count,
    keyCount,
    (idRandom, i) => id?.(idRandom, (timestamps[i] as number) - passes.base) ?? idRandom.nextInt(keyCount),
  );
  return { count, ...ids, timestamps, origins: passes.newOrigins(0), values, passes };
}

/** The same records with other ids. */
export function withKeys(records: KeyedRecords, keyCount: number): KeyedRecords {
  return { ...records, ...drawIds(records.count, keyCount, (random) => random.nextInt(keyCount)) };
}

export function firstOf(records: KeyedRecords, count: number): KeyedRecords {
  return {
    ...records,
    count,
    ids: records.ids.subarray(0, count),
    timestamps: records.timestamps.subarray(0, count),
    origins: records.origins.subarray(0, count),
    values: records.values.subarray(0, count),
  };
}

function drawIds(
  count: number,
  keyCount: number,
  draw: (random: SeededRandom, i: number) => number,
): Pick<KeyedRecords, 'ids' | 'keyCount' | 'dictionary'> {
  const random = new SeededRandom(keyCount);
  const ids = new Int32Array(count);
  for (let i = 0; i < count; i++) ids[i] = draw(random, i);
  const dictionary = new Dictionary();
  for (let k = 0; k < keyCount; k++) dictionary.encode(`sensor_${k}`);
  return { ids, keyCount, dictionary };
}
