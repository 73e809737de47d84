import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { assert } from '../util/assert.ts';

/** `pendingRank` of a pane whose trigger has no timer: it fired already and is only kept for late records. */
export const NOT_PENDING = -1;

/**
 * One pane (key and window). `pendingRank` is its place among the panes of the same window that wait to be fired; with panes of
 * several former subtasks, equal ranks fire in order of key groups. `accumulator` is the list of cells of the `AggregatePlan`.
 */
export type PaneSnapshot = readonly [windowStart: number, windowEnd: number, pendingRank: number, accumulator: readonly unknown[]];

/** The panes of one key, by window start. */
export type WindowedKeySnapshot = readonly [key: unknown, panes: readonly PaneSnapshot[]];

/** Layout shared by `WindowOperator` and `PaneKernel`: a snapshot of either restores into the other. */
export const WINDOW_SNAPSHOT_VERSION = 1;

/** A pane out of a snapshot, with its key. */
export interface RestoredPane {
  readonly key: unknown;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly pendingRank: number;
  readonly accumulator: readonly unknown[];
}

/** All panes of a snapshot, waiting ones in firing order within each window, then those that are not pending. */
export function panesOf(snapshot: KeyedStateSnapshot): RestoredPane[] {
  assert(snapshot.version === WINDOW_SNAPSHOT_VERSION, () => `window state of layout version ${snapshot.version} can be read`);
  const panes: RestoredPane[] = [];
  const keyGroups = [...snapshot.keyGroups].sort((a, b) => a[0] - b[0]);
  for (const [, entries] of keyGroups) {
    for (const [key, panesOfKey] of entries as readonly WindowedKeySnapshot[]) {
      for (const [windowStart, windowEnd, pendingRank, accumulator] of panesOfKey) {
        panes.push({ key, windowStart, windowEnd, pendingRank, accumulator });
      }
    }
  }
  // The sort is stable, so that equal ranks stay in order of key groups.
  return panes.sort((a, b) => firingRank(a) - firingRank(b));
}

function firingRank(pane: RestoredPane): number {
  return pane.pendingRank === NOT_PENDING ? Number.MAX_SAFE_INTEGER : pane.pendingRank;
}

/** Collects the panes of a snapshot, all panes of one key in one go. */
export class WindowSnapshotWriter {
  readonly #keyGroups = new Map<number, WindowedKeySnapshot[]>();

  add(keyGroup: number, key: unknown, panes: PaneSnapshot[]): void {
    let entries = this.#keyGroups.get(keyGroup);
    if (entries === undefined) this.#keyGroups.set(keyGroup, (entries = []));
    entries.push([key, panes.sort((a, b) => a[0] - b[0])]);
  }

  snapshot(): KeyedStateSnapshot {
    return { version: WINDOW_SNAPSHOT_VERSION, keyGroups: this.#keyGroups };
  }
}
