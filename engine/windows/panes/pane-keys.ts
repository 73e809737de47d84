import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';

/** Instead of a slot: there is none yet, or it is gone. */
export const NO_SLOT = -1;

/** Below so many keys nobody looks for those without state. */
export const MIN_SWEEP = 8192;

/**
 * The keys of a pane kernel as dense slot numbers. For the generated loop a batch's key column is reduced to the slots of its rows.
 *
 * When their number has doubled since the last look, keys without state are forgotten and the others renumbered, so that memory follows the
 * number of keys alive and not of keys ever seen, at a constant cost per new key. That happens in `beginBatch` only: slots are stable within a batch.
 */
export interface PaneKeys {
  /** Slots of the batch that was begun, by physical row; not set for rows that are not live or have no key. */
  readonly rowSlots: Int32Array | Uint8Array;
  /** Keys that have a slot; every slot is below this. */
  readonly slotCount: number;
  beginBatch(batch: Batch, keyColumn: Column): void;
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

/** Who refers to slots: the panes. */
export interface SlotUsers {
  /** Sets `live[slot]` for every slot whose key has state. */
  markLive(live: Uint8Array): void;
  /** Slot `s` is `newSlotOf[s]` from now on. Slots that are not live become `NO_SLOT`. */
  renumber(newSlotOf: Int32Array): void;
}
