import type { Column } from '../batch/column.ts';
import type { Row, Schema } from '../batch/schema.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { columnNumbers, compileKernel, hoistColumns, recordLiteral } from './kernel-code.ts';
import type { KernelInput } from './kernel-code.ts';

/** The record of row `i` for a user function that keeps what it gets. */
export type RecordAt = (i: number) => Row;

/**
 * Reads records of batches for one user function: with the fields that it uses, when those are known, and of one shape.
 * The result is called once per batch and gives a reader of its rows.
 */
export function compileRecordReader(analysis: FunctionAnalysis, schema: Schema): (columns: readonly Column[]) => RecordAt {
  const isKnown = analysis.opaque === null && analysis.wholeRecord.size === 0;
  const used = isKnown ? analysis.fieldUses.map(({ name }) => name) : schema.fields.map(({ name }) => name);
  const numbers = columnNumbers(schema, used);
  const versions = [false, true].map((withNulls) => {
    const input: KernelInput = { schema, analysis, withNulls };
    const hoisted = hoistColumns(input, numbers).replaceAll('?? zeros', '?? NO_NULLS');
    const text = `return (columns) => {\n${hoisted}\nreturn (i) => (${recordLiteral(input, numbers)});\n};`;
    return compileKernel<(columns: readonly Column[]) => RecordAt>(['NO_NULLS'], text, [new Uint8Array(0)]);
  });
  return (columns) => {
    const withNulls = numbers.some((c) => (columns[c] as Column).nulls !== null);
    return (versions[withNulls ? 1 : 0] as (columns: readonly Column[]) => RecordAt)(columns);
  };
}
