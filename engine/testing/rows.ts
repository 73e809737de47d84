import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks, WATERMARK } from '../elements/marks.ts';

/** Elements of a stream as a test writes them down. */
export type Element =
  | {
      readonly record: Row;
      readonly timestamp?: number;
      readonly origin: number /** Of several inputs, counted from 0. */;
      readonly input?: number;
    }
  | { readonly watermark: number; readonly origin: number };

export function batchOf(schema: Schema, elements: readonly Element[]): Batch {
  const builder = new BatchBuilder(schema, () => new Marks());
  for (const element of elements) {
    if ('record' in element) builder.append(element.record, element.timestamp ?? Number.NaN, element.origin);
    else builder.mark(WATERMARK, element.watermark, element.origin);
  }
  return builder.build();
}

/** Live rows and watermarks of batches, in order, as literals to compare with. */
export function elementsOf(batches: readonly (Batch | null)[]): Element[] {
  return batches.flatMap((batch) => (batch === null ? [] : elementsOfBatch(batch)));
}

function elementsOfBatch(batch: Batch): Element[] {
  const elements: Element[] = [];
  let m = 0;
  const marksUpTo = (position: number): void => {
    for (; m < batch.marks.count && (batch.marks.positions[m] as number) <= position; m++) {
      if (batch.marks.kinds[m] !== WATERMARK) continue;
      elements.push({ watermark: batch.marks.values[m] as number, origin: batch.marks.origins[m] as number });
    }
  };
  for (let j = 0; j < batch.selectedCount; j++) {
    const i = batch.rowAt(j);
    marksUpTo(i);
    const timestamp = batch.timestamps[i] as number;
    const element = { record: batch.recordAt(i), origin: batch.origins[i] as number };
    elements.push(Number.isNaN(timestamp) ? element : { ...element, timestamp });
  }
  marksUpTo(Number.POSITIVE_INFINITY);
  return elements;
}
