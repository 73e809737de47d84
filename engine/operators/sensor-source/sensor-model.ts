import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import type { GatherMemory } from '../../batch/gather.ts';
import type { RecordModel } from '../generator-source.ts';
import type { SensorSourceConfig } from './definition.ts';

const DAY_MS = 86_400_000;
/** Distance of the points between which a sensor's weather changes smoothly. */
const WEATHER_MS = 600_000;
const MIDDLE = 27.5;
const SENSOR_SPREAD = 3;
const DAY_SWING = 3;
const WEATHER_SWING = 1.5;

const SALT_LATE = 0x1b873593;
const SALT_DELAY = 0x85ebca6b | 0;
const SALT_WEATHER = 0xc2b2ae35 | 0;
const SALT_SENSOR = 0x27d4eb2f;

/**
 * The readings as functions of their sequence number alone: any subtask can make any of them without those before, so a stream is
 * the same at every parallelism and can be continued anywhere. Only additions, multiplications and comparisons: other functions
 * (`Math.sin`) may differ in the last bit between JavaScript engines.
 */
export class SensorModel implements RecordModel {
  readonly #seed: number;
  readonly #sensorCount: number;
  readonly #intervalMs: number;
  readonly #startTime: number;
  readonly #disorderMs: number;
  readonly #lateShare: number;
  readonly #lateByMs: number;
  /** Of each sensor: its mean temperature, and how far its day is shifted. */
  readonly #means: Float64Array;
  readonly #phases: Float64Array;
  readonly #names = new Dictionary();

  constructor(config: SensorSourceConfig, seed: number) {
    this.#seed = seed | 0;
    this.#sensorCount = config.sensors;
    this.#intervalMs = 1000 / config.recordsPerSecond;
    this.#startTime = config.startTime;
    this.#disorderMs = config.disorderMs;
    this.#lateShare = config.latePercent / 100;
    this.#lateByMs = config.lateByMs;
    this.#means = new Float64Array(config.sensors);
    this.#phases = new Float64Array(config.sensors);
    for (let sensor = 0; sensor < config.sensors; sensor++) {
      this.#means[sensor] = MIDDLE + (2 * unit(mixed(this.#seed ^ SALT_SENSOR, sensor, 0)) - 1) * SENSOR_SPREAD;
      this.#phases[sensor] = unit(mixed(this.#seed ^ SALT_SENSOR, sensor, 1)) / 8;
      // The number of a sensor is the code of its name.
      this.#names.encode(`sensor_${sensor + 1}`);
    }
  }

  columnsOf(positions: Float64Array, memory: GatherMemory): readonly Column[] {
    const count = positions.length;
    const sensors = memory.codes(count);
    const timestamps = memory.f64(count);
    const temperatures = memory.f64(count);
    for (let row = 0; row < count; row++) {
      const n = positions[row] as number;
      const sensor = n % this.#sensorCount;
      const timestamp = this.#startTime + Math.floor(n * this.#intervalMs) - this.#delayMs(n);
      sensors[row] = sensor;
      timestamps[row] = timestamp;
      temperatures[row] = this.#temperature(sensor, timestamp);
    }
    return [Column.ofCodes(sensors, this.#names), Column.ofF64(timestamps), Column.ofF64(temperatures)];
  }

  /** By how much event time a reading arrives behind the ones that are on time. */
  #delayMs(n: number): number {
    const high = Math.floor(n / 4_294_967_296);
    if (this.#lateShare > 0 && unit(mixed(this.#seed ^ SALT_LATE, n | 0, high)) < this.#lateShare) {
      return this.#disorderMs + 1 + Math.floor(unit(mixed(this.#seed ^ SALT_DELAY, n | 0, high)) * this.#lateByMs);
    }
    if (this.#disorderMs === 0) return 0;
    return Math.floor(unit(mixed(this.#seed ^ SALT_DELAY, n | 0, high)) * (this.#disorderMs + 1));
  }

  #temperature(sensor: number, timestamp: number): number {
    const day = timestamp / DAY_MS + (this.#phases[sensor] as number);
    const at = timestamp / WEATHER_MS;
    const point = Math.floor(at);
    const before = unit(mixed(this.#seed ^ SALT_WEATHER, sensor, point | 0));
    const after = unit(mixed(this.#seed ^ SALT_WEATHER, sensor, (point + 1) | 0));
    const x = at - point;
    const weather = before + (after - before) * x * x * (3 - 2 * x);
    const value = (this.#means[sensor] as number) + DAY_SWING * wave(day - Math.floor(day)) + WEATHER_SWING * (2 * weather - 1);
    return Math.round(value * 100) / 100;
  }
}

/** A sine in shape: two parabolas. One period over [0, 1), lowest at a quarter (early morning), values in [-1, 1]. */
function wave(x: number): number {
  return x < 0.5 ? -16 * x * (0.5 - x) : 16 * (x - 0.5) * (1 - x);
}

/** 32 well-mixed bits of three numbers (the finaliser of MurmurHash3). */
function mixed(a: number, b: number, c: number): number {
  let h = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x165667b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 32 bits as a number in [0, 1). */
function unit(bits: number): number {
  return (bits >>> 0) / 4_294_967_296;
}
