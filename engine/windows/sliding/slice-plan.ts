import type { Schema } from '../../batch/schema.ts';
import { must } from '../../util/assert.ts';
import type { AccumulatorCell, AggregatePlan, AggregateResult } from '../aggregate-plan.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';

const RECORDS: AccumulatorCell = { kind: 'records', column: '', nullable: false, initial: 0 };

/** The cells of a slice: first the one that counts records, which is there in any case, then the others of the plan. */
export interface SlicePlan {
  readonly cells: readonly PlacedCell[];
  readonly initialCells: readonly number[];
  /** Results, as they are read off these cells. */
  readonly results: readonly AggregateResult[];
  /** By cell of an accumulator in snapshots: its place among these cells. */
  readonly cellOf: readonly number[];
}

export function slicePlanOf({ cells, results }: AggregatePlan, schema: Schema): SlicePlan {
  const records = cells.find(({ kind }) => kind === 'records') ?? RECORDS;
  const ordered = [records, ...cells.filter((cell) => cell !== records)];
  const cellOf = cells.map((cell) => ordered.indexOf(cell));
  return {
    cells: ordered.map((cell) => ({ cell, columnIndex: schema.fields.findIndex((field) => field.name === cell.column) })),
    initialCells: ordered.map(({ initial }) => must(initial, 'the initial content of a numeric cell')),
    results: results.map((result) => ({ ...result, cell: cellOf[result.cell] as number, countCell: cellOf[result.countCell] ?? -1 })),
    cellOf,
  };
}
