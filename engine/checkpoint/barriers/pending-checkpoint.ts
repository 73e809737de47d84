/** A checkpoint for which some, but not all barriers have come. */
export class PendingCheckpoint {
  readonly checkpointId: number;
  isAborted: boolean;
  readonly #targetChannels: number;
  readonly #aligned = new Set<number>();

  /** @param targetChannels How many channels were open when it began. */
  constructor(checkpointId: number, targetChannels: number, isAborted: boolean) {
    this.checkpointId = checkpointId;
    this.#targetChannels = targetChannels;
    this.isAborted = isAborted;
  }

  /** Barrier, cancellation marker or end of the channel: it owes nothing more. True when no channel does. */
  align(channel: number): boolean {
    this.#aligned.add(channel);
    return this.#aligned.size === this.#targetChannels;
  }
}
