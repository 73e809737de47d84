import { BOOL, F64, STR } from '../batch/column.ts';
import type { ColumnKind } from '../batch/column.ts';

/** Of one column; null: what is nested has no memory that could come back. */
export type ColumnMemory = Float64Array | Int32Array | Uint8Array | null;

/** Views of so few rows are kept: in a browser they take longer to make than to fill. */
const SMALL_VIEW = 8;

/** The arrays of one batch of results, of equal length. */
export class ResultMemory {
  readonly timestamps: Float64Array;
  readonly origins: Float64Array;
  readonly columns: readonly ColumnMemory[];
  readonly #views: (ResultMemory | undefined)[] = [];

  private constructor(timestamps: Float64Array, origins: Float64Array, columns: readonly ColumnMemory[]) {
    this.timestamps = timestamps;
    this.origins = origins;
    this.columns = columns;
  }

  static of(kinds: readonly ColumnKind[], capacity: number): ResultMemory {
    const columns = kinds.map((kind) => newColumn(kind, capacity));
    return new ResultMemory(new Float64Array(capacity), new Float64Array(capacity), columns);
  }

  get capacity(): number {
    return this.timestamps.length;
  }

  /** The same memory, its first `rowCount` rows only. */
  first(rowCount: number): ResultMemory {
    if (rowCount === this.capacity) return this;
    return rowCount > SMALL_VIEW ? this.#view(rowCount) : (this.#views[rowCount] ??= this.#view(rowCount));
  }

  /** Fresh memory with room for `capacity` rows that begins with what is in this. */
  grown(kinds: readonly ColumnKind[], capacity: number): ResultMemory {
    const fresh = ResultMemory.of(kinds, capacity);
    fresh.timestamps.set(this.timestamps);
    fresh.origins.set(this.origins);
    this.columns.forEach((column, c) => {
      if (column !== null) fresh.columns[c]?.set(column);
    });
    return fresh;
  }

  #view(rowCount: number): ResultMemory {
    const columns = this.columns.map((column) => column?.subarray(0, rowCount) ?? null);
    return new ResultMemory(this.timestamps.subarray(0, rowCount), this.origins.subarray(0, rowCount), columns);
  }
}

function newColumn(kind: ColumnKind, capacity: number): ColumnMemory {
  if (kind === F64) return new Float64Array(capacity);
  if (kind === STR) return new Int32Array(capacity);
  return kind === BOOL ? new Uint8Array(capacity) : null;
}
