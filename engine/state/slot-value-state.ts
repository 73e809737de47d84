import { NoCurrentKeyError } from './keyed-state-backend.ts';
import { EMPTY, NUMBER, OTHER, TRUE } from './slot-cells.ts';
import type { SlotCells } from './slot-cells.ts';
import type { SlotCursor } from './slot-keys.ts';

/** `ValueState` over cells by key slot: nothing is looked up, and what V8 inlines into the user's function is a few loads. */
export class SlotValueState {
  readonly #cells: SlotCells;
  readonly #cursor: SlotCursor;

  constructor(cells: SlotCells, cursor: SlotCursor) {
    this.#cells = cells;
    this.#cursor = cursor;
  }

  /** The value itself, not a copy; null when there is none. */
  value(): unknown {
    const { slot } = this.#cursor;
    const cells = this.#cells;
    const tag = cells.tags[slot] as number;
    if (tag === EMPTY) return null;
    if (slot < 0) throw new NoCurrentKeyError();
    if (tag === NUMBER) return cells.numbers[slot];
    return tag === OTHER ? cells.others[slot] : tag === TRUE;
  }

  /** `null` clears, as in Flink. */
  update(value: unknown): void {
    const { slot } = this.#cursor;
    if (slot < 0) throw new NoCurrentKeyError();
    if (typeof value === 'number') this.#cells.writeNumber(slot, value);
    else this.#cells.write(slot, value === null ? undefined : value);
  }

  clear(): void {
    const { slot } = this.#cursor;
    if (slot < 0) throw new NoCurrentKeyError();
    this.#cells.remove(slot);
  }
}
