import type { Batch } from './batch.ts';
import { BOOL, Column, F64, kindOf, OBJ, STR } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { DictionaryRemap } from './gather.ts';
import type { GatherMemory } from './gather.ts';
import type { Schema } from './schema.ts';

/** A run of consecutive live rows of one batch, as physical row numbers. */
export interface RowRun {
  readonly batch: Batch;
  readonly rows: Int32Array;
}

interface TargetColumn {
  readonly dictionary: Dictionary;
  readonly remap: DictionaryRemap;
}

/** Above this a merged column starts a new dictionary: columns of mostly new strings must not hold every string ever seen. */
const DICTIONARY_LIMIT = 200_000;

function newTarget(): TargetColumn {
  const dictionary = new Dictionary();
  return { dictionary, remap: new DictionaryRemap(dictionary) };
}

/** Copies runs of rows of several batches of one schema into dense columns. Strings are re-coded into dictionaries of its own. */
export class BatchMerger {
  readonly schema: Schema;
  readonly #strings: (TargetColumn | null)[];

  constructor(schema: Schema) {
    this.schema = schema;
    this.#strings = schema.fields.map((field) => (kindOf(field.type) === STR ? newTarget() : null));
  }

  /** In arrays of `memory`. */
  columns(runs: readonly RowRun[], rowCount: number, memory: GatherMemory): Column[] {
    return this.schema.fields.map((field, c) => {
      const nulls = this.#nulls(runs, c, rowCount, memory);
      switch (kindOf(field.type)) {
        case F64: {
          const to = memory.f64(rowCount);
          copyRuns(runs, (batch) => (batch.columns[c] as Column).f64, to);
          return Column.ofF64(to, nulls);
        }
        case BOOL: {
          const to = memory.bytes(rowCount);
          copyRuns(runs, (batch) => (batch.columns[c] as Column).bytes, to);
          return Column.ofBytes(to, nulls);
        }
        case STR:
          return this.#stringColumn(runs, c, memory.codes(rowCount), nulls);
        case OBJ: {
          const to = new Array<unknown>(rowCount);
          copyRuns(runs, (batch) => (batch.columns[c] as Column).objects, to);
          return Column.ofObjects(to, nulls);
        }
      }
    });
  }

  #stringColumn(runs: readonly RowRun[], c: number, to: Int32Array, nulls: Uint8Array | null): Column {
    let target = this.#strings[c] as TargetColumn;
    if (target.dictionary.size > DICTIONARY_LIMIT) {
      target = newTarget();
      this.#strings[c] = target;
    }
    let at = 0;
    for (const { batch, rows } of runs) {
      target.remap.copy(batch.columns[c] as Column, rows, rows.length, to, at);
      at += rows.length;
    }
    return Column.ofCodes(to, target.dictionary, nulls);
  }

  #nulls(runs: readonly RowRun[], c: number, rowCount: number, memory: GatherMemory): Uint8Array | null {
    if (!runs.some(({ batch }) => (batch.columns[c] as Column).nulls !== null)) return null;
    const to = memory.bytes(rowCount);
    let at = 0;
    for (const { batch, rows } of runs) {
      const from = (batch.columns[c] as Column).nulls;
      if (from === null) to.fill(0, at, at + rows.length);
      else for (let j = 0; j < rows.length; j++) to[at + j] = from[rows[j] as number] as number;
      at += rows.length;
    }
    return to;
  }
}

function copyRuns<T>(runs: readonly RowRun[], arrayOf: (batch: Batch) => ArrayLike<T>, to: { [i: number]: T }): void {
  let at = 0;
  for (const { batch, rows } of runs) {
    const from = arrayOf(batch);
    for (let j = 0; j < rows.length; j++) to[at + j] = from[rows[j] as number] as T;
    at += rows.length;
  }
}
