import type { DataReader, DecodedArray } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { parquetHeader, readColumn, readPage } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { flatten } from 'hyparquet/src/utils.js';
import type { BoundColumn, Leaf, LeafDecoder } from './bind-columns.ts';
import { Unreadable } from './leaf-values.ts';
import type { LeafConverter } from './leaf-values.ts';

/** The bytes of a leaf in a row group. */
export interface LeafChunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly codec: LeafDecoder['codec'];
}

/** The values of one field in a row group, a run at a time. */
export interface ValueCursor {
  /** Values from `at` on are there; `values.length - at` of them. */
  readonly values: ArrayLike<unknown>;
  readonly at: number;
  /** Goes on by `count` values, of which there may be fewer left in the run. */
  skip(count: number): void;
  /** Makes sure that there is a value at `at`. */
  fill(): void;
}

/** A column with one value per row: decoded page by page. */
export class PagedCursor implements ValueCursor {
  values: ArrayLike<unknown> = [];
  at = 0;
  readonly #reader: DataReader;
  readonly #decoder: LeafDecoder;
  readonly #convert: LeafConverter | null;
  #dictionary: DecodedArray | undefined;

  constructor(leaf: Leaf, chunk: LeafChunk) {
    this.#reader = readerOf(chunk);
    this.#decoder = decoderOf(leaf, chunk);
    this.#convert = leaf.convert;
  }

  skip(count: number): void {
    let left = count;
    while (left > 0) {
      const present = Math.min(left, this.values.length - this.at);
      this.at += present;
      left -= present;
      if (left > 0) left -= this.#nextPage(left);
    }
  }

  fill(): void {
    while (this.at >= this.values.length) this.#nextPage(0);
  }

  /** Reads the next page, or passes over it when no more than `skippable` values are in it; returns how many it has passed over. */
  #nextPage(skippable: number): number {
    const reader = this.#reader;
    if (reader.offset >= reader.view.byteLength) throw new Error('it holds fewer values than the row group has rows');
    const header = parquetHeader(reader);
    const page = header.data_page_header ?? header.data_page_header_v2;
    const count = page?.num_values ?? 0;
    if (page !== undefined && count <= skippable) {
      reader.offset += header.compressed_page_size;
      return count;
    }
    if (page === undefined) {
      const { data } = readPage(reader, header, this.#decoder, undefined, undefined, 0);
      if (header.type === 'DICTIONARY_PAGE' && data !== undefined) this.#dictionary = convertAll(data, this.#convert) as DecodedArray;
      return 0;
    }
    const { data = [] } = readPage(reader, header, this.#decoder, this.#dictionary, undefined, 0);
    const isConverted = this.#dictionary !== undefined && page.encoding.endsWith('_DICTIONARY');
    this.values = isConverted ? data : convertAll(data, this.#convert);
    this.at = 0;
    return 0;
  }
}

/** A list or record: its leaves are decoded and put together for the whole row group. */
export class WholeCursor implements ValueCursor {
  readonly values: ArrayLike<unknown>;
  at = 0;

  constructor({ node, leaves }: BoundColumn, chunks: readonly LeafChunk[], rowCount: number) {
    const columns = new Map<string, DecodedArray>();
    leaves.forEach((leaf, i) => {
      const chunk = chunks[i] as LeafChunk;
      const range = { groupStart: 0, groupRows: rowCount, selectStart: 0, selectEnd: rowCount };
      const { data } = readColumn(readerOf(chunk), range, decoderOf(leaf, chunk));
      const convert = leaf.convert;
      columns.set(
        leaf.path,
        Array.from(flatten(data) as ArrayLike<unknown>, (value) => convertDeep(value, convert)),
      );
    });
    assembleNested(columns, node, DEFAULT_PARSERS);
    const assembled = columns.get(node.path.join('.'));
    if (assembled === undefined || assembled.length < rowCount) throw new Error('it holds fewer values than the row group has rows');
    this.values = Array.from(assembled as ArrayLike<unknown>, plain);
  }

  skip(count: number): void {
    this.at += count;
  }

  fill(): void {}
}

function readerOf({ bytes }: LeafChunk): DataReader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function decoderOf({ decoder }: Leaf, { codec }: LeafChunk): LeafDecoder {
  return { ...decoder, codec };
}

function convertAll(values: DecodedArray, convert: LeafConverter | null): ArrayLike<unknown> {
  if (convert === null) return values;
  return Array.from(values as ArrayLike<unknown>, (value) => (value === null || value === undefined ? null : convert(value)));
}

function convertDeep(value: unknown, convert: LeafConverter | null): unknown {
  if (value === null || value === undefined) return null;
  // Pages of numbers are typed arrays, lists of values are arrays.
  if (Array.isArray(value)) return value.map((item) => convertDeep(item, convert));
  return convert === null ? value : convert(value);
}

/** The value with null for everything that is absent. A part that its record cannot hold makes all of it unreadable. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object' || value instanceof Unreadable) return value;
  const inner: [string, unknown][] = Object.entries(value).map(([name, item]) => [name, plain(item)]);
  const unreadable = inner.find(([, item]) => item instanceof Unreadable)?.[1];
  if (unreadable !== undefined) return unreadable;
  return Array.isArray(value) ? inner.map(([, item]) => item) : Object.fromEntries(inner);
}
