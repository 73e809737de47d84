import type { Batch } from '../../batch/batch.ts';
import type { AccumulatorCell } from '../aggregate-plan.ts';
import { updateCode } from './cell-code.ts';
import type { Pane } from './pane.ts';

/** Everything one call of a generated loop needs besides pane and batch. */
export interface PaneLoopInput {
  /** Key slot by physical row. */
  readonly rowSlots: Int32Array | Uint8Array;
  /** Zeros for the rows of a batch: null mask of a column without nulls. */
  readonly noNulls: Uint8Array;
}

/**
 * Adds live rows `[from, to)` of the batch to the pane, or to `next`, the pane that follows it without a gap, and returns how far it came:
 * it stops at the first row that is in neither. The panes have room for all of them, and for every slot.
 */
export type PaneLoop = (pane: Pane, next: Pane | null, batch: Batch, from: number, to: number, input: PaneLoopInput) => number;

export interface PaneLoopVariant {
  /** The batch has a selection vector. */
  readonly selected: boolean;
  /** Some aggregated column of the batch has nulls. */
  readonly nulls: boolean;
  /** There is a `next` pane: records of two windows alternate, as they do after every window bound when they come out of order. */
  readonly paired: boolean;
  /** The panes are dense: the cell that counts records tells which keys are new. Otherwise they are indexed. */
  readonly dense: boolean;
  /** Rows outside the pane are passed over; the loop does not stop at them. Windows overlap: each of them takes its rows in a pass of its own. */
  readonly skips: boolean;
}

/** A cell of the accumulator with the position of its column in the batch (-1 for cells that count records). */
export interface PlacedCell {
  readonly cell: AccumulatorCell;
  readonly columnIndex: number;
}

/**
 * Generates the inner loop of a pane kernel. It contains no call and no slow path: a call would make V8 reload every array base and
 * length after it. That a key is new is no branch in a dense pane, where it only takes a store to the list of keys; in an indexed one
 * every row would pay two stores for what few rows need.
 *
 * @param countCell The cell that counts records.
 * @param uniqueName keeps the text apart from that of other operators: Chromium shares type feedback between functions
 * of identical text, and two operators with different columns would slow each other down.
 */
export function generatePaneLoop(cells: readonly PlacedCell[], countCell: number, variant: PaneLoopVariant, uniqueName: string): PaneLoop {
  const columns = [...new Set(cells.map(({ columnIndex }) => columnIndex).filter((index) => index >= 0))];
  const nullable = new Set(variant.nulls ? cells.filter(({ cell }) => cell.nullable).map(({ columnIndex }) => columnIndex) : []);
  const add = (pane: string): string => `${variant.dense ? denseText(pane, cells.length, countCell) : indexedText(pane, cells.length)}
    ${cells.map((placed, c) => updateText(`${pane}Cells[at + ${c}]`, placed, nullable)).join('\n    ')}`;
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')} */
return function addRows(a, b, batch, from, to, input) {
  const start = a.start, end = ${variant.paired ? 'b' : 'a'}.end;
  ${hoistText('a', variant)}
  ${variant.paired ? `const bound = b.start;\n  ${hoistText('b', variant)}` : ''}
  const rowSlots = input.rowSlots, timestamps = batch.timestamps;
  ${variant.selected ? 'const selection = batch.selection;' : ''}
  ${columns.map((c) => `const v${c} = batch.columns[${c}].f64;`).join('\n  ')}
  ${[...nullable].map((c) => `const n${c} = batch.columns[${c}].nulls || input.noNulls;`).join('\n  ')}
  let j = from;
  for (; j < to; j++) {
    const i = ${variant.selected ? 'selection[j]' : 'j'};
    const t = timestamps[i];
    if (!(t >= start && t < end)) ${variant.skips ? 'continue' : 'break'};
    const slot = rowSlots[i];
    ${columns.map((c) => `const x${c} = v${c}[i];`).join(' ')}
    ${variant.paired ? `if (t < bound) {${add('a')}} else {${add('b')}}` : add('a')}
  }
  a.count = aCount;
  ${variant.paired ? 'b.count = bCount;' : ''}
  return j;
};`;
  return new Function(body)() as PaneLoop;
}

function hoistText(pane: string, { dense }: PaneLoopVariant): string {
  const index = dense ? '' : `const ${pane}Index = ${pane}.index;`;
  return `${index} const ${pane}Slots = ${pane}.slots, ${pane}Cells = ${pane}.cells; let ${pane}Count = ${pane}.count;`;
}

function indexedText(pane: string, stride: number): string {
  return `
    let entry = ${pane}Index[slot];
    if (entry === 0) {
      entry = ++${pane}Count;
      ${pane}Index[slot] = entry;
      ${pane}Slots[entry] = slot;
    }
    const at = ${offsetText('entry', stride)};`;
}

function denseText(pane: string, stride: number, countCell: number): string {
  return `
    const at = ${offsetText('slot', stride)};
    ${pane}Slots[(${pane}Count + 1) | 0] = slot;
    ${pane}Count = (${pane}Count + ((${pane}Cells[at + ${countCell}] === 0) | 0)) | 0;`;
}

function offsetText(number: string, stride: number): string {
  const shift = Math.log2(stride);
  return Number.isInteger(shift) ? `${number} << ${shift}` : `Math.imul(${number}, ${stride})`;
}

function updateText(target: string, { cell, columnIndex }: PlacedCell, nullable: ReadonlySet<number>): string {
  const guard = nullable.has(columnIndex) ? `if (n${columnIndex}[i] === 0) ` : '';
  return guard + updateCode(cell.kind, target, `x${columnIndex}`);
}
