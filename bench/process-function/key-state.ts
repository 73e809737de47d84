/** A value per key. */
export class KeyState {
  readonly #values = new Map<string, unknown>();
  key = '';

  value(): unknown {
    return this.#values.get(this.key) ?? null;
  }

  update(value: unknown): void {
    this.#values.set(this.key, value);
  }

  clear(): void {
    this.#values.delete(this.key);
  }
}
