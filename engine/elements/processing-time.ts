import { originOf, positionOf } from './origin.ts';

/** Where virtual processing time begins: 2025-01-01T00:00:00Z. */
export const PROCESSING_TIME_START = 1_735_689_600_000;

/**
 * Processing time of deterministic mode: every position of a source arrives `intervalMs` after the one before, so an element's
 * origin *is* its arrival time. It does not depend on speed, batches or scheduling, and rises with the order in which gates merge.
 * See `docs/decisions/0006-arrival-clock.md`.
 */
export class ArrivalClock {
  readonly intervalMs: number;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  /** Processing time at which an element of this origin arrives. */
  at(origin: number): number {
    return PROCESSING_TIME_START + positionOf(origin) * this.intervalMs;
  }

  /** The smallest origin that arrives at or after `time`: what a timer for `time` emits stands before it in every merge. */
  originAt(time: number): number {
    return originOf(Math.ceil((time - PROCESSING_TIME_START) / this.intervalMs), 0);
  }
}
