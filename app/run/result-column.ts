import type { WireColumn } from '../../engine/api/index.ts';

/** Storage of the kind that came first; a chunk grows from small, because most sinks deliver few rows. */
type Storage =
  | { readonly kind: 'numbers'; values: Float64Array }
  | { readonly kind: 'strings'; codes: Int32Array }
  | { readonly kind: 'booleans'; bytes: Uint8Array }
  | { readonly kind: 'values'; values: unknown[] };

const FIRST_CAPACITY = 64;

/**
 * One column of a chunk of results. Strings get codes of the chunk's own dictionary, so that what a dropped chunk
 * referred to goes with it. Values whose kind differs from the column's first are kept as they are, in an object column.
 */
export class ResultColumn {
  readonly #maxRows: number;
  readonly #strings: string[] = [];
  readonly #codes = new Map<string, number>();
  #storage: Storage | null = null;
  #nulls: Uint8Array | null = null;
  #capacity = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** Copies `count` rows of `source`, from its row `from` on, to the rows from `at` on. */
  append(at: number, source: WireColumn, from: number, count: number): void {
    this.#reserve(at + count, source.kind);
    if (this.#storage?.kind !== source.kind && this.#storage?.kind !== 'values') this.#toValues(at);
    const storage = this.#storage as Storage;
    if (storage.kind === 'numbers' && source.kind === 'numbers') storage.values.set(source.values.subarray(from, from + count), at);
    else if (storage.kind === 'strings' && source.kind === 'strings') this.#copyStrings(storage.codes, at, source, from, count);
    else if (storage.kind === 'booleans' && source.kind === 'booleans') storage.bytes.set(source.bytes.subarray(from, from + count), at);
    else if (storage.kind === 'values') for (let i = 0; i < count; i++) storage.values[at + i] = wireValueAt(source, from + i);
    this.#copyNulls(at, source, from, count);
  }

  valueAt(row: number): unknown {
    if (this.#nulls !== null && this.#nulls[row] === 1) return null;
    const storage = this.#storage;
    switch (storage?.kind) {
      case 'numbers':
        return storage.values[row];
      case 'strings':
        return this.#strings[storage.codes[row] as number];
      case 'booleans':
        return storage.bytes[row] === 1;
      case 'values':
        return storage.values[row];
      case undefined:
        return undefined;
    }
  }

  #copyStrings(codes: Int32Array, at: number, source: WireColumn & { kind: 'strings' }, from: number, count: number): void {
    const mapped = new Int32Array(source.dictionary.length).fill(-1);
    for (let i = 0; i < count; i++) {
      if (source.nulls !== null && source.nulls[from + i] === 1) continue;
      const code = source.codes[from + i] as number;
      let own = mapped[code] as number;
      if (own === -1) {
        own = this.#encode(source.dictionary[code] ?? '');
        mapped[code] = own;
      }
      codes[at + i] = own;
    }
  }

  #encode(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.#strings.length;
    this.#strings.push(text);
    this.#codes.set(text, code);
    return code;
  }

  #copyNulls(at: number, source: WireColumn, from: number, count: number): void {
    const nulls = source.kind === 'values' ? null : source.nulls;
    if (nulls === null) return;
    this.#nulls ??= new Uint8Array(this.#capacity);
    this.#nulls.set(nulls.subarray(from, from + count), at);
  }

  #reserve(needed: number, kind: WireColumn['kind']): void {
    if (this.#storage !== null && needed <= this.#capacity) return;
    this.#capacity = Math.min(this.#maxRows, Math.max(needed, FIRST_CAPACITY, this.#capacity * 2));
    const old = this.#storage;
    switch (old?.kind ?? kind) {
      case 'numbers':
        this.#storage = { kind: 'numbers', values: grown(new Float64Array(this.#capacity), old?.kind === 'numbers' ? old.values : null) };
        break;
      case 'strings':
        this.#storage = { kind: 'strings', codes: grown(new Int32Array(this.#capacity), old?.kind === 'strings' ? old.codes : null) };
        break;
      case 'booleans':
        this.#storage = { kind: 'booleans', bytes: grown(new Uint8Array(this.#capacity), old?.kind === 'booleans' ? old.bytes : null) };
        break;
      case 'values':
        this.#storage ??= { kind: 'values', values: [] };
        break;
    }
    if (this.#nulls !== null) this.#nulls = grown(new Uint8Array(this.#capacity), this.#nulls);
  }

  #toValues(rowCount: number): void {
    const values: unknown[] = [];
    for (let row = 0; row < rowCount; row++) values.push(this.valueAt(row));
    this.#storage = { kind: 'values', values };
  }
}

function wireValueAt(column: WireColumn, row: number): unknown {
  if (column.kind === 'values') return column.values[row];
  if (column.nulls !== null && column.nulls[row] === 1) return null;
  if (column.kind === 'numbers') return column.values[row];
  if (column.kind === 'strings') return column.dictionary[column.codes[row] as number];
  return column.bytes[row] === 1;
}

function grown<T extends { set(source: T): void }>(fresh: T, old: T | null): T {
  if (old !== null) fresh.set(old);
  return fresh;
}
