import { assert } from '../util/assert.ts';
import { copyValue } from './copy-value.ts';
import type { KeyedBackend } from './keyed-backend.ts';
import type { KeyedStateEntry, VOID_NAMESPACE } from './keyed-state-backend.ts';
import { copyOfContent, KEYED_STATE_VERSION, NoCurrentKeyError, restoredContent } from './keyed-state-backend.ts';
import { SlotCells } from './slot-cells.ts';
import type { SlotCursor } from './slot-keys.ts';
import { SlotKeys } from './slot-keys.ts';
import { SlotValueState } from './slot-value-state.ts';
import type { KeyedStateSnapshot } from './snapshot.ts';
import type { StateKind } from './state-descriptor.ts';
import { StateNames } from './state-names.ts';

const LEAST_SLOTS = 1024;

/** Who gives keys their slots. */
export interface SlotsOfKeys {
  /** Given now if it has none. */
  slotOfKey(key: unknown): number;
  keyAt(slot: number): unknown;
}

/**
 * Keyed state without namespaces, in arrays by key slot. It does what `KeyedStateBackend` does, which is its specification, and their snapshots are
 * the same.
 */
export class SlotStateBackend implements KeyedBackend {
  /** Whoever processes records sets it. */
  readonly cursor: SlotCursor = { slot: -1 };
  readonly #slots: SlotsOfKeys;
  readonly #keyGroupOf: (key: unknown) => number;
  readonly #names = new StateNames();
  readonly #cells: SlotCells[] = [];
  readonly #keys = new SlotKeys();
  readonly #swept: number[] = [];
  #slotCount = 0;

  constructor(slots: SlotsOfKeys, keyGroupOf: (key: unknown) => number) {
    this.#slots = slots;
    this.#keyGroupOf = keyGroupOf;
  }

  /** Keys that have state. */
  get keyCount(): number {
    return this.#keys.live;
  }

  /** Room for slots below `slotCount`. */
  ensure(slotCount: number): void {
    if (slotCount <= this.#slotCount) return;
    this.#slotCount = slotCount;
    this.#keys.ensure(slotCount);
    for (const cells of this.#cells) cells.ensure(slotCount);
  }

  setCurrentKey(key: unknown): void {
    const slot = this.#slots.slotOfKey(key);
    this.ensure(slot + 1);
    this.cursor.slot = slot;
  }

  clearCurrentKey(): void {
    this.cursor.slot = -1;
  }

  declare(stateName: string, kind: StateKind): number {
    const state = this.#names.declare(stateName, kind);
    if (state === this.#cells.length) {
      const cells = new SlotCells(this.#keys);
      cells.ensure(this.#slotCount);
      this.#cells.push(cells);
    }
    return state;
  }

  kindOf(stateName: string): StateKind | undefined {
    return this.#names.kindOf(stateName);
  }

  keysOf(stateName: string): readonly unknown[] {
    const cells = this.#cells[this.#names.indexOf(stateName)];
    if (cells === undefined) return [];
    return [...this.#keys.inOrder()].filter((slot) => cells.read(slot) !== undefined).map((slot) => this.#slots.keyAt(slot));
  }

  directValueState(state: number): SlotValueState {
    return new SlotValueState(this.#cells[state] as SlotCells, this.cursor);
  }

  read(state: number, _namespace: typeof VOID_NAMESPACE): unknown {
    return (this.#cells[state] as SlotCells).read(this.#current());
  }

  readLive(state: number, namespace: typeof VOID_NAMESPACE): unknown {
    return this.read(state, namespace);
  }

  write(state: number, _namespace: typeof VOID_NAMESPACE, content: unknown): void {
    (this.#cells[state] as SlotCells).write(this.#current(), content);
  }

  remove(state: number, _namespace: typeof VOID_NAMESPACE): void {
    (this.#cells[state] as SlotCells).remove(this.#current());
  }

  sweep(state: number, keyCount: number, clean: (content: unknown) => unknown): void {
    const cells = this.#cells[state] as SlotCells;
    let slot = this.#swept[state] ?? 0;
    for (let i = 0; i < keyCount; i++) {
      if (slot >= this.#slotCount) slot = 0;
      const content = cells.read(slot);
      if (content !== undefined) cells.write(slot, clean(content));
      slot++;
    }
    this.#swept[state] = slot;
  }

  /** Sets `live[slot]` for every slot whose key has state. */
  markLive(live: Uint8Array): void {
    const { counts } = this.#keys;
    for (let slot = 0; slot < live.length; slot++) if ((counts[slot] as number) > 0) live[slot] = 1;
  }

  /** Slot `s` is `newSlotOf[s]` from now on; slots that have none, below 0, hold no state. */
  renumber(newSlotOf: Int32Array): void {
    this.ensure(newSlotOf.length);
    let slotCount = 0;
    for (const slot of newSlotOf) if (slot >= slotCount) slotCount = slot + 1;
    // The memory of a wave of keys goes with it.
    const capacity = Math.max(LEAST_SLOTS, 2 * slotCount);
    this.#keys.renumber(newSlotOf, capacity);
    for (const cells of this.#cells) cells.renumber(newSlotOf, capacity);
    this.#slotCount = slotCount;
  }

  snapshot(): KeyedStateSnapshot {
    const keyGroups = new Map<number, KeyedStateEntry[]>();
    const states = this.#names.byName();
    let order = 0;
    for (const slot of this.#keys.inOrder()) {
      const key = this.#slots.keyAt(slot);
      const keyGroup = this.#keyGroupOf(key);
      let entries = keyGroups.get(keyGroup);
      if (entries === undefined) keyGroups.set(keyGroup, (entries = []));
      entries.push([copyValue(key), order++, states.flatMap((state) => this.#entryOf(state, slot))]);
    }
    return { version: KEYED_STATE_VERSION, keyGroups };
  }

  /** Adds the keys of these key groups. A state that is declared later must be of the kind it was. */
  restore(snapshot: KeyedStateSnapshot): void {
    assert(snapshot.version === KEYED_STATE_VERSION, () => `keyed state of layout version ${snapshot.version} can be read`);
    const entries = [...snapshot.keyGroups.values()].flat() as KeyedStateEntry[];
    entries.sort((a, b) => a[1] - b[1]);
    for (const [key, , states] of entries) {
      this.setCurrentKey(copyValue(key));
      for (const [stateName, kind, cells] of states) {
        const state = this.declare(stateName, kind);
        for (const [namespace, content] of cells) this.write(state, namespace as typeof VOID_NAMESPACE, restoredContent(kind, content));
      }
    }
    this.clearCurrentKey();
  }

  #entryOf(state: number, slot: number): KeyedStateEntry[2] {
    const content = (this.#cells[state] as SlotCells).read(slot);
    if (content === undefined) return [];
    const { name, kind } = this.#names.at(state);
    return [[name, kind, [['', copyOfContent(kind, content)]]]];
  }

  #current(): number {
    const { slot } = this.cursor;
    if (slot < 0) throw new NoCurrentKeyError();
    return slot;
  }
}
