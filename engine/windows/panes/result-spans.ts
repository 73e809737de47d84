const NO_VALUES = new Float64Array(0);

/** A column of one value. Batches share its memory as long as the value stays, and nobody writes to it again. */
class ConstantColumn {
  #values = NO_VALUES;

  of(value: number, rowCount: number): Float64Array<ArrayBuffer> {
    if (this.#values.length < rowCount || !Object.is(this.#values[0], value)) this.#values = new Float64Array(rowCount).fill(value);
    return this.#values.length === rowCount ? this.#values : this.#values.subarray(0, rowCount);
  }
}

/** Window bounds, timestamps and origins of the results of a batch. */
export interface SpanColumns {
  readonly starts: Float64Array<ArrayBuffer>;
  readonly ends: Float64Array<ArrayBuffer>;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly origins: Float64Array<ArrayBuffer>;
}

/**
 * Which rows of the batch under construction belong to which window and origin. When a window fires, all rows of a batch have these in
 * common, and so have the batches that follow: their columns are then made once per firing and not per batch.
 */
export class ResultSpans {
  /** First row behind span `s`; its window and origin. */
  readonly #rowsEnd: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #origins: number[] = [];
  readonly #constants = {
    starts: new ConstantColumn(),
    ends: new ConstantColumn(),
    timestamps: new ConstantColumn(),
    origins: new ConstantColumn(),
  };

  /** The rows up to `rowsEnd` that no span holds yet are results of the window `[start, end)`. */
  add(start: number, end: number, origin: number, rowsEnd: number): void {
    const last = this.#rowsEnd.length - 1;
    if (last >= 0 && this.#starts[last] === start && this.#ends[last] === end && this.#origins[last] === origin) {
      this.#rowsEnd[last] = rowsEnd;
      return;
    }
    this.#rowsEnd.push(rowsEnd);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#origins.push(origin);
  }

  /** The columns of all rows so far; forgets the spans. */
  take(rowCount: number): SpanColumns {
    const columns = this.#rowsEnd.length === 1 ? this.#ofOneSpan(rowCount) : this.#ofManySpans(rowCount);
    for (const list of [this.#rowsEnd, this.#starts, this.#ends, this.#origins]) list.length = 0;
    return columns;
  }

  #ofOneSpan(rowCount: number): SpanColumns {
    const end = this.#ends[0] as number;
    return {
      starts: this.#constants.starts.of(this.#starts[0] as number, rowCount),
      ends: this.#constants.ends.of(end, rowCount),
      timestamps: this.#constants.timestamps.of(end - 1, rowCount),
      origins: this.#constants.origins.of(this.#origins[0] as number, rowCount),
    };
  }

  #ofManySpans(rowCount: number): SpanColumns {
    const column = (): Float64Array<ArrayBuffer> => new Float64Array(rowCount);
    const columns = { starts: column(), ends: column(), timestamps: column(), origins: column() };
    let from = 0;
    for (let s = 0; s < this.#rowsEnd.length; s++) {
      const to = this.#rowsEnd[s] as number;
      const end = this.#ends[s] as number;
      columns.starts.fill(this.#starts[s] as number, from, to);
      columns.ends.fill(end, from, to);
      columns.timestamps.fill(end - 1, from, to);
      columns.origins.fill(this.#origins[s] as number, from, to);
      from = to;
    }
    return columns;
  }
}
