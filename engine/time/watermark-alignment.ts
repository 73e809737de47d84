import { MAX_WATERMARK } from '../elements/marks.ts';

/** The latest watermark of each of several parties, and the lowest of them (Flink: `WatermarkAggregator`). */
export class WatermarkAggregator<Key> {
  readonly #watermarks = new Map<Key, number>();

  /** A watermark may also go back: an idle party reports MAX, and is then heard of again. Returns the lowest over all. */
  aggregate(key: Key, watermark: number): number {
    this.#watermarks.set(key, watermark);
    return this.minimum;
  }

  /** MAX while nobody has reported. */
  get minimum(): number {
    let minimum = MAX_WATERMARK;
    for (const watermark of this.#watermarks.values()) if (watermark < minimum) minimum = watermark;
    return minimum;
  }
}

/**
 * Keeps the source subtasks of a group together in event time (Flink: watermark alignment of the `SourceCoordinator`): nobody may be
 * further ahead of the slowest than `maxDriftMs`. A source whose watermark is above its limit pauses until the others have caught up.
 */
export class WatermarkAlignment<Subtask> {
  readonly #maxDriftMs: number;
  readonly #groups = new Map<string, WatermarkAggregator<Subtask>>();
  readonly #groupOf = new Map<Subtask, string>();

  constructor(maxDriftMs: number) {
    this.#maxDriftMs = maxDriftMs;
  }

  /** The watermark that a subtask has reached; MAX = it is idle, and holds nobody back. */
  report(subtask: Subtask, group: string, watermark: number): void {
    let aggregator = this.#groups.get(group);
    if (aggregator === undefined) this.#groups.set(group, (aggregator = new WatermarkAggregator()));
    this.#groupOf.set(subtask, group);
    aggregator.aggregate(subtask, watermark);
  }

  /** Up to which watermark the subtask may read. MAX, no limit, for one that has not reported, and while its whole group is idle. */
  maxAllowedWatermark(subtask: Subtask): number {
    const group = this.#groupOf.get(subtask);
    const aggregator = group === undefined ? undefined : this.#groups.get(group);
    return aggregator === undefined ? MAX_WATERMARK : aggregator.minimum + this.#maxDriftMs;
  }
}
