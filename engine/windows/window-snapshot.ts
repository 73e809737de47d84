import { copyValue } from '../state/copy-value.ts';
import type { KeyedStateEntry } from '../state/keyed-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import type { TimerSnapshot, TimersOfKeyGroup } from '../time/timer-service.ts';
import { assert } from '../util/assert.ts';
import type { TimeWindow } from './time-window.ts';
import { maxTimestamp, windowIdentity } from './time-window.ts';

/** Name of the state that holds what panes contain. */
export const WINDOW_CONTENTS = 'window-contents';
/** Name of the state that holds which windows of a key are in flight, when windows merge. */
export const MERGING_WINDOWS = 'merging-windows';

/** Layout shared by all window operators and kernels: of one configuration, a snapshot of either restores into the other. */
export const WINDOW_SNAPSHOT_VERSION = 2;

/** Everything of one key group; its list of entries holds exactly this one. */
export interface WindowKeyGroupSnapshot {
  readonly state: readonly KeyedStateEntry[];
  readonly timers: TimersOfKeyGroup<unknown, TimeWindow>;
}

const NO_TIMERS: TimersOfKeyGroup<unknown, TimeWindow> = { eventTime: [], processingTime: [] };
/** Layout version of `KeyedStateEntry`. */
const STATE_VERSION = 1;

export function joinWindowSnapshot(
  state: KeyedStateSnapshot,
  timers: ReadonlyMap<number, TimersOfKeyGroup<unknown, TimeWindow>>,
): KeyedStateSnapshot {
  const keyGroups = new Map<number, readonly unknown[]>();
  for (const keyGroup of new Set([...state.keyGroups.keys(), ...timers.keys()])) {
    const entries = (state.keyGroups.get(keyGroup) ?? []) as readonly KeyedStateEntry[];
    keyGroups.set(keyGroup, [{ state: entries, timers: copyValue(timers.get(keyGroup) ?? NO_TIMERS) } satisfies WindowKeyGroupSnapshot]);
  }
  return { version: WINDOW_SNAPSHOT_VERSION, keyGroups };
}

export function splitWindowSnapshot(snapshot: KeyedStateSnapshot): {
  readonly state: KeyedStateSnapshot;
  readonly timers: ReadonlyMap<number, TimersOfKeyGroup<unknown, TimeWindow>>;
} {
  const groups = windowGroupsOf(snapshot);
  return {
    state: { version: STATE_VERSION, keyGroups: new Map(groups.map(([keyGroup, { state }]) => [keyGroup, state])) },
    timers: new Map(groups.map(([keyGroup, { timers }]) => [keyGroup, timers])),
  };
}

/** The key groups of a snapshot in their order. */
export function windowGroupsOf(snapshot: KeyedStateSnapshot): readonly (readonly [number, WindowKeyGroupSnapshot])[] {
  assert(snapshot.version === WINDOW_SNAPSHOT_VERSION, () => `window state of layout version ${snapshot.version} can be read`);
  return [...snapshot.keyGroups]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([keyGroup, entries]) => (entries as readonly WindowKeyGroupSnapshot[]).map((group) => [keyGroup, group] as const));
}

/** `pendingRank` of a pane whose trigger has no timer: it fired already and is only kept for late records. */
export const NOT_PENDING = -1;

/**
 * One pane (key and window) of a kernel whose trigger is the end of the window. `pendingRank` is its place among the panes of the same window that wait to
 * be fired; with panes of several former subtasks, equal ranks fire in order of key groups. `accumulator` is the list of cells of the `AggregatePlan`.
 */
export type PaneSnapshot = readonly [windowStart: number, windowEnd: number, pendingRank: number, accumulator: readonly unknown[]];

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
  const panes = windowGroupsOf(snapshot).flatMap(([, { state, timers }]) => {
    const ranks = new Map<string, number>();
    const pending = timers.eventTime.filter(([, timestamp, window]) => timestamp === maxTimestamp(window));
    for (const [key, , window, order] of pending) ranks.set(paneIdentity(key, window), order);
    return state.flatMap(([key, , states]) =>
      states
        .filter(([name]) => name === WINDOW_CONTENTS)
        .flatMap(([, , cells]) => cells.map(([window, contents]) => restoredPane(key, window as TimeWindow, contents, ranks))),
    );
  });
  // The sort is stable, so that equal ranks stay in order of key groups.
  return panes.sort((a, b) => firingRank(a) - firingRank(b));
}

function restoredPane(key: unknown, window: TimeWindow, contents: unknown, ranks: ReadonlyMap<string, number>): RestoredPane {
  return {
    key,
    windowStart: window.start,
    windowEnd: window.end,
    pendingRank: ranks.get(paneIdentity(key, window)) ?? NOT_PENDING,
    accumulator: contents as readonly unknown[],
  };
}

function paneIdentity(key: unknown, window: TimeWindow): string {
  return `${windowIdentity(window)}/${typeof key}/${String(key)}`;
}

function firingRank(pane: RestoredPane): number {
  return pane.pendingRank === NOT_PENDING ? Number.MAX_SAFE_INTEGER : pane.pendingRank;
}

/** Collects the panes of a kernel, all panes of one key in one go. */
export class WindowSnapshotWriter {
  readonly #allowedLatenessMs: number;
  readonly #keyGroups = new Map<number, { state: KeyedStateEntry[]; eventTime: TimerSnapshot<unknown, TimeWindow>[] }>();
  #keyCount = 0;

  constructor(allowedLatenessMs: number) {
    this.#allowedLatenessMs = allowedLatenessMs;
  }

  add(keyGroup: number, key: unknown, panes: PaneSnapshot[]): void {
    let group = this.#keyGroups.get(keyGroup);
    if (group === undefined) this.#keyGroups.set(keyGroup, (group = { state: [], eventTime: [] }));
    const cells = panes.sort((a, b) => a[0] - b[0]).map(([start, end, , accumulator]) => [{ start, end }, accumulator] as const);
    group.state.push([key, this.#keyCount++, [[WINDOW_CONTENTS, 'value', cells]]]);
    for (const [start, end, rank] of panes) {
      const window = { start, end };
      if (rank !== NOT_PENDING) group.eventTime.push([key, maxTimestamp(window), window, rank]);
      // The timer that clears the pane: with no lateness it is the same.
      if (this.#allowedLatenessMs > 0) group.eventTime.push([key, maxTimestamp(window) + this.#allowedLatenessMs, window, rank]);
    }
  }

  snapshot(): KeyedStateSnapshot {
    const keyGroups = new Map<number, readonly WindowKeyGroupSnapshot[]>();
    for (const [keyGroup, { state, eventTime }] of this.#keyGroups) {
      keyGroups.set(keyGroup, [{ state, timers: { eventTime, processingTime: [] } }]);
    }
    return { version: WINDOW_SNAPSHOT_VERSION, keyGroups };
  }
}
