import type { KeyedStateEntry } from '../../state/keyed-state-backend.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import type { TimerSnapshot } from '../../time/timer-service.ts';
import { must } from '../../util/assert.ts';
import type { WindowMapping } from '../merging-window-set.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp, NO_WINDOW, windowIdentity } from '../time-window.ts';
import type { WindowKeyGroupSnapshot } from '../window-snapshot.ts';
import { MERGING_WINDOWS, NOT_PENDING, WINDOW_CONTENTS, WINDOW_SNAPSHOT_VERSION, windowGroupsOf } from '../window-snapshot.ts';

/** One session of one key. `order`: its rank among those that wait to be fired; `NOT_PENDING`: it has been. */
export interface SessionSnapshot {
  readonly start: number;
  readonly end: number;
  readonly order: number;
  /** The cells of the `AggregatePlan`. */
  readonly accumulator: readonly number[];
}

export interface RestoredSession extends SessionSnapshot {
  readonly key: unknown;
}

/** Writes what `WindowOperator` would: the windows in flight of each key, what they hold, and their timers. */
export class SessionSnapshotWriter {
  readonly #allowedLatenessMs: number;
  readonly #keyGroups = new Map<number, { state: KeyedStateEntry[]; eventTime: TimerSnapshot<unknown, TimeWindow>[] }>();
  #keyCount = 0;

  constructor(allowedLatenessMs: number) {
    this.#allowedLatenessMs = allowedLatenessMs;
  }

  /** All sessions of a key, by start. */
  add(keyGroup: number, key: unknown, sessions: readonly SessionSnapshot[]): void {
    let group = this.#keyGroups.get(keyGroup);
    if (group === undefined) this.#keyGroups.set(keyGroup, (group = { state: [], eventTime: [] }));
    const contents = sessions.map(({ start, end, accumulator }) => [{ start, end }, accumulator] as const);
    // Under which of the windows that it was made of a session keeps its contents matters to nobody; here it is the session itself.
    const mappings = contents.map(([window]): WindowMapping => [window, window]);
    group.state.push([
      key,
      this.#keyCount++,
      [
        [MERGING_WINDOWS, 'list', [[NO_WINDOW, mappings]]],
        [WINDOW_CONTENTS, 'value', contents],
      ],
    ]);
    for (const { start, end, order } of sessions) {
      const window = { start, end };
      if (order !== NOT_PENDING) group.eventTime.push([key, maxTimestamp(window), window, order]);
      // The timer that clears the session: with no lateness it is the same.
      if (this.#allowedLatenessMs > 0) group.eventTime.push([key, maxTimestamp(window) + this.#allowedLatenessMs, window, order]);
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

/** All sessions of a snapshot, those that wait in the order in which they would fire if they ended together, then the others. */
export function sessionsOf(snapshot: KeyedStateSnapshot): RestoredSession[] {
  const sessions = windowGroupsOf(snapshot).flatMap(([, { state, timers }]) => {
    const orders = new Map<string, number>();
    for (const [key, timestamp, window, order] of timers.eventTime) {
      if (timestamp === maxTimestamp(window)) orders.set(sessionIdentity(key, window), order);
    }
    return state.flatMap(([key, , states]) => sessionsOfKey(key, states, orders));
  });
  // Stable: of former subtasks that counted for themselves, equal orders stay in order of key groups.
  return sessions.sort((a, b) => firingRank(a) - firingRank(b));
}

function sessionsOfKey(key: unknown, states: KeyedStateEntry[2], orders: ReadonlyMap<string, number>): RestoredSession[] {
  const cellsOf = (wanted: string): readonly (readonly [unknown, unknown])[] => states.find(([name]) => name === wanted)?.[2] ?? [];
  const contents = new Map(cellsOf(WINDOW_CONTENTS).map(([window, content]) => [windowIdentity(window as TimeWindow), content]));
  return cellsOf(MERGING_WINDOWS).flatMap(([, mappings]) =>
    (mappings as readonly WindowMapping[]).map(([window, stateWindow]) => ({
      key,
      start: window.start,
      end: window.end,
      order: orders.get(sessionIdentity(key, window)) ?? NOT_PENDING,
      accumulator: must(contents.get(windowIdentity(stateWindow)), 'the contents of a session') as readonly number[],
    })),
  );
}

function sessionIdentity(key: unknown, window: TimeWindow): string {
  return `${windowIdentity(window)}/${typeof key}/${String(key)}`;
}

function firingRank({ order }: RestoredSession): number {
  return order === NOT_PENDING ? Number.MAX_SAFE_INTEGER : order;
}
