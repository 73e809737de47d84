import type { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { BOOL, kindOf, OBJ, STR } from '../batch/column.ts';
import type { FieldType } from '../batch/schema.ts';
import { identityOfKey } from '../functions/key-selector.ts';
import type { KeyPart, KeyReader, KeyValue } from '../functions/key-selector.ts';
import { BooleanKeys } from '../windows/panes/boolean-keys.ts';
import { NumberKeys } from '../windows/panes/number-keys.ts';
import type { PaneKeys, SlotUsers } from '../windows/panes/pane-keys.ts';
import { MIN_SWEEP, NO_SLOT } from '../windows/panes/pane-keys.ts';
import { StringKeys } from '../windows/panes/string-keys.ts';

/** A live row whose key cannot be had: the `at`-th. What `error` is, `KeyReader.keyAt` says. */
export interface KeyFailure {
  readonly at: number;
  readonly error: unknown;
}

/**
 * Dense numbers for the keys of a stream: `rowSlots[i]` is that of the key in physical row `i` of the batch that was begun. State then lives in arrays.
 * Slots may be given to keys that never have state; users say which do.
 */
export class KeySlots {
  readonly #reader: KeyReader;
  readonly #columnKeys: PaneKeys | null;
  readonly #users: SlotUsers;
  readonly #slots = new Map<KeyPart, number>();
  #keys: KeyValue[] = [];
  #sweepAt = MIN_SWEEP;
  #rowSlots = new Int32Array(0);

  constructor(reader: KeyReader, users: SlotUsers) {
    this.#reader = reader;
    this.#users = users;
    this.#columnKeys = reader.columnIndex < 0 ? null : columnKeysOf(reader.type as FieldType, users);
  }

  /** Not set for rows that are not live, nor for the row that failed and those after it. */
  get rowSlots(): Int32Array | Uint8Array {
    return this.#columnKeys?.rowSlots ?? this.#rowSlots;
  }

  get slotCount(): number {
    return this.#columnKeys?.slotCount ?? this.#keys.length;
  }

  /** The first live row without a usable key, if there is one. Slots may be renumbered here and nowhere else. */
  begin(batch: Batch): KeyFailure | null {
    if (this.#columnKeys === null) return this.#look(batch);
    const column = batch.columns[this.#reader.columnIndex] as Column;
    this.#columnKeys.beginBatch(batch, column);
    return column.nulls === null ? null : this.#firstNull(batch, column.nulls);
  }

  slotOfKey(key: KeyValue): number {
    if (this.#columnKeys !== null) return this.#columnKeys.slotOfKey(key);
    const identity = identityOfKey(key);
    let slot = this.#slots.get(identity);
    if (slot === undefined) {
      slot = this.#keys.push(key) - 1;
      this.#slots.set(identity, slot);
    }
    return slot;
  }

  keyAt(slot: number): KeyValue {
    return this.#columnKeys === null ? (this.#keys[slot] as KeyValue) : (this.#columnKeys.keyAt(slot) as KeyValue);
  }

  #look(batch: Batch): KeyFailure | null {
    if (this.#keys.length >= this.#sweepAt) this.#sweep();
    if (this.#rowSlots.length < batch.rowCount) this.#rowSlots = new Int32Array(batch.rowCount);
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      try {
        this.#rowSlots[i] = this.slotOfKey(this.#reader.keyAt(batch, i));
      } catch (error) {
        return { at: j, error };
      }
    }
    return null;
  }

  /** Forgets keys without state, as `PaneKeys` do. */
  #sweep(): void {
    const live = new Uint8Array(this.#keys.length);
    this.#users.markLive(live);
    const newSlotOf = new Int32Array(live.length);
    const kept: KeyValue[] = [];
    this.#slots.clear();
    for (let slot = 0; slot < live.length; slot++) {
      const key = this.#keys[slot] as KeyValue;
      newSlotOf[slot] = live[slot] === 1 ? kept.push(key) - 1 : NO_SLOT;
      if (live[slot] === 1) this.#slots.set(identityOfKey(key), newSlotOf[slot] as number);
    }
    this.#keys = kept;
    this.#users.renumber(newSlotOf);
    this.#sweepAt = Math.max(MIN_SWEEP, 2 * kept.length);
  }

  #firstNull(batch: Batch, nulls: Uint8Array): KeyFailure | null {
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      if (nulls[i] === 0) continue;
      try {
        this.#reader.keyAt(batch, i);
      } catch (error) {
        return { at: j, error };
      }
    }
    return null;
  }
}

/** Null: keys of this type are looked up one by one. */
function columnKeysOf(type: FieldType, users: SlotUsers): PaneKeys | null {
  switch (kindOf(type)) {
    case STR:
      return new StringKeys(users);
    case BOOL:
      return new BooleanKeys();
    case OBJ:
      return null;
    default:
      return new NumberKeys(users);
  }
}
