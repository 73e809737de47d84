import { groupBy, mergeMap, scan, Subject } from 'rxjs';
import type { Outcome } from '../harness/suite.ts';
import { feed } from '../records/feed.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';

interface Reading {
  readonly id: string;
  readonly timestamp: number;
  readonly temperature: number;
}

const NO_WATERMARKS = { positions: new Int32Array(0), values: new Float64Array(0) };

const highest = (a: Reading, b: Reading): Reading => ({
  id: a.id,
  timestamp: b.timestamp,
  temperature: a.temperature > b.temperature ? a.temperature : b.temperature,
});

interface Totals {
  base: number;
  rows: number;
  temperature: number;
  timestamp: number;
}

function runOnce(records: KeyedRecords, totals: Totals, onReading: (reading: Reading) => void): Outcome {
  Object.assign(totals, { base: records.passes.base, rows: 0, temperature: 0, timestamp: 0 });
  feed(
    records,
    NO_WATERMARKS,
    (id, timestamp, temperature) => onReading({ id, timestamp, temperature }),
    () => {},
  );
  const { rows, temperature, timestamp } = totals;
  return { rows, temperature, timestamp };
}

function addTo(totals: Totals, result: Reading): void {
  totals.rows++;
  totals.temperature += result.temperature;
  totals.timestamp += result.timestamp - totals.base;
}

/** A Map with the last combination of each key, kept from pass to pass. @returns Runs one pass. */
export function reduceInMap(records: KeyedRecords): () => Outcome {
  const totals: Totals = { base: 0, rows: 0, temperature: 0, timestamp: 0 };
  const combined = new Map<string, Reading>();
  return () =>
    runOnce(records, totals, (reading) => {
      const before = combined.get(reading.id);
      const result = before === undefined ? reading : highest(before, reading);
      combined.set(reading.id, result);
      addTo(totals, result);
    });
}

/** A group per key and a scan in each, subscribed to from pass to pass. @returns Runs one pass. */
export function reduceInRxjs(records: KeyedRecords): () => Outcome {
  const totals: Totals = { base: 0, rows: 0, temperature: 0, timestamp: 0 };
  const source = new Subject<Reading>();
  source
    .pipe(
      groupBy((reading) => reading.id),
      mergeMap((group) => group.pipe(scan(highest))),
    )
    .subscribe((result) => addTo(totals, result));
  return () => runOnce(records, totals, (reading) => source.next(reading));
}
