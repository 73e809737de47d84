import type { Batch } from '../../batch/batch.ts';
import { updateCode } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import { END, HEADER_CELLS, ORDER, START } from './session-slab.ts';
import type { SessionSlab } from './session-slab.ts';

/** Everything one call of a generated loop needs besides sessions and batch. */
export interface SessionLoopInput {
  /** Key slot by physical row. */
  readonly rowSlots: Int32Array | Uint8Array;
  /** Zeros for the rows of a batch: null mask of a column without nulls. */
  readonly noNulls: Uint8Array;
  readonly gapMs: number;
  /** Rank of the first live row of the batch. */
  readonly order: number;
}

/**
 * Adds live rows `[from, to)` of the batch to the open sessions of their keys, and returns how far it came: it stops at the first row that does not lie within one.
 * Sessions have room for every key slot.
 */
export type SessionLoop = (slab: SessionSlab, batch: Batch, from: number, to: number, input: SessionLoopInput) => number;

export interface SessionLoopVariant {
  /** The batch has a selection vector. */
  readonly selected: boolean;
  /** Some aggregated column of the batch has nulls. */
  readonly nulls: boolean;
}

/**
 * Generates the inner loop of a session kernel, for records that come while their session is open: nearly all, where sessions are longer than a record or two. It
 * contains no call and no slow path, because V8 would reload every array base and length after it. A record that prolongs the session came after its start, so
 * that mostly one comparison is enough.
 *
 * @param uniqueName keeps the text apart from that of other operators: Chromium shares type feedback between functions of identical text.
 */
export function generateSessionLoop(cells: readonly PlacedCell[], variant: SessionLoopVariant, uniqueName: string): SessionLoop {
  const columns = [...new Set(cells.map(({ columnIndex }) => columnIndex).filter((index) => index >= 0))];
  const nullable = new Set(variant.nulls ? cells.filter(({ cell }) => cell.nullable).map(({ columnIndex }) => columnIndex) : []);
  const stride = HEADER_CELLS + cells.length;
  const update = ({ cell, columnIndex }: PlacedCell, c: number): string => {
    const guard = nullable.has(columnIndex) ? `if (n${columnIndex}[i] === 0) ` : '';
    return guard + updateCode(cell.kind, `cells[at + ${HEADER_CELLS + c}]`, `x${columnIndex}`);
  };
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')}, ${stride} cells */
return function addRows(slab, batch, from, to, input) {
  const open = slab.open, cells = slab.cells;
  const rowSlots = input.rowSlots, gap = input.gapMs, order = input.order, timestamps = batch.timestamps;
  ${variant.selected ? 'const selection = batch.selection;' : ''}
  ${columns.map((c) => `const v${c} = batch.columns[${c}].f64;`).join('\n  ')}
  ${[...nullable].map((c) => `const n${c} = batch.columns[${c}].nulls || input.noNulls;`).join('\n  ')}
  let j = from;
  for (; j < to; j++) {
    const i = ${variant.selected ? 'selection[j]' : 'j'};
    const t = timestamps[i];
    const at = open[rowSlots[i]];
    const end = cells[at + ${END}], newEnd = t + gap;
    if (newEnd > end) {
      if (t > end) break;
      cells[at + ${END}] = newEnd;
      cells[at + ${ORDER}] = order + j;
    } else if (!(t >= cells[at + ${START}])) break;
    ${columns.map((c) => `const x${c} = v${c}[i];`).join(' ')}
    ${cells.map(update).join('\n    ')}
  }
  return j;
};`;
  return new Function(body)() as SessionLoop;
}
