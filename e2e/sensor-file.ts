import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export interface Reading {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
  /** Physical line of the file. */
  readonly line: number;
}

export interface MalformedLine {
  readonly line: number;
  readonly raw: string;
}

export interface SensorFile {
  readonly readings: readonly Reading[];
  readonly malformed: readonly MalformedLine[];
}

export interface SensorFileOptions {
  readonly count: number;
  readonly sensors: number;
  readonly seed: number;
}

const START = 1_700_000_000_000;
const STEP_MS = 10;
const SHUFFLED_WITHIN_MS = 5000;
const LATE_SHARE = 0.01;
const LATE_BY_MS = 30_000;
/** One malformed line after so many readings. */
const MALFORMED_EVERY = 19_997;

/**
 * Writes a CSV of sensor readings: shuffled within 5 seconds, one in a hundred later than that, and some lines that are none. Returns what
 * was written, in the order of the file.
 */
export async function writeSensorFile(path: string, options: SensorFileOptions): Promise<SensorFile> {
  const { count, sensors, seed } = options;
  const random = mulberry32(seed);
  const arrivals = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const isLate = random() < LATE_SHARE;
    arrivals[i] = i * STEP_MS + random() * SHUFFLED_WITHIN_MS + (isLate ? SHUFFLED_WITHIN_MS + random() * LATE_BY_MS : 0);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => (arrivals[a] as number) - (arrivals[b] as number));

  const file = createWriteStream(path);
  const readings: Reading[] = [];
  const malformed: MalformedLine[] = [];
  let line = 1;
  let text = 'id,timestamp,temperature\n';
  for (const i of order) {
    line++;
    const reading = {
      id: `sensor_${1 + ((i * 7919) % sensors)}`,
      timestamp: START + i * STEP_MS,
      temperature: Math.round((20 + 10 * Math.sin(i / 5000) + random() * 3) * 1000) / 1000,
      line,
    };
    readings.push(reading);
    text += `${reading.id},${reading.timestamp},${reading.temperature}\n`;
    if (readings.length % MALFORMED_EVERY === 100) {
      line++;
      const raw = malformedLine(malformed.length, reading);
      malformed.push({ line, raw });
      text += `${raw}\n`;
    }
    if (text.length > 1 << 20) {
      if (!file.write(text)) await once(file, 'drain');
      text = '';
    }
  }
  file.end(text);
  await once(file, 'close');
  return { readings, malformed };
}

function malformedLine(nth: number, { id, timestamp }: Reading): string {
  const kinds = [
    `${id},${timestamp}`,
    `${id},${timestamp},hot`,
    `${id},noon,20.5`,
    `${id},${timestamp},20.5,1`,
    `"${id},${timestamp},20.5`,
  ];
  return kinds[nth % kinds.length] as string;
}

/** A small generator of pseudo-random numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface WindowRow {
  readonly id: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly readings: number;
  readonly average: number;
}

export interface Averages {
  /** In the order in which windows fire. */
  readonly rows: readonly WindowRow[];
  readonly late: readonly Reading[];
}

/**
 * Averages per sensor and tumbling window, by a plain loop that shares nothing with the engine: watermarks after bounded out-of-orderness
 * of Flink, one whenever event time has advanced by the interval (decision 0002); late is what belongs to a window that has fired.
 */
export function averagesOf(
  readings: readonly Reading[],
  { sizeMs, outOfOrdernessMs, intervalMs }: { readonly sizeMs: number; readonly outOfOrdernessMs: number; readonly intervalMs: number },
): Averages {
  const open = new Map<number, Map<string, { count: number; sum: number }>>();
  const rows: WindowRow[] = [];
  const late: Reading[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  let emittedAt = Number.NEGATIVE_INFINITY;
  let watermark = Number.NEGATIVE_INFINITY;

  const fire = (until: number): void => {
    const due = [...open.keys()].filter((start) => start + sizeMs - 1 <= until).sort((a, b) => a - b);
    for (const start of due) {
      for (const [id, { count, sum }] of open.get(start) ?? [])
        rows.push({ id, window_start: start, window_end: start + sizeMs, readings: count, average: sum / count });
      open.delete(start);
    }
  };

  for (const reading of readings) {
    const { id, timestamp, temperature } = reading;
    const start = timestamp - (timestamp % sizeMs);
    if (start + sizeMs - 1 <= watermark) late.push(reading);
    else {
      let keys = open.get(start);
      if (keys === undefined) open.set(start, (keys = new Map<string, { count: number; sum: number }>()));
      const cell = keys.get(id) ?? { count: 0, sum: 0 };
      cell.count++;
      cell.sum += temperature;
      keys.set(id, cell);
    }
    if (timestamp > highest) highest = timestamp;
    if (highest - emittedAt < intervalMs) continue;
    emittedAt = highest;
    watermark = highest - outOfOrdernessMs - 1;
    fire(watermark);
  }
  fire(Number.POSITIVE_INFINITY);
  return { rows, late };
}
