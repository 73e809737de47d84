import type { Row, Schema } from '../../batch/schema.ts';
import type { UserObject } from '../../functions/compile-object.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import type { TimeDomain, WindowAssigner } from '../assigners/window-assigner.ts';
import type { TimeWindow } from '../time-window.ts';
import { callUser, UserCodeError } from '../user-code-error.ts';
import type { GapConfig } from './assigner-fields.ts';
import { callMethod, userObject } from './user-parts.ts';

const SUBJECT = 'The assigner';

/** An object with `assignWindows`, which returns the windows of a record (Flink: `WindowAssigner`, `MergingWindowAssigner`). */
export class UserAssigner implements WindowAssigner {
  readonly isEventTime: boolean;
  readonly readsProcessingTime: boolean;
  readonly isMerging: boolean;
  readonly #object: UserObject;
  readonly #schema: Schema;

  constructor(source: string, schema: Schema, time: TimeDomain, isMerging: boolean) {
    this.#object = userObject(source, SUBJECT);
    this.#schema = schema;
    this.isEventTime = time === 'event';
    this.readsProcessingTime = time === 'processing';
    this.isMerging = isMerging;
  }

  assignWindows(record: Row, timestamp: number, currentProcessingTime: number): readonly TimeWindow[] {
    const context = { currentProcessingTime };
    const windows = callMethod(this.#object, 'assignWindows', SUBJECT, [copyOfRecord(this.#schema, record), timestamp, context]);
    if (!Array.isArray(windows)) throw new UserCodeError(`${SUBJECT}'s assignWindows must return a list of windows, { start, end }.`);
    return windows.map(windowOf);
  }
}

function windowOf(value: unknown): TimeWindow {
  const { start, end } = (typeof value === 'object' && value !== null ? value : {}) as Row;
  // The empty window is allowed: it merges with whatever it touches.
  if (typeof start === 'number' && typeof end === 'number' && start <= end) return { start, end };
  throw new UserCodeError(
    `${SUBJECT} returned the window ${JSON.stringify(value)}. A window has numbers "start" and "end", and does not end before it starts.`,
  );
}

/** How long after a record its session ends, in ms. @param schema Of the records. */
export function gapOf(config: GapConfig, schema: Schema): (record: Row) => number {
  if (config.gapKind === 'fixed') return () => config.gap;
  const gap = compileFunction(parsedFunction(config.gapFunction));
  return (record) => {
    const gapMs = callUser('The gap function', () => gap(copyOfRecord(schema, record)));
    if (typeof gapMs === 'number' && gapMs > 0) return gapMs;
    throw new UserCodeError(`The gap function returned ${JSON.stringify(gapMs)}; it must return a number of milliseconds greater than 0.`);
  };
}
