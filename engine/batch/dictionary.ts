import { assert } from '../util/assert.ts';

/**
 * The distinct strings of a column, in order of first appearance; a column stores their codes.
 *
 * Dictionaries only grow, so a consumer that has mapped codes `[0, n)` never has to look at them again: operators keep
 * `Int32Array`s from code to key slot, key group or their own code, per dictionary *identity*.
 * A column whose values are mostly new (UUIDs) is given a fresh dictionary per batch by its producer, so that memory
 * stays flat; consumers then pay for the remapping, not for the history.
 */
export class Dictionary {
  readonly #values: string[] = [];
  readonly #codes = new Map<string, number>();

  get size(): number {
    return this.#values.length;
  }

  /** All values by code. Read-only by contract: hot loops index it directly. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** The code of `value`, given to it now when it is new. */
  encode(value: string): number {
    const known = this.#codes.get(value);
    if (known !== undefined) return known;
    const code = this.#values.length;
    this.#values.push(value);
    this.#codes.set(value, code);
    return code;
  }

  /** The code of `value`, or -1. */
  codeOf(value: string): number {
    return this.#codes.get(value) ?? -1;
  }

  decode(code: number): string {
    const value = this.#values[code];
    assert(value !== undefined, () => `dictionary code ${code} is below ${this.#values.length}`);
    return value;
  }
}
