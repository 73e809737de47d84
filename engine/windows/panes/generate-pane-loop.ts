import type { Batch } from '../../batch/batch.ts';
import type { AccumulatorCell } from '../aggregate-plan.ts';
import type { Pane } from './pane.ts';

/** Everything one call of a generated loop needs besides pane and batch. */
export interface PaneLoopInput {
  readonly codes: Int32Array | Uint8Array;
  readonly slotOfCode: Int32Array;
  /** Zeros for the rows of a batch: null mask of a column without nulls. */
  readonly noNulls: Uint8Array;
}

/**
 * Adds live rows `[from, to)` of the batch to the pane and returns how far it came: it stops at the first row that is outside the
 * pane or whose key has no slot yet. The pane has room for all of them, and for every slot.
 */
export type PaneLoop = (pane: Pane, batch: Batch, from: number, to: number, input: PaneLoopInput) => number;

export interface PaneLoopVariant {
  /** The batch has a selection vector. */
  readonly selected: boolean;
  /** Some aggregated column of the batch has nulls. */
  readonly nulls: boolean;
}

/** A cell of the accumulator with the position of its column in the batch (-1 for cells that count records). */
export interface PlacedCell {
  readonly cell: AccumulatorCell;
  readonly columnIndex: number;
}

/**
 * Generates the inner loop of a pane kernel. It contains no call and no slow path: a call would make V8 reload every array base and
 * length after it. That a key is new is a branch: without one, every row would pay two stores for what few rows need.
 *
 * @param uniqueName keeps the text apart from that of other operators: Chromium shares type feedback between functions
 * of identical text, and two operators with different columns would slow each other down.
 */
export function generatePaneLoop(cells: readonly PlacedCell[], variant: PaneLoopVariant, uniqueName: string): PaneLoop {
  const columns = [...new Set(cells.map(({ columnIndex }) => columnIndex).filter((index) => index >= 0))];
  const nullable = new Set(variant.nulls ? cells.filter(({ cell }) => cell.nullable).map(({ columnIndex }) => columnIndex) : []);
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')} */
return function addRows(pane, batch, from, to, input) {
  const start = pane.start, end = pane.end, index = pane.index, slots = pane.slots, cells = pane.cells;
  const codes = input.codes, slotOfCode = input.slotOfCode, timestamps = batch.timestamps;
  ${variant.selected ? 'const selection = batch.selection;' : ''}
  ${columns.map((c) => `const v${c} = batch.columns[${c}].f64;`).join('\n  ')}
  ${[...nullable].map((c) => `const n${c} = batch.columns[${c}].nulls || input.noNulls;`).join('\n  ')}
  let count = pane.count, j = from;
  for (; j < to; j++) {
    const i = ${variant.selected ? 'selection[j]' : 'j'};
    const t = timestamps[i];
    if (!(t >= start && t < end)) break;
    const slot = slotOfCode[codes[i]];
    if (slot < 0) break;
    let entry = index[slot];
    if (entry === 0) {
      entry = ++count;
      index[slot] = entry;
      slots[entry] = slot;
    }
    const a = ${cells.length === 1 ? 'entry' : `Math.imul(entry, ${cells.length})`};
    ${columns.map((c) => `const x${c} = v${c}[i];`).join(' ')}
    ${cells.map((placed, at) => updateText(placed, at, nullable)).join('\n    ')}
  }
  pane.count = count;
  return j;
};`;
  return new Function(body)() as PaneLoop;
}

function updateText({ cell, columnIndex }: PlacedCell, at: number, nullable: ReadonlySet<number>): string {
  const target = `cells[a + ${at}]`;
  const x = `x${columnIndex}`;
  const guard = nullable.has(columnIndex) ? `if (n${columnIndex}[i] === 0) ` : '';
  switch (cell.kind) {
    case 'records':
    case 'values':
      return `${guard}${target} += 1;`;
    case 'sum':
      return `${guard}${target} += ${x};`;
    case 'min':
      return `${guard}{ const m = ${target}; ${target} = ${x} < m || m !== m ? ${x} : m; }`;
    case 'max':
      return `${guard}{ const m = ${target}; ${target} = ${x} > m || ${x} !== ${x} ? ${x} : m; }`;
    default:
      throw new Error(`Invariant violated: unknown cell ${String(cell.kind satisfies never)}`);
  }
}
