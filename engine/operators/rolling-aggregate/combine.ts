import { fieldOf } from '../../batch/schema.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { must } from '../../util/assert.ts';
import type { RollingAggregateConfig } from './definition.ts';

export type Value = number | string | boolean;

/** One of the two values that should be combined is null. */
export class NullValueError extends Error {
  constructor(column: string) {
    super(
      `"${column}" is null in this record or in the one before it with the same key, so they cannot be combined. Filter such records out before, or replace the null with a map.`,
    );
    this.name = 'NullValueError';
  }
}

/** Two values as Java's `compareTo`: NaN is the largest number, −0 is smaller than 0, texts go by UTF-16 code units. */
export function compareValues(a: Value, b: Value): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (typeof a !== 'number' || typeof b !== 'number') return 0;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a !== 0 || Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1;
}

/** Whether the record that comes takes the place of the one that is kept, for all functions but the sum (Flink: `ComparableAggregator`). */
export function replaces({ fn, ties }: Pick<RollingAggregateConfig, 'fn' | 'ties'>, kept: Value, value: Value): boolean {
  const order = compareValues(kept, value);
  const isSmallest = fn === 'min' || fn === 'minBy';
  // Without whole records, it makes no difference which of two equal values stands there.
  if (order === 0) return fn === 'min' || fn === 'max' || ties === 'last';
  return isSmallest ? order > 0 : order < 0;
}

/** Sums keep the type of their field (Flink: `SumFunction`): whole numbers of 32 bits run over. */
export function isInt(schema: Schema, column: string): boolean {
  return must(fieldOf(schema, column), `the field "${column}"`).type === 'int';
}

/** The aggregate of one record more. @throws NullValueError. */
export function combiner(config: RollingAggregateConfig, schema: Schema): (accumulated: Row, record: Row) => Row {
  const { fn, column } = config;
  const wraps = isInt(schema, column);
  return (accumulated, record) => {
    const kept = valueOf(accumulated, column);
    const value = valueOf(record, column);
    if (fn === 'sum') {
      const sum = (kept as number) + (value as number);
      return { ...accumulated, [column]: wraps ? sum | 0 : sum };
    }
    if (!replaces(config, kept, value)) return accumulated;
    return fn === 'min' || fn === 'max' ? { ...accumulated, [column]: value } : record;
  };
}

function valueOf(record: Row, column: string): Value {
  const value = record[column] as Value | null | undefined;
  if (value === null || value === undefined) throw new NullValueError(column);
  return value;
}
