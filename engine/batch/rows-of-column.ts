import { unreachable } from '../util/assert.ts';
import { BOOL, Column, F64, OBJ, STR } from './column.ts';

/** The rows `[from, to)` of a column, in the same memory. */
export function rowsOfColumn(column: Column, from: number, to: number): Column {
  const nulls = column.nulls === null ? null : column.nulls.subarray(from, to);
  switch (column.kind) {
    case F64:
      return Column.ofF64(column.f64.subarray(from, to), nulls);
    case STR:
      return Column.ofCodes(column.codes.subarray(from, to), column.dictionary, nulls);
    case BOOL:
      return Column.ofBytes(column.bytes.subarray(from, to), nulls);
    case OBJ:
      return Column.ofObjects(from === 0 && to === column.objects.length ? column.objects : column.objects.slice(from, to), nulls);
    default:
      return unreachable(column.kind);
  }
}
