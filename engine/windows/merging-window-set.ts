import { must } from '../util/assert.ts';
import type { TimeWindow } from './time-window.ts';
import { cover, intersects, isSameWindow } from './time-window.ts';

/** A window in flight and the window under which its contents are kept. */
export type WindowMapping = readonly [window: TimeWindow, stateWindow: TimeWindow];

/** What adding a window made of windows that were there. */
export interface WindowMerge {
  readonly result: TimeWindow;
  /** The former windows, without the one that was added. */
  readonly merged: readonly TimeWindow[];
  readonly stateWindow: TimeWindow;
  /** Where contents of the others are kept; they go into `stateWindow`. */
  readonly mergedStateWindows: readonly TimeWindow[];
}

/**
 * The windows in flight of one key when windows merge (Flink: `MergingWindowSet`). A merged window keeps its contents under one of the windows that it was
 * made of, so that growing by one record moves nothing: of several, under the one that begins first.
 */
export class MergingWindowSet {
  #mappings: readonly WindowMapping[];

  constructor(mappings: readonly WindowMapping[]) {
    this.#mappings = mappings;
  }

  /** By start. */
  get mappings(): readonly WindowMapping[] {
    return this.#mappings;
  }

  stateWindowOf(window: TimeWindow): TimeWindow | undefined {
    return this.#mappings.find(([candidate]) => isSameWindow(candidate, window))?.[1];
  }

  /** The window is over. */
  retire(window: TimeWindow): void {
    must(this.stateWindowOf(window), 'a retired window');
    this.#mappings = this.#mappings.filter(([candidate]) => !isSameWindow(candidate, window));
  }

  /**
   * Adds a window, merged with those it meets, and returns the window that holds it now. `onMerge` is called when windows that were there have become
   * another one; before it returns the set is as after the merge.
   */
  add(added: TimeWindow, onMerge: (merge: WindowMerge) => void): TimeWindow {
    // Windows in flight never meet each other, so one pass in order of start finds everything the growing window meets.
    let result = added;
    const met: WindowMapping[] = [];
    for (const mapping of this.#mappings) {
      if (!intersects(result, mapping[0])) continue;
      result = cover(result, mapping[0]);
      met.push(mapping);
    }
    const [first, ...others] = met;
    const stateWindow = first?.[1] ?? added;
    const rest = this.#mappings.filter((mapping) => !met.includes(mapping));
    this.#mappings = [...rest, [result, stateWindow] as const].sort(([a], [b]) => a.start - b.start || a.end - b.end);
    const isUnchanged = first === undefined || (others.length === 0 && isSameWindow(first[0], result));
    if (!isUnchanged) {
      onMerge({
        result,
        merged: met.map(([window]) => window),
        stateWindow,
        mergedStateWindows: others.map(([, ofOther]) => ofOther),
      });
    }
    return result;
  }
}
