import type { AggregateResult } from '../aggregate-plan.ts';

/** Writes the results of entries `[from, to)` of a pane to rows `row…` of the columns, one column per result. */
export type ResultLoop = (
  cells: Float64Array,
  slots: Int32Array,
  from: number,
  to: number,
  columns: readonly Float64Array[],
  row: number,
) => void;

/**
 * Generates the loop that reads results off the accumulators of a pane: one pass for all of them, because the accumulators of a dense pane are read
 * in the order in which its keys came.
 *
 * @param stride Numbers per accumulator.
 * @param dense Of dense panes (see `Pane`), or of others.
 * @param uniqueName See `generatePaneLoop`.
 */
export function generateResultLoop(results: readonly AggregateResult[], stride: number, dense: boolean, uniqueName: string): ResultLoop {
  const values = results.map(({ fn, cell, countCell }) =>
    fn === 'avg' ? `cells[at + ${cell}] / cells[at + ${countCell}]` : `cells[at + ${cell}]`,
  );
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')} ${dense ? 'dense' : 'by entry'} */
return function writeResults(cells, slots, from, to, columns, row) {
  ${values.map((_, r) => `const v${r} = columns[${r}];`).join(' ')}
  for (let entry = from, i = row; entry < to; entry++, i++) {
    const at = Math.imul(${dense ? 'slots[entry]' : 'entry'}, ${stride});
    ${values.map((value, r) => `v${r}[i] = ${value};`).join(' ')}
  }
};`;
  return new Function(body)() as ResultLoop;
}
