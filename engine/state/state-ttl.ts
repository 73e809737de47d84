/** When the time to live of a value starts again (Flink: `StateTtlConfig.UpdateType`). */
export type TtlUpdate = 'OnCreateAndWrite' | 'OnReadAndWrite' | 'Disabled';

/** Whether a value that has expired can still be seen until it is cleaned up (Flink: `StateTtlConfig.StateVisibility`). */
export type TtlVisibility = 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp';

/** How long state lives, in processing time. */
export interface StateTtl {
  readonly ttlMs: number;
  readonly update: TtlUpdate;
  readonly visibility: TtlVisibility;
}
