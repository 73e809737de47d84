import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';

/** Live rows and marks of a batch as plain data. */
export interface SavedBatch {
  readonly records: readonly Row[];
  readonly timestamps: readonly number[];
  readonly origins: readonly number[];
  /** `position`: how many of the records stand before it. */
  readonly marks: readonly (readonly [position: number, kind: number, value: number, origin: number])[];
}

/** @param fromRow First live row, @param fromMark first mark that has not been read. */
export function saveBatch(batch: Batch, fromRow = 0, fromMark = 0): SavedBatch {
  const records: Row[] = [];
  const timestamps: number[] = [];
  const origins: number[] = [];
  const marks: [number, number, number, number][] = [];
  let m = fromMark;
  const marksUpTo = (row: number): void => {
    for (; m < batch.marks.count && (batch.marks.positions[m] as number) <= row; m++) {
      const { kinds, values, origins: of } = batch.marks;
      marks.push([records.length, kinds[m] as number, values[m] as number, of[m] as number]);
    }
  };
  for (let j = fromRow; j < batch.selectedCount; j++) {
    const i = batch.rowAt(j);
    marksUpTo(i);
    records.push(batch.recordAt(i));
    timestamps.push(batch.timestamps[i] as number);
    origins.push(batch.origins[i] as number);
  }
  marksUpTo(Number.POSITIVE_INFINITY);
  return { records, timestamps, origins, marks };
}

export function loadBatch({ records, timestamps, origins, marks }: SavedBatch, schema: Schema): Batch {
  const builder = new BatchBuilder(schema, () => new Marks());
  let m = 0;
  const marksUpTo = (row: number): void => {
    for (let mark = marks[m]; mark !== undefined && mark[0] <= row; mark = marks[++m]) builder.mark(mark[1] as MarkKind, mark[2], mark[3]);
  };
  for (const [row, record] of records.entries()) {
    marksUpTo(row);
    builder.append(record, timestamps[row] as number, origins[row] as number);
  }
  marksUpTo(records.length);
  return builder.build();
}
