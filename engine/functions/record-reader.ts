import type { Column } from '../batch/column.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { columnNumbers, compileKernel, hoistColumns, recordLiteral } from './kernel-code.ts';

/** Records of a batch, by physical row. Each is made anew, so a user function may keep and change it. */
export type RecordReader = (columns: readonly Column[]) => (row: number) => Row;

/** Generated for the schema: a literal with constant names is many times faster to make than a record filled field by field. */
export function compileRecordReader(schema: Schema): RecordReader {
  const input = { schema, withNulls: true };
  const all = columnNumbers(
    schema,
    schema.fields.map(({ name }) => name),
  );
  const hoisted = hoistColumns(input, all).replaceAll('?? zeros', '?? NO_NULLS');
  return compileKernel(['NO_NULLS'], `return (columns) => {\n${hoisted}\nreturn (i) => (${recordLiteral(input, all)});\n};`, [
    new Uint8Array(0),
  ]);
}
