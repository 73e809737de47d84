import type { Outcome } from '../harness/suite.ts';
import { feed } from '../records/feed.ts';
import { WINDOW_MS } from './window-result.ts';
import { ResultTally } from './result-tally.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import { TimerHeap } from '../objects/timer-heap.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import type { WindowResult } from './window-result.ts';

export interface Reading {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
}

export interface Converted {
  readonly id: string;
  readonly timestamp: number;
  readonly f: number;
}

/** A stage of the pipelines below: what engines with one call per record and operator are made of. */
interface Stage<T> {
  processElement(record: T): void;
  processWatermark(watermark: number): void;
}

function filterStage<T>(predicate: (record: T) => boolean, next: Stage<T>): Stage<T> {
  return {
    processElement: (record) => {
      if (predicate(record)) next.processElement(record);
    },
    processWatermark: (watermark) => next.processWatermark(watermark),
  };
}

function mapStage<T, R>(convert: (record: T) => R, next: Stage<R>): Stage<T> {
  return {
    processElement: (record) => next.processElement(convert(record)),
    processWatermark: (watermark) => next.processWatermark(watermark),
  };
}

interface Accumulator {
  sum: number;
  count: number;
}

function resultOf(id: string, start: number, { sum, count }: Accumulator): WindowResult {
  return { id, start, end: start + WINDOW_MS, sum, avg: sum / count, count };
}

/** A Map of accumulators per open window; a window fires as a whole. */
function paneWindowStage(emit: (result: WindowResult) => void): Stage<Converted> {
  const panes = new Map<number, Map<string, Accumulator>>();
  let fired = Number.NEGATIVE_INFINITY;
  return {
    processElement: ({ id, timestamp, f }) => {
      const start = Math.floor(timestamp / WINDOW_MS) * WINDOW_MS;
      if (start + WINDOW_MS - 1 <= fired) return;
      let pane = panes.get(start);
      if (pane === undefined) panes.set(start, (pane = new Map<string, Accumulator>()));
      const accumulator = pane.get(id);
      if (accumulator === undefined) pane.set(id, { sum: f, count: 1 });
      else {
        accumulator.sum += f;
        accumulator.count++;
      }
    },
    processWatermark: (watermark) => {
      fired = watermark;
      for (const [start, pane] of panes) {
        if (start + WINDOW_MS - 1 > watermark) continue;
        panes.delete(start);
        for (const [id, accumulator] of pane) emit(resultOf(id, start, accumulator));
      }
    },
  };
}

/** State by key and window and a timer for each, as Flink's heap state backend keeps them. */
function keyedStateWindowStage(emit: (result: WindowResult) => void): Stage<Converted> {
  const state = new Map<string, Map<number, Accumulator>>();
  const timers = new TimerHeap();
  let current = Number.NEGATIVE_INFINITY;
  return {
    processElement: ({ id, timestamp, f }) => {
      const start = Math.floor(timestamp / WINDOW_MS) * WINDOW_MS;
      if (start + WINDOW_MS - 1 <= current) return;
      let windows = state.get(id);
      if (windows === undefined) state.set(id, (windows = new Map<number, Accumulator>()));
      const accumulator = windows.get(start);
      if (accumulator === undefined) windows.set(start, { sum: f, count: 1 });
      else {
        accumulator.sum += f;
        accumulator.count++;
      }
      timers.register(start + WINDOW_MS - 1, id);
    },
    processWatermark: (watermark) => {
      current = watermark;
      for (let timer = timers.pop(watermark); timer !== null; timer = timers.pop(watermark)) {
        const start = timer.time + 1 - WINDOW_MS;
        const windows = state.get(timer.key);
        const accumulator = windows?.get(start);
        if (windows === undefined || accumulator === undefined) continue;
        windows.delete(start);
        if (windows.size === 0) state.delete(timer.key);
        emit(resultOf(timer.key, start, accumulator));
      }
    },
  };
}

function run(
  readings: KeyedRecords,
  watermarks: WatermarkSchedule,
  windowStage: (emit: (result: WindowResult) => void) => Stage<Converted>,
): Outcome {
  const tally = new ResultTally(readings.passes.base);
  const convert = mapStage(
    (r: Reading): Converted => ({ id: r.id, timestamp: r.timestamp, f: r.temperature * 1.8 + 32 }),
    windowStage((result) => tally.add(result)),
  );
  const head = filterStage((r: Reading) => r.temperature > 32, convert);
  feed(
    readings,
    watermarks,
    (id, timestamp, temperature) => head.processElement({ id, timestamp, temperature }),
    (watermark) => head.processWatermark(watermark),
  );
  return tally.outcome;
}

/** One object per record, one call per operator, a Map per window. */
export function runPlainObjects(readings: KeyedRecords, watermarks: WatermarkSchedule): Outcome {
  return run(readings, watermarks, paneWindowStage);
}

/** One object per record, one call per operator, state and timers per key and window. */
export function runObjectsWithTimers(readings: KeyedRecords, watermarks: WatermarkSchedule): Outcome {
  return run(readings, watermarks, keyedStateWindowStage);
}
