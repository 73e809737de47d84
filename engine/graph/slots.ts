import type { JobGraph } from './job-graph.ts';

/** Slots that a job needs: one for each subtask of the most parallel task of every slot sharing group. */
export interface SlotDemand {
  readonly total: number;
  /** In the order in which the groups first appear. */
  readonly byGroup: ReadonlyMap<string, number>;
}

/** A slot holds at most one subtask of each task of its group, and all of them if it may (Flink: slot sharing). */
export function slotDemandOf({ vertices }: Pick<JobGraph, 'vertices'>): SlotDemand {
  const byGroup = new Map<string, number>();
  for (const { slotSharingGroup, parallelism } of vertices) {
    byGroup.set(slotSharingGroup, Math.max(parallelism, byGroup.get(slotSharingGroup) ?? 0));
  }
  return { total: [...byGroup.values()].reduce((sum, slots) => sum + slots, 0), byGroup };
}
