import { filter, groupBy, map, mergeMap, Observable, reduce, Subject } from 'rxjs';
import type { Outcome } from '../harness/suite.ts';
import { feed } from '../records/feed.ts';
import type { Converted, Reading } from './object-pipeline.ts';
import { WINDOW_MS } from './window-result.ts';
import { ResultTally } from './result-tally.ts';
import { Watermark } from '../objects/watermark.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import type { WindowResult } from './window-result.ts';

interface Accumulator {
  sum: number;
  count: number;
}

const isHot = (r: Reading): boolean => r.temperature > 32;
const toFahrenheit = (r: Reading): Converted => ({ id: r.id, timestamp: r.timestamp, f: r.temperature * 1.8 + 32 });
const startOf = (timestamp: number): number => Math.floor(timestamp / WINDOW_MS) * WINDOW_MS;

function resultOf(id: string, start: number, { sum, count }: Accumulator): WindowResult {
  return { id, start, end: start + WINDOW_MS, sum, avg: sum / count, count };
}

/** What a reader of the manual writes: a group per window, closed by the watermark, and in it a group per sensor. */
export function runRxjsIdiomatic(readings: KeyedRecords, schedule: WatermarkSchedule): Outcome {
  const tally = new ResultTally(readings.passes.base);
  const source = new Subject<Reading>();
  const watermarks = new Subject<number>();
  source
    .pipe(
      filter(isHot),
      map(toFahrenheit),
      groupBy((r) => startOf(r.timestamp), {
        duration: (window) => watermarks.pipe(filter((watermark) => watermark >= window.key + WINDOW_MS - 1)),
      }),
      mergeMap((window) =>
        window.pipe(
          groupBy((r) => r.id),
          mergeMap((sensor) =>
            sensor.pipe(
              reduce((accumulator: Accumulator, r) => ({ sum: accumulator.sum + r.f, count: accumulator.count + 1 }), { sum: 0, count: 0 }),
              map((accumulator) => resultOf(sensor.key, window.key, accumulator)),
            ),
          ),
        ),
      ),
    )
    .subscribe((result) => tally.add(result));
  feed(
    readings,
    schedule,
    (id, timestamp, temperature) => source.next({ id, timestamp, temperature }),
    (watermark) => watermarks.next(watermark),
  );
  source.complete();
  return tally.outcome;
}

/** The window operator an expert would write by hand: a Map of accumulators per open window. */
function tumblingWindow(source: Observable<Converted | Watermark>): Observable<WindowResult> {
  return new Observable((subscriber) => {
    const panes = new Map<number, Map<string, Accumulator>>();
    source.subscribe((element) => {
      if (element instanceof Watermark) {
        for (const [start, pane] of panes) {
          if (start + WINDOW_MS - 1 > element.value) continue;
          panes.delete(start);
          for (const [id, accumulator] of pane) subscriber.next(resultOf(id, start, accumulator));
        }
        return;
      }
      const start = startOf(element.timestamp);
      let pane = panes.get(start);
      if (pane === undefined) panes.set(start, (pane = new Map<string, Accumulator>()));
      const accumulator = pane.get(element.id);
      if (accumulator === undefined) pane.set(element.id, { sum: element.f, count: 1 });
      else {
        accumulator.sum += element.f;
        accumulator.count++;
      }
    });
  });
}

/** One stream of records and watermarks through a window operator written for the purpose: the best there is without leaving RxJS. */
export function runRxjsByExpert(readings: KeyedRecords, schedule: WatermarkSchedule): Outcome {
  const tally = new ResultTally(readings.passes.base);
  const source = new Subject<Reading | Watermark>();
  source
    .pipe(
      filter((element) => element instanceof Watermark || isHot(element)),
      map((element) => (element instanceof Watermark ? element : toFahrenheit(element))),
      tumblingWindow,
    )
    .subscribe((result) => tally.add(result));
  feed(
    readings,
    schedule,
    (id, timestamp, temperature) => source.next({ id, timestamp, temperature }),
    (watermark) => source.next(new Watermark(watermark)),
  );
  return tally.outcome;
}
