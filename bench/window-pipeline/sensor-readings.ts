import { Dictionary } from '../../engine/batch/dictionary.ts';
import { SeededRandom } from '../../engine/util/random.ts';
import { Passes } from './passes.ts';

const RECORDS_PER_MS = 10;
const DELAYED_SHARE = 0.1;

/**
 * Sensor readings as whole columns: temperatures are uniform in [0, 64), so that half of them are above 32 in no pattern a branch
 * predictor could learn; a tenth of the records is delayed. Several sets may be views of the same columns.
 */
export interface SensorReadings {
  readonly count: number;
  /** Dictionary codes of the sensor ids. */
  readonly ids: Int32Array;
  readonly dictionary: Dictionary;
  readonly timestamps: Float64Array;
  readonly origins: Float64Array;
  readonly temperatures: Float64Array;
  readonly passes: Passes;
}

export function generateReadings(count: number, keyCount: number): SensorReadings {
  const random = new SeededRandom(12345);
  const passes = new Passes(count, RECORDS_PER_MS);
  const temperatures = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (random.next() < DELAYED_SHARE) passes.delay(i, random.nextInt(passes.disorderMs));
    temperatures[i] = random.nextInt(4096) / 64;
  }
  return { count, ...drawIds(count, keyCount), timestamps: passes.timestamps, origins: passes.origins, temperatures, passes };
}

/** The same readings by other sensors. */
export function withKeys(readings: SensorReadings, keyCount: number): SensorReadings {
  return { ...readings, ...drawIds(readings.count, keyCount) };
}

export function firstOf(readings: SensorReadings, count: number): SensorReadings {
  return {
    ...readings,
    count,
    ids: readings.ids.subarray(0, count),
    timestamps: readings.timestamps.subarray(0, count),
    origins: readings.origins.subarray(0, count),
    temperatures: readings.temperatures.subarray(0, count),
  };
}

function drawIds(count: number, keyCount: number): { ids: Int32Array; dictionary: Dictionary } {
  const random = new SeededRandom(keyCount);
  const ids = new Int32Array(count);
  for (let i = 0; i < count; i++) ids[i] = random.nextInt(keyCount);
  const dictionary = new Dictionary();
  for (let k = 0; k < keyCount; k++) dictionary.encode(`sensor_${k}`);
  return { ids, dictionary };
}
