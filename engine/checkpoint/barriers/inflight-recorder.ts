/** What the unaligned states need of the inputs. */
export interface InputRecording {
  start(checkpointId: number): void;
  /** The checkpoint under way is complete, or given up. */
  stop(): void;
}

/** Where in-flight elements of a checkpoint are kept (Flink: `ChannelStateWriter`). */
export interface InflightStore<T> {
  start(checkpointId: number): void;
  add(checkpointId: number, channel: number, elements: readonly T[]): void;
  /** Nothing more will be added: it is complete, or was given up. */
  stop?(checkpointId: number): void;
}

/**
 * Stores what an unaligned barrier overtakes: the elements that precede the barrier in their channel and that the snapshot of the
 * subtask, taken with the first barrier, does not reflect (Flink: `ChannelStatePersister`).
 */
export class InflightRecorder<T> implements InputRecording {
  readonly #store: InflightStore<T>;
  /** Elements of a channel that have arrived and not been processed. A barrier that has overtaken some of them cuts behind them. */
  readonly #queued: (channel: number) => readonly T[];
  /** Highest barrier that has arrived, by channel; infinity = the channel has ended. */
  readonly #barriers: number[];
  #checkpointId: number | null = null;

  constructor(channels: number, store: InflightStore<T>, queued: (channel: number) => readonly T[]) {
    this.#barriers = Array.from({ length: channels }, () => -1);
    this.#store = store;
    this.#queued = queued;
  }

  start(checkpointId: number): void {
    this.#checkpointId = checkpointId;
    this.#store.start(checkpointId);
    for (let channel = 0; channel < this.#barriers.length; channel++) {
      const queued = this.#queued(channel);
      if (queued.length > 0) this.#store.add(checkpointId, channel, queued);
    }
  }

  stop(): void {
    const checkpointId = this.#checkpointId;
    this.#checkpointId = null;
    if (checkpointId !== null) this.#store.stop?.(checkpointId);
  }

  /** To be called before the handler is told. */
  barrierArrived(checkpointId: number, channel: number): void {
    this.#barriers[channel] = Math.max(checkpointId, this.#barriers[channel] as number);
  }

  ended(channel: number): void {
    this.#barriers[channel] = Number.POSITIVE_INFINITY;
  }

  elementArrived(element: T, channel: number): void {
    const checkpointId = this.#checkpointId;
    if (checkpointId !== null && (this.#barriers[channel] as number) < checkpointId) this.#store.add(checkpointId, channel, [element]);
  }
}
