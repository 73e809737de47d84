import type { PlacedCell } from '../panes/generate-pane-loop.ts';

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
