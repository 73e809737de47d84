import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import type { GatherMemory } from '../../batch/gather.ts';
import type { RecordModel } from '../generator-source.ts';

const PAGES = ['/help', '/index', '/shop', '/jobs', '/about', '/news'] as const;
/** Each page has 1000 clicks in 15 seconds. */
const PAGE_INTERVAL_MS = 15;

/** The pages in turn; all six clicks of a turn have the same timestamp. Nothing is random. */
export class ClickModel implements RecordModel {
  readonly #startTime: number;
  /** The number of a page is the code of its name. */
  readonly #pages = new Dictionary();

  constructor(startTime: number) {
    this.#startTime = startTime;
    for (const page of PAGES) this.#pages.encode(page);
  }

  columnsOf(positions: Float64Array, memory: GatherMemory): readonly Column[] {
    const timestamps = memory.f64(positions.length);
    const pages = memory.codes(positions.length);
    for (let row = 0; row < positions.length; row++) {
      const n = positions[row] as number;
      const turn = Math.floor(n / PAGES.length);
      timestamps[row] = this.#startTime + turn * PAGE_INTERVAL_MS;
      pages[row] = n - turn * PAGES.length;
    }
    return [Column.ofF64(timestamps), Column.ofCodes(pages, this.#pages)];
  }
}
