import { Column } from '../../batch/column.ts';
import type { GatherMemory } from '../../batch/gather.ts';
import type { RecordModel } from '../generator-source.ts';

const ACCOUNTS = 5;
const INTERVAL_MS = 360_000;

/**
 * A round of transactions, a line for each time that every account had its turn. Only account 3 has amounts below 1, three in
 * a row, and the one after them is the only one above 500: one fraud in 50 transactions.
 */
// biome-ignore format: a line is a turn
const AMOUNTS = [
  212.4, 95.3, 140.25, 310.8, 188.6,
  67.9, 240.15, 265.7, 155.05, 402.35,
  319.75, 183.2, 0.18, 98.6, 271.45,
  154.3, 366.9, 0.64, 42.75, 230.1,
  287.05, 121.55, 0.91, 334.2, 145.8,
  93.65, 278.4, 742.6, 207.95, 61.3,
  350.2, 44.85, 172.95, 389.1, 316.25,
  128.7, 301.6, 238.4, 76.5, 259.9,
  245.15, 159.35, 84.3, 362.45, 110.75,
  176.85, 413.05, 295.6, 133.25, 347.5,
];

/** The same cycle for ever, six minutes of event time from one transaction to the next. Nothing is random. */
export class TransactionModel implements RecordModel {
  readonly #startTime: number;

  constructor(startTime: number) {
    this.#startTime = startTime;
  }

  columnsOf(positions: Float64Array, memory: GatherMemory): readonly Column[] {
    const accounts = memory.f64(positions.length);
    const timestamps = memory.f64(positions.length);
    const amounts = memory.f64(positions.length);
    for (let row = 0; row < positions.length; row++) {
      const n = positions[row] as number;
      accounts[row] = (n % ACCOUNTS) + 1;
      timestamps[row] = this.#startTime + n * INTERVAL_MS;
      amounts[row] = AMOUNTS[n % AMOUNTS.length] as number;
    }
    return [Column.ofF64(accounts), Column.ofF64(timestamps), Column.ofF64(amounts)];
  }
}
