import type { Row, Schema } from '../batch/schema.ts';
import type { AggregatePlan } from './aggregate-plan.ts';
import type { LateRecords } from './late-records.ts';
import type { PaneKeys, SlotUsers } from './panes/pane-keys.ts';

/** What all columnar kernels of windows are made of. */
export interface KernelParts {
  readonly allowedLatenessMs: number;
  readonly lateRecords: LateRecords;
  /** Numeric cells only. */
  readonly plan: AggregatePlan;
  readonly inputSchema: Schema;
  /** Key, window start, window end, results. */
  readonly outputSchema: Schema;
  readonly keyColumnIndex: number;
  /** Refuses a null key, by throwing. */
  readonly keyOf: (record: Row) => unknown;
  readonly newKeys: (users: SlotUsers) => PaneKeys;
  readonly keyGroupOf: (key: unknown) => number;
  /** Different for every operator instance of a job. */
  readonly uniqueName: string;
}
