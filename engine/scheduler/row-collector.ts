import type { WireColumn } from '../api/engine-api.ts';
import type { Batch } from '../batch/batch.ts';
import { BOOL, F64, OBJ, STR } from '../batch/column.ts';
import type { Column } from '../batch/column.ts';
import type { DeliverySnapshot } from '../checkpoint/snapshot/job-snapshot.ts';
import type { Dictionary } from '../batch/dictionary.ts';
import { unreachable } from '../util/assert.ts';
import { finishHash, foldNumber, foldWord, hashText } from '../util/hash.ts';

export interface WireRows {
  readonly rowCount: number;
  readonly columns: readonly WireColumn[];
}

/**
 * Rows of one sink subtask between two messages to the coordinator, and the hashes of everything it delivered:
 * in order with timestamps and origins (trace), and as a multiset of values (result).
 */
export class RowCollector {
  #batches: Batch[] = [];
  #rowCount = 0;
  #delivered = 0;
  #traceHash = 0;
  #resultHash = 0;
  readonly #textHashes = new WeakMap<Dictionary, Int32Array>();

  get rowCount(): number {
    return this.#rowCount;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get traceHash(): number {
    return this.#traceHash;
  }

  /** Sum over the rows, so independent of their order. */
  get resultHash(): number {
    return this.#resultHash;
  }

  /** Rows that wait to be taken are not part of it. */
  snapshot(): DeliverySnapshot {
    return { delivered: this.#delivered, traceHash: this.#traceHash, resultHash: this.#resultHash };
  }

  /** Goes on counting and hashing; several former subtasks may have become one. */
  restore({ delivered, traceHash, resultHash }: DeliverySnapshot): void {
    this.#traceHash = this.#delivered === 0 ? traceHash : foldWord(this.#traceHash, traceHash);
    this.#delivered += delivered;
    this.#resultHash = (this.#resultHash + resultHash) | 0;
  }

  add(batch: Batch): void {
    if (batch.selectedCount === 0) return;
    this.#batches.push(batch);
    this.#rowCount += batch.selectedCount;
    this.#delivered += batch.selectedCount;
    this.#fold(batch);
  }

  take(): WireRows | null {
    if (this.#rowCount === 0) return null;
    const batches = this.#batches;
    const rowCount = this.#rowCount;
    this.#batches = [];
    this.#rowCount = 0;
    const columns = (batches[0] as Batch).schema.fields.map((_, c) => wireColumn(batches, c, rowCount));
    for (const { lease } of batches) lease?.release();
    return { rowCount, columns };
  }

  #fold(batch: Batch): void {
    const count = batch.selectedCount;
    const hashes = new Int32Array(count);
    for (let c = 0; c < batch.columns.length; c++) this.#foldColumn(batch, batch.columns[c] as Column, hashes);
    let trace = this.#traceHash;
    let result = this.#resultHash;
    for (let j = 0; j < count; j++) {
      const i = batch.rowAt(j);
      const row = finishHash(hashes[j] as number);
      result = (result + row) | 0;
      trace = foldNumber(foldNumber(foldWord(trace, row), batch.timestamps[i] as number), batch.origins[i] as number);
    }
    this.#traceHash = trace;
    this.#resultHash = result;
  }

  #foldColumn(batch: Batch, column: Column, hashes: Int32Array): void {
    const { kind, nulls } = column;
    const texts = kind === STR ? this.#hashesOf(column.dictionary) : null;
    for (let j = 0; j < hashes.length; j++) {
      const i = batch.rowAt(j);
      const h = hashes[j] as number;
      if (nulls !== null && nulls[i] === 1) hashes[j] = foldWord(h, 0x6e756c6c);
      else if (kind === F64) hashes[j] = foldNumber(h, column.f64[i] as number);
      else if (texts !== null) hashes[j] = foldWord(h, texts[column.codes[i] as number] as number);
      else if (kind === BOOL) hashes[j] = foldWord(h, column.bytes[i] as number);
      else hashes[j] = foldWord(h, hashText(jsonOf(column.objects[i])));
    }
  }

  #hashesOf(dictionary: Dictionary): Int32Array {
    const known = this.#textHashes.get(dictionary);
    if (known !== undefined && known.length >= dictionary.size) return known;
    const hashes = new Int32Array(dictionary.size);
    for (let code = known?.length ?? 0; code < dictionary.size; code++) hashes[code] = hashText(dictionary.values[code] as string);
    if (known !== undefined) hashes.set(known);
    this.#textHashes.set(dictionary, hashes);
    return hashes;
  }
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'undefined';
}

function wireColumn(batches: readonly Batch[], c: number, rowCount: number): WireColumn {
  const first = (batches[0] as Batch).columns[c] as Column;
  switch (first.kind) {
    case F64: {
      const values = new Float64Array(rowCount);
      eachRow(batches, c, (column, i, at) => {
        values[at] = column.f64[i] as number;
      });
      return { kind: 'numbers', values, nulls: nullsOf(batches, c, rowCount) };
    }
    case BOOL: {
      const bytes = new Uint8Array(rowCount);
      eachRow(batches, c, (column, i, at) => {
        bytes[at] = column.bytes[i] as number;
      });
      return { kind: 'booleans', bytes, nulls: nullsOf(batches, c, rowCount) };
    }
    case STR:
      return stringColumn(batches, c, rowCount);
    case OBJ: {
      const values = new Array<unknown>(rowCount);
      eachRow(batches, c, (column, i, at) => {
        values[at] = column.valueAt(i);
      });
      return { kind: 'values', values };
    }
    default:
      return unreachable(first.kind);
  }
}

/** Only the strings of these rows travel: a message never holds a whole dictionary. */
function stringColumn(batches: readonly Batch[], c: number, rowCount: number): WireColumn {
  const codes = new Int32Array(rowCount);
  const dictionary: string[] = [];
  const local = new Map<string, number>();
  const nulls = nullsOf(batches, c, rowCount);
  let lastDictionary: Dictionary | null = null;
  let byCode = new Map<number, number>();
  eachRow(batches, c, (column, i, at) => {
    if (nulls !== null && nulls[at] === 1) return;
    if (column.dictionary !== lastDictionary) {
      lastDictionary = column.dictionary;
      byCode = new Map();
    }
    const code = column.codes[i] as number;
    let mapped = byCode.get(code);
    if (mapped === undefined) {
      const text = column.dictionary.decode(code);
      mapped = local.get(text);
      if (mapped === undefined) {
        mapped = dictionary.length;
        dictionary.push(text);
        local.set(text, mapped);
      }
      byCode.set(code, mapped);
    }
    codes[at] = mapped;
  });
  return { kind: 'strings', codes, dictionary, nulls };
}

function nullsOf(batches: readonly Batch[], c: number, rowCount: number): Uint8Array | null {
  if (!batches.some((batch) => (batch.columns[c] as Column).nulls !== null)) return null;
  const nulls = new Uint8Array(rowCount);
  eachRow(batches, c, (column, i, at) => {
    nulls[at] = column.nulls?.[i] ?? 0;
  });
  return nulls;
}

function eachRow(batches: readonly Batch[], c: number, visit: (column: Column, i: number, at: number) => void): void {
  let at = 0;
  for (const batch of batches) {
    const column = batch.columns[c] as Column;
    for (let j = 0; j < batch.selectedCount; j++) visit(column, batch.rowAt(j), at++);
  }
}
