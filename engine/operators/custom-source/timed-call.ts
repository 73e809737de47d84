import type { Row } from '../../batch/schema.ts';
import { NotARecordError } from '../../functions/conform-record.ts';
import type { Output } from '../operator.ts';

type Action = (output: Output, origin: number) => void;

/** What one call of a function that makes its own event time asks for, in order (Flink: `SourceContext`). */
export class TimedCall {
  readonly #conform: (record: unknown) => Row;
  readonly #actions: Action[] = [];

  /** @param conform Makes a record of the output fields. @throws NotARecordError and FieldTypeError */
  constructor(conform: (record: unknown) => Row) {
    this.#conform = conform;
  }

  /** What the user's function sees. */
  methods(): Record<string, (...values: never[]) => void> {
    return {
      collectWithTimestamp: (record: unknown, timestamp: unknown) => this.collect(record, timeOf(timestamp, 'collectWithTimestamp')),
      emitWatermark: (watermark: unknown) => {
        const time = timeOf(watermark, 'emitWatermark');
        this.#actions.push((output, origin) => {
          output.emitWatermarkStatus(false, origin);
          output.emitWatermark(time, origin);
        });
      },
      markAsTemporarilyIdle: () => {
        this.#actions.push((output, origin) => output.emitWatermarkStatus(true, origin));
      },
    };
  }

  /** @param timestamp NaN: it has none. */
  collect(record: unknown, timestamp: number): void {
    const made = this.#conform(record);
    this.#actions.push((output, origin) => {
      output.emitWatermarkStatus(false, origin);
      output.collect(made, timestamp, origin);
    });
  }

  play(output: Output, origin: number): void {
    for (const action of this.#actions) action(output, origin);
  }
}

/** A time that is none. */
class NotATimeError extends NotARecordError {
  constructor(value: unknown, method: string) {
    super(value);
    const what = typeof value === 'number' ? String(value) : `a ${typeof value}`;
    this.message = `The function called ctx.${method} with ${what} for the time. Give milliseconds since 1970.`;
  }
}

/** Event time has whole milliseconds. Only the stream itself ends it, so infinity is no time. */
function timeOf(value: unknown, method: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new NotATimeError(value, method);
  return Math.floor(value) + 0;
}
