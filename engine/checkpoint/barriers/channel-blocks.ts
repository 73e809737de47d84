/** The channels that wait for the barriers of the others. */
export class ChannelBlocks {
  readonly #blocked = new Set<number>();

  get channels(): readonly number[] {
    return [...this.#blocked].sort((a, b) => a - b);
  }

  block(channel: number): void {
    this.#blocked.add(channel);
  }

  unblock(channel: number): void {
    this.#blocked.delete(channel);
  }

  unblockAll(): void {
    this.#blocked.clear();
  }
}
