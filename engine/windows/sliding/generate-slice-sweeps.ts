import type { PlacedCell } from '../panes/generate-pane-loop.ts';

/** What happens to all keys of a slice at once. */
export interface SliceSweeps {
  /** The accumulators of `count` slots are added to those in `into`. */
  readonly add: SliceSweep;
  /** They are taken away again. */
  readonly take: SliceSweep;
  /** As `add` and `take`, but of the slots `[0, count)`. */
  readonly addAll: SliceSweep;
  readonly takeAll: SliceSweep;
}

export type SliceSweep = (into: Float64Array, cells: Float64Array, slots: Int32Array, count: number) => void;

/** For sums and counts; minima and maxima cannot be taken away again. */
export function generateSliceSweeps(cells: readonly PlacedCell[], uniqueName: string): SliceSweeps {
  const additive = cells.flatMap(({ cell }, c) => (cell.kind === 'min' || cell.kind === 'max' ? [] : [c]));
  const name = uniqueName.replaceAll(/[^\w -]/g, '_');
  const sweep = (what: string, from: string, sign: '+' | '-', ofSlot: string): SliceSweep =>
    new Function(`
'use strict';
/* ${name}, ${what} */
return function ${what}(into, cells, slots, count) {
  for (let n = 0, at = 0; n < count; n++, at += ${cells.length}) {
    ${ofSlot}
    ${additive.map((c) => `into[${from} + ${c}] ${sign}= cells[${from} + ${c}];`).join('\n    ')}
  }
};`)() as SliceSweep;
  const scattered = `const from = Math.imul(slots[n], ${cells.length});`;
  return {
    add: sweep('addSlice', 'from', '+', scattered),
    take: sweep('takeSlice', 'from', '-', scattered),
    addAll: sweep('addWholeSlice', 'at', '+', ''),
    takeAll: sweep('takeWholeSlice', 'at', '-', ''),
  };
}
