import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';

/** Marks a code whose key has no slot yet. */
export const NO_SLOT = -1;

/**
 * The keys of a pane kernel as dense slot numbers. For the generated loop a batch's key column is reduced to one look-up:
 * `slotOfCode[codes[i]]` is the slot of row `i`, or `NO_SLOT`.
 *
 * Slots of keys without state are given to other keys; that happens only in `beginBatch`, so slots are stable within a batch.
 */
export interface PaneKeys {
  readonly codes: Int32Array | Uint8Array;
  readonly slotOfCode: Int32Array;
  /** Every slot is below this. */
  readonly slotLimit: number;
  /** Keys that have a slot. */
  readonly keyCount: number;
  beginBatch(batch: Batch, keyColumn: Column): void;
  /** Slot of row `i` of the batch that was begun, given to its key now if it has none. */
  slotOfRow(i: number): number;
  /** Slot of a key, given now if it has none. */
  slotOfKey(key: unknown): number;
  keyAt(slot: number): unknown;
  /** Room for the key column of `capacity` results. */
  newBuffer(capacity: number): KeyBuffer;
  /** Results `at…` get the keys of `slots[from…to)`. */
  writeKeys(buffer: KeyBuffer, at: number, slots: Int32Array, from: number, to: number): void;
  keyColumn(buffer: KeyBuffer, rowCount: number): Column;
}

/** A key column of results on its way; each kind of key has its own. */
export type KeyBuffer = Int32Array | Float64Array | Uint8Array;

/** Sets `live[slot]` for every slot whose key has state. */
export type LiveSlots = (live: Uint8Array) => void;
