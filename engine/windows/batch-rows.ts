import { Batch } from '../batch/batch.ts';
import { ColumnBuilder } from '../batch/batch-builder.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import type { Operator, Output } from '../operators/operator.ts';
import type { Schema } from '../batch/schema.ts';

type RowOperator = Pick<Required<Operator>, 'processElement' | 'processWatermark'>;

/** Drives the row path of an operator with the rows and marks of a batch, in order. Marks other than watermarks pass through. */
export function processRowByRow(batch: Batch, operator: RowOperator, output: Output, outputSchema: Schema): void {
  const marks = batch.marks;
  let mark = 0;
  const marksThrough = (row: number): void => {
    for (; mark < marks.count && (marks.positions[mark] as number) <= row; mark++) {
      const value = marks.values[mark] as number;
      const origin = marks.origins[mark] as number;
      const kind = marks.kinds[mark] as MarkKind;
      if (kind === WATERMARK) operator.processWatermark(value, origin);
      else output.collectBatch(batchOfMark(outputSchema, kind, value, origin));
    }
  };
  for (let j = 0; j < batch.selectedCount; j++) {
    const i = batch.rowAt(j);
    marksThrough(i);
    operator.processElement(batch.recordAt(i), batch.timestamps[i] as number, batch.origins[i] as number, 0);
  }
  marksThrough(batch.rowCount);
}

function batchOfMark(schema: Schema, kind: MarkKind, value: number, origin: number): Batch {
  const marks = new Marks(1);
  marks.push(0, kind, value, origin);
  return new Batch(schema, 0, emptyColumns(schema), new Float64Array(0), new Float64Array(0), marks, null, 0);
}

/** Columns of a batch that has marks only. */
export function emptyColumns(schema: Schema): ReturnType<ColumnBuilder['build']>[] {
  return schema.fields.map((field) => new ColumnBuilder(field).build(0));
}
