import type { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import type { KeyBuffer, PaneKeys } from './pane-keys.ts';

/** The two boolean keys have the slots 0 and 1, always. */
export class BooleanKeys implements PaneKeys {
  rowSlots: Uint8Array = new Uint8Array(0);
  readonly slotCount = 2;

  beginBatch(_batch: Batch, keyColumn: Column): void {
    this.rowSlots = keyColumn.bytes;
  }

  slotOfKey(key: unknown): number {
    return key === true ? 1 : 0;
  }

  keyAt(slot: number): boolean {
    return slot === 1;
  }

  newBuffer(capacity: number): Uint8Array {
    return new Uint8Array(capacity);
  }

  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void {
    for (let entry = from, row = at; entry < to; entry++, row++) buffer[row] = slots[entry] as number;
  }

  keyColumn(buffer: KeyBuffer, rowCount: number): Column {
    return Column.ofBytes((buffer as Uint8Array).subarray(0, rowCount));
  }
}
