import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { CellKind } from '../aggregate-plan.ts';
import type { PlacedCell } from './generate-pane-loop.ts';

/** Numeric accumulator cells: how a value goes in, as text for generated loops and for single rows. Both round alike. */

/** One value into one cell; `x` and `target` are expressions without side effects. */
export function updateCode(kind: CellKind, target: string, x: string): string {
  switch (kind) {
    case 'records':
    case 'values':
      return `${target} += 1;`;
    case 'sum':
      return `${target} += ${x};`;
    case 'min':
      return `{ const m = ${target}; ${target} = ${x} < m || m !== m ? ${x} : m; }`;
    case 'max':
      return `{ const m = ${target}; ${target} = ${x} > m || ${x} !== ${x} ? ${x} : m; }`;
    default:
      throw new Error(`Invariant violated: unknown cell ${String(kind satisfies never)}`);
  }
}

/** Row `i` of the batch into the accumulator that begins at `at`. */
export function addRowToCells(cells: Float64Array, at: number, placed: readonly PlacedCell[], batch: Batch, i: number): void {
  for (let c = 0; c < placed.length; c++) {
    const { cell, columnIndex } = placed[c] as PlacedCell;
    const column = columnIndex < 0 ? null : (batch.columns[columnIndex] as Column);
    if (column !== null && column.nulls !== null && column.nulls[i] === 1) continue;
    const counts = cell.kind === 'records' || cell.kind === 'values';
    cells[at + c] = combined(cell.kind, cells[at + c] as number, counts || column === null ? 1 : (column.f64[i] as number));
  }
}

/** The accumulator at `from` into the one at `into`, as `FieldAggregates.merge` does it. */
export function mergeCells(cells: Float64Array, into: number, from: number, placed: readonly PlacedCell[]): void {
  for (let c = 0; c < placed.length; c++) {
    const { kind } = (placed[c] as PlacedCell).cell;
    cells[into + c] = combined(kind, cells[into + c] as number, cells[from + c] as number);
  }
}

/** A cell that has taken in a value, or the cell of another accumulator. */
export function combined(kind: CellKind, current: number, value: number): number {
  if (kind === 'min') return value < current || Number.isNaN(current) ? value : current;
  if (kind === 'max') return value > current || Number.isNaN(value) ? value : current;
  return current + value;
}
