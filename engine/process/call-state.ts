/** What user code is doing right now. `idle`: none of it runs. */
export type CallPhase = 'idle' | 'life-cycle' | 'element' | 'broadcast-element' | 'timer';

export type TimeDomain = 'EVENT_TIME' | 'PROCESSING_TIME';

/** The present call of user code, as its contexts ask for it; so that they need not be made anew for every record. */
export interface CurrentCall {
  readonly phase: CallPhase;
  /** Of the element or timer; NaN: none. */
  readonly timestamp: number;
  readonly key: unknown;
  /** Of the timer that fires. */
  readonly domain: TimeDomain | null;
}

/** The same, written by the operator only. */
export interface CallState extends CurrentCall {
  phase: CallPhase;
  timestamp: number;
  key: unknown;
  domain: TimeDomain | null;
  watermark: number;
  /** Processing time. */
  now: number;
}
