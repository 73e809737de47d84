import type { IntervalJoinConfig } from './definition.ts';

/** 0: the left input, 1: the right one. */
export type Side = 0 | 1;

/**
 * When two records join, and how long they are kept, in whole milliseconds and with both ends inside (after Flink's `IntervalJoinOperator`):
 * `left + lower <= right <= left + upper`.
 */
export class IntervalBounds {
  readonly lower: number;
  readonly upper: number;
  /** By side: a record is kept until the watermark reaches its timestamp plus this. */
  readonly keptMs: readonly [number, number];

  constructor(config: Pick<IntervalJoinConfig, 'lowerBound' | 'lowerInclusive' | 'upperBound' | 'upperInclusive'>) {
    this.lower = config.lowerInclusive ? config.lowerBound : config.lowerBound + 1;
    this.upper = config.upperInclusive ? config.upperBound : config.upperBound - 1;
    this.keptMs = [Math.max(0, this.upper), Math.max(0, -this.lower)];
  }

  /** First timestamp of the other side that joins with `timestamp` of this side. */
  firstPartner(timestamp: number, side: Side): number {
    return side === 0 ? timestamp + this.lower : timestamp - this.upper;
  }

  lastPartner(timestamp: number, side: Side): number {
    return side === 0 ? timestamp + this.upper : timestamp - this.lower;
  }
}
