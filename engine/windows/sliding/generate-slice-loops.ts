import type { Batch } from '../../batch/batch.ts';
import { updateCode } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import type { SliceStore } from './slice-store.ts';

/** Everything one call of the loop over rows needs besides store and batch. */
export interface SliceLoopInput {
  /** Key slot by physical row. */
  readonly rowSlots: Int32Array | Uint8Array;
  /** Zeros for the rows of a batch: null mask of a column without nulls. */
  readonly noNulls: Uint8Array;
  readonly slideMs: number;
  readonly offsetMs: number;
  /** Number of slice 0, counted from the offset. */
  readonly base: number;
}

/**
 * Adds live rows `[from, to)` of the batch to their slices and their keys to their windows, and returns how far it came: it stops at the first row whose slice is not
 * open or has fired, or whose key comes to be in a window before those that it is known to be in. Lists have room for all rows, and for every slot.
 */
export type SliceLoop = (store: SliceStore, batch: Batch, from: number, to: number, input: SliceLoopInput) => number;

export interface SliceLoopVariant {
  /** The batch has a selection vector. */
  readonly selected: boolean;
  /** Some aggregated column of the batch has nulls. */
  readonly nulls: boolean;
}

/**
 * The first cell counts the records, so that 0 says that the key has none in the slice. No call and no slow path, see `generatePaneLoop`.
 *
 * Rows that follow one another in one slice are added first; then the keys that are new in the slice come to its windows. Whether a row's key is new is as good as
 * random where keys are many, so it is no branch. A key whose highest window is that which the slice is the first of has been in the slice.
 */
export function generateSliceLoop(cells: readonly PlacedCell[], variant: SliceLoopVariant, uniqueName: string): SliceLoop {
  const columns = [...new Set(cells.map(({ columnIndex }) => columnIndex).filter((index) => index >= 0))];
  const nullable = new Set(variant.nulls ? cells.filter(({ cell }) => cell.nullable).map(({ columnIndex }) => columnIndex) : []);
  const update = ({ cell, columnIndex }: PlacedCell, c: number): string => {
    const guard = nullable.has(columnIndex) ? `if (n${columnIndex}[i] === 0) ` : '';
    return guard + updateCode(cell.kind, `cells[at + ${c}]`, `x${columnIndex}`);
  };
  const row = variant.selected ? 'selection[j]' : 'j';
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')}, slices */
return function addRows(store, batch, from, to, input) {
  const highest = store.highest, connected = store.connected, mask = store.mask, first = store.fired + 1, span = store.span;
  const order = store.order, ends = store.ends, former = store.former;
  const rowSlots = input.rowSlots, slide = input.slideMs, offset = input.offsetMs, base = input.base, timestamps = batch.timestamps;
  ${variant.selected ? 'const selection = batch.selection;' : ''}
  ${columns.map((c) => `const v${c} = batch.columns[${c}].f64;`).join('\n  ')}
  ${[...nullable].map((c) => `const n${c} = batch.columns[${c}].nulls || input.noNulls;`).join('\n  ')}
  let j = from;
  let goesOn = true;
  while (goesOn && j < to) {
    const number = Math.floor((timestamps[${row}] - offset) / slide);
    const slice = number - base | 0, place = slice & mask, top = slice + span - 1;
    const cells = store.slices[place], slots = store.touched[place];
    if (slice < first || cells.length === 0) break;
    const start = number * slide + offset, end = start + slide;
    const before = store.touchedCounts[place];
    let count = before;
    for (; j < to; j++) {
      const i = ${row};
      const t = timestamps[i];
      if (!(t >= start && t < end)) break;
      const slot = rowSlots[i], known = highest[slot];
      const at = ${cells.length === 1 ? 'slot' : `Math.imul(slot, ${cells.length})`};
      slots[count] = slot;
      if (known > top) {
        if (slice < connected[slot]) {
          goesOn = false;
          break;
        }
        former[count] = top;
        count += +(cells[at] === 0);
      } else {
        former[count] = known;
        count += +(known < top);
        highest[slot] = top;
      }
      ${columns.map((c) => `const x${c} = v${c}[i];`).join(' ')}
      ${cells.map(update).join('\n      ')}
    }
    store.touchedCounts[place] = count;
    for (let n = before; n < count; n++) {
      const slot = slots[n];
      let window = former[n] + 1;
      if (window < slice) {
        window = slice;
        connected[slot] = slice;
      }
      for (; window <= top; window++) {
        const at = window & mask, end = ends[at];
        order[end] = slot;
        ends[at] = end + 1;
      }
    }
  }
  return j;
};`;
  return new Function(body)() as SliceLoop;
}

/** What happens to all keys of a slice at once. */
export interface SliceSweeps {
  /** The accumulators of `count` slots are added to those in `into`. */
  readonly add: SliceSweep;
  /** They are taken away again. Returns how many records that were. */
  readonly take: SliceSweep;
  /** As `add` and `take`, but of the slots `[0, count)`. */
  readonly addAll: SliceSweep;
  readonly takeAll: SliceSweep;
}

export type SliceSweep = (into: Float64Array, cells: Float64Array, slots: Int32Array, count: number) => number;

/** For sums and counts; minima and maxima cannot be taken away again. */
export function generateSliceSweeps(cells: readonly PlacedCell[], uniqueName: string): SliceSweeps {
  const additive = cells.flatMap(({ cell }, c) => (cell.kind === 'min' || cell.kind === 'max' ? [] : [c]));
  const name = uniqueName.replaceAll(/[^\w -]/g, '_');
  const sweep = (what: string, slot: string, sign: '+' | '-'): SliceSweep =>
    new Function(`
'use strict';
/* ${name}, ${what} */
return function ${what}(into, cells, slots, count) {
  let records = 0;
  for (let n = 0; n < count; n++) {
    const at = Math.imul(${slot}, ${cells.length});
    records += cells[at];
    ${additive.map((c) => `into[at + ${c}] ${sign}= cells[at + ${c}];`).join('\n    ')}
  }
  return records;
};`)() as SliceSweep;
  return {
    add: sweep('addSlice', 'slots[n]', '+'),
    take: sweep('takeSlice', 'slots[n]', '-'),
    addAll: sweep('addWholeSlice', 'n', '+'),
    takeAll: sweep('takeWholeSlice', 'n', '-'),
  };
}
