import type { Row, Schema } from '../../batch/schema.ts';
import { MAX_WATERMARK, MIN_WATERMARK } from '../../elements/marks.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { copyOfRecord } from '../../functions/conform-record.ts';
import type { UserFunction } from '../../functions/compile-function.ts';
import type { WatermarkGenerator } from '../../time/watermark-generator.ts';

/** A function returned normally, but no watermark. */
export class NotAWatermarkError extends Error {
  constructor(value: unknown) {
    const what = typeof value === 'number' ? String(value) : `a ${typeof value}`;
    super(`The function returned ${what} instead of a watermark. Return milliseconds since 1970, or null for no watermark.`);
    this.name = 'NotAWatermarkError';
  }
}

interface Progress {
  readonly maxTimestamp: number;
  readonly lastTimestamp: number;
}

/** A user's function of the progress so far. It keeps nothing itself, so a snapshot is complete. */
export class PeriodicWatermarks implements WatermarkGenerator {
  readonly #watermarkOf: UserFunction;
  #maxTimestamp = MIN_WATERMARK;
  #lastTimestamp = MIN_WATERMARK;

  constructor(source: string) {
    this.#watermarkOf = compileFunction(parsedFunction(source));
  }

  onEvent(timestamp: number): number {
    this.#lastTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return MIN_WATERMARK;
  }

  onPeriodicEmit(): number {
    if (this.#maxTimestamp === MIN_WATERMARK) return MIN_WATERMARK;
    return watermarkOf(this.#watermarkOf({ ...this.snapshot() }));
  }

  snapshot(): Progress {
    return { maxTimestamp: this.#maxTimestamp, lastTimestamp: this.#lastTimestamp };
  }

  restore(state: unknown): void {
    const { maxTimestamp, lastTimestamp } = state as Progress;
    this.#maxTimestamp = maxTimestamp;
    this.#lastTimestamp = lastTimestamp;
  }
}

/** A user's function of the record: its watermarks are emitted right behind it. */
export class PunctuatedWatermarks implements WatermarkGenerator {
  readonly #watermarkOf: UserFunction;
  readonly #schema: Schema;

  constructor(source: string, schema: Schema) {
    this.#watermarkOf = compileFunction(parsedFunction(source));
    this.#schema = schema;
  }

  onEvent(_timestamp: number, record: Row): number {
    return watermarkOf(this.#watermarkOf(copyOfRecord(this.#schema, record)));
  }

  onPeriodicEmit(): number {
    return MIN_WATERMARK;
  }

  snapshot(): null {
    return null;
  }

  restore(): void {}
}

/** Event time has whole milliseconds. Only the stream itself ends event time, so a function cannot return infinity. */
function watermarkOf(value: unknown): number {
  if (value === null || value === undefined) return MIN_WATERMARK;
  if (typeof value !== 'number' || Number.isNaN(value) || value === MAX_WATERMARK) throw new NotAWatermarkError(value);
  return Math.floor(value) + 0;
}
