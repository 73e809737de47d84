import type { Row } from '../batch/schema.ts';
import { positionOf } from '../elements/origin.ts';
import type { OperatorContext } from '../operators/operator.ts';
import { instantText, instantTextBeside } from './instant-text.ts';
import type { TimeWindow } from './time-window.ts';

/** What becomes of a record that is late for all its windows. It is reported in any case. */
export type LateDataHandling = 'drop' | 'side-output' | 'fail';

export const LATE_PORT = 'late';

export class LateRecords {
  readonly #handling: LateDataHandling;
  readonly #allowedLatenessMs: number;

  constructor(handling: LateDataHandling, allowedLatenessMs: number) {
    this.#handling = handling;
    this.#allowedLatenessMs = allowedLatenessMs;
  }

  /** Late records have an effect besides being counted, which must keep its place among the results. */
  get leaveTrace(): boolean {
    return this.#handling !== 'drop';
  }

  /** `window` is the last of the record's windows; null when it falls between windows. */
  handle(context: OperatorContext, record: Row, timestamp: number, origin: number, window: TimeWindow | null, watermark: number): void {
    const reason = lateReason(timestamp, window, watermark, this.#allowedLatenessMs);
    const position = positionOf(origin);
    context.report('late', position, reason, record);
    if (this.#handling === 'fail') context.fail(reason, position, record);
    if (this.#handling === 'side-output') context.output.sideOutput(LATE_PORT, record, timestamp, origin);
  }
}

/** The sentence that explains why a record was late, with the numbers of the comparison. All times are UTC. */
export function lateReason(timestamp: number, window: TimeWindow | null, watermark: number, allowedLatenessMs: number): string {
  const beside = (instant: number): string => instantTextBeside(instant, timestamp);
  if (window === null)
    return `Timestamp ${instantText(timestamp)} belongs to no window, and the watermark was ${beside(watermark)} already.`;
  return (
    `Timestamp ${instantText(timestamp)} belongs to window [${beside(window.start)}, ${beside(window.end)}), which ended: ` +
    `the watermark was ${beside(watermark)} and allowed lateness is ${allowedLatenessMs} ms.`
  );
}

/** Fails the job: a window cannot place a record without a timestamp. */
export function failWithoutTimestamp(context: OperatorContext, record: Row, origin: number): never {
  return context.fail(
    'The record has no event timestamp, so it belongs to no window. Assign timestamps and watermarks upstream of the window.',
    positionOf(origin),
    record,
  );
}

/** The record's key. Fails the job when it has none: as in Flink, null is not a key. */
export function keyOrFail<K>(keyOf: (record: Row) => K, context: OperatorContext, record: Row, origin: number): K {
  try {
    return keyOf(record);
  } catch (error) {
    return context.fail(error instanceof Error ? error.message : String(error), positionOf(origin), record, error);
  }
}
