/** What user code is doing right now. `idle`: none of it runs. */
export type CallPhase = 'idle' | 'life-cycle' | 'element' | 'broadcast-element' | 'timer';

export type TimeDomain = 'EVENT_TIME' | 'PROCESSING_TIME';

/** The present call of user code. Written by the operator only; contexts read it, so that they need not be made anew for every record. */
export interface CallState {
  phase: CallPhase;
  /** Of the element or timer; NaN: none. */
  timestamp: number;
  key: unknown;
  /** Of the timer that fires. */
  domain: TimeDomain | null;
  watermark: number;
  /** Processing time. */
  now: number;
}
