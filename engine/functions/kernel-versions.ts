import type { Batch } from '../batch/batch.ts';

/**
 * The versions of one generated loop, made when first needed: with and without nulls in the used columns, with and without a selection.
 * Columns without nulls therefore cost nothing.
 */
export class KernelVersions<Loop> {
  readonly #columns: readonly number[];
  readonly #generate: (withNulls: boolean, withSelection: boolean) => Loop;
  readonly #loops: (Loop | undefined)[] = [undefined, undefined, undefined, undefined];
  #zeros = new Uint8Array(0);

  /** @param columns Numbers of the columns that the loop reads. */
  constructor(columns: readonly number[], generate: (withNulls: boolean, withSelection: boolean) => Loop) {
    this.#columns = columns;
    this.#generate = generate;
  }

  for(batch: Batch): Loop {
    let withNulls = false;
    for (let k = 0; k < this.#columns.length; k++) withNulls ||= (batch.columns[this.#columns[k] as number]?.nulls ?? null) !== null;
    const withSelection = batch.selection !== null;
    const version = (withNulls ? 2 : 0) + (withSelection ? 1 : 0);
    const known = this.#loops[version];
    if (known !== undefined) return known;
    const loop = this.#generate(withNulls, withSelection);
    this.#loops[version] = loop;
    return loop;
  }

  /** The null marks of a column without nulls. */
  zeros(rowCount: number): Uint8Array {
    if (this.#zeros.length < rowCount) this.#zeros = new Uint8Array(rowCount);
    return this.#zeros;
  }
}
