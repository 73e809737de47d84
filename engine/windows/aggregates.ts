import type { Row, Schema } from '../batch/schema.ts';
import type { Aggregate } from '../operators/fields.ts';
import { unreachable } from '../util/assert.ts';
import type { AccumulatorCell, AggregatePlan, AggregateResult, CellKind } from './aggregate-plan.ts';
import { planAggregates } from './aggregate-plan.ts';

/** Folds records into an accumulator (Flink: `AggregateFunction`). Accumulators are plain data, and may be changed in place. */
export interface WindowAggregate<ACC, R = Row> {
  createAccumulator(): ACC;
  add(record: Row, accumulator: ACC): ACC;
  merge(into: ACC, from: ACC): ACC;
  getResult(accumulator: ACC): R;
}

/** The cells of an `AggregatePlan`. */
export type Accumulator = (number | string | null)[];

/**
 * count, sum, min, max and avg over fields of the records, in arrival order with plain float addition. Nulls are skipped by all but
 * `count`, which counts records; without any value the result is null.
 */
export class FieldAggregates implements WindowAggregate<Accumulator> {
  readonly plan: AggregatePlan;

  constructor(aggregates: readonly Aggregate[], schema: Schema) {
    this.plan = planAggregates(aggregates, schema);
  }

  createAccumulator(): Accumulator {
    return this.plan.cells.map((cell) => cell.initial);
  }

  add(record: Row, accumulator: Accumulator): Accumulator {
    const cells = this.plan.cells;
    for (let c = 0; c < cells.length; c++) {
      accumulator[c] = added(cells[c] as AccumulatorCell, accumulator[c] as number | string | null, record);
    }
    return accumulator;
  }

  merge(into: Accumulator, from: Accumulator): Accumulator {
    return this.plan.cells.map(({ kind }, c) => {
      const other = from[c] as number | string | null;
      return other === null ? (into[c] as Accumulator[number]) : merged(kind, into[c] as Accumulator[number], other);
    });
  }

  /** Fields of the result, without key and window. */

  getResult(accumulator: Accumulator): Row {
    const result: Row = {};
    for (const output of this.plan.results) result[output.field.name] = resultOf(output, accumulator);
    return result;
  }
}

function added(cell: AccumulatorCell, current: number | string | null, record: Row): number | string | null {
  if (cell.kind === 'records') return (current as number) + 1;
  const value = record[cell.column] as number | string | null | undefined;
  if (value === null || value === undefined) return current;
  return merged(cell.kind, current, cell.kind === 'values' ? 1 : value);
}

function merged(kind: CellKind, current: number | string | null, value: number | string): number | string {
  switch (kind) {
    case 'records':
    case 'values':
    case 'sum':
      return (current as number) + (value as number);
    case 'min':
      return current === null || value < current || Number.isNaN(current) ? value : current;
    case 'max':
      return current === null || value > current || Number.isNaN(value) ? value : current;
    default:
      return unreachable(kind);
  }
}

function resultOf(output: AggregateResult, accumulator: Accumulator): number | string | null {
  if (output.field.nullable === true && accumulator[output.countCell] === 0) return null;
  const value = accumulator[output.cell] as number | string;
  return output.fn === 'avg' ? (value as number) / (accumulator[output.countCell] as number) : value;
}
