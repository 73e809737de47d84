import type { Field, FieldType, Schema } from '../batch/schema.ts';
import { fieldOf } from '../batch/schema.ts';
import type { Aggregate, AggregateFunction } from '../operators/fields.ts';
import { assert, must, unreachable } from '../util/assert.ts';

/** What one cell of an accumulator counts: records, values that are not null, or a sum, minimum or maximum of values. */
export type CellKind = 'records' | 'values' | 'sum' | 'min' | 'max';

export interface AccumulatorCell {
  readonly kind: CellKind;
  /** Input field; '' for `records`. */
  readonly column: string;
  /** May be null in the input: then nulls are skipped. */
  readonly nullable: boolean;
  /** Content before the first value. */
  readonly initial: number | null;
}

/** How one output field is read off an accumulator. */
export interface AggregateResult {
  readonly fn: AggregateFunction;
  readonly field: Field;
  readonly cell: number;
  /** The cell that says how many values there were: divisor of an average, and 0 means null. */
  readonly countCell: number;
}

/**
 * The accumulator that a list of aggregates needs. Aggregates share cells: sum and average of one field need two, not three.
 * Deterministic in its arguments, because snapshots store accumulators as plain lists of cells.
 */
export interface AggregatePlan {
  readonly cells: readonly AccumulatorCell[];
  readonly results: readonly AggregateResult[];
}

/** Field types an aggregate accepts. */
export function acceptedTypes(fn: AggregateFunction): readonly FieldType[] {
  switch (fn) {
    case 'count':
      return [];
    case 'sum':
    case 'avg':
      return ['double', 'int', 'long'];
    case 'min':
    case 'max':
      return ['double', 'int', 'long', 'timestamp', 'string'];
    default:
      return unreachable(fn);
  }
}

/** The output field of an aggregate over `input` (undefined for `count`). */
export function resultField(aggregate: Aggregate, input: Field | undefined): Field {
  if (aggregate.fn === 'count' || input === undefined) return { name: aggregate.as, type: 'long' };
  const type = resultType(aggregate.fn, input.type);
  return input.nullable === true ? { name: aggregate.as, type, nullable: true } : { name: aggregate.as, type };
}

function resultType(fn: AggregateFunction, input: FieldType): FieldType {
  if (fn === 'min' || fn === 'max') return input;
  return fn === 'sum' && (input === 'int' || input === 'long') ? 'long' : 'double';
}

/** @throws when a field is missing or of the wrong type: definitions have checked that before a run starts. */
export function planAggregates(aggregates: readonly Aggregate[], schema: Schema): AggregatePlan {
  const cells: AccumulatorCell[] = [];
  const cellOf = (kind: CellKind, input: Field | undefined): number => {
    const column = input?.name ?? '';
    const known = cells.findIndex((cell) => cell.kind === kind && cell.column === column);
    if (known >= 0) return known;
    return cells.push({ kind, column, nullable: input?.nullable === true, initial: initialOf(kind, input?.type) }) - 1;
  };
  const results = aggregates.map((aggregate): AggregateResult => {
    const { fn, column } = aggregate;
    if (fn === 'count') {
      const records = cellOf('records', undefined);
      return { fn, field: resultField(aggregate, undefined), cell: records, countCell: records };
    }
    const input = must(fieldOf(schema, column), `input field ${column}`);
    assert(acceptedTypes(fn).includes(input.type), () => `${fn} accepts a field of type ${input.type}`);
    const counted = input.nullable === true ? cellOf('values', input) : fn === 'avg' ? cellOf('records', undefined) : -1;
    return { fn, field: resultField(aggregate, input), cell: cellOf(fn === 'avg' ? 'sum' : fn, input), countCell: counted };
  });
  return { cells, results };
}

/**
 * NaN as "no value yet" of a minimum and -Infinity of a maximum make both one comparison per value and agree with Java's order of
 * doubles, in which NaN is the largest.
 */
function initialOf(kind: CellKind, type: FieldType | undefined): number | null {
  if (type === 'string') return kind === 'values' ? 0 : null;
  if (kind === 'min') return Number.NaN;
  return kind === 'max' ? Number.NEGATIVE_INFINITY : 0;
}
