import type { FileMetaData, RowGroup } from 'hyparquet';
import { BATCH_CAPACITY } from '../../batch/batch.ts';
import type { Schema } from '../../batch/schema.ts';
import type { ByteSource } from '../byte-window.ts';
import { FormatError } from '../format-error.ts';
import type { ReadLimit, ReadStatus, RecordSink } from '../record-reader.ts';
import { RecordWriter } from '../record-writer.ts';
import { bindColumns } from './bind-columns.ts';
import type { BoundColumn } from './bind-columns.ts';
import { ByteRanges } from './byte-ranges.ts';
import { readFooter, TAIL_BYTES } from './footer.ts';
import { PagedCursor, WholeCursor } from './group-columns.ts';
import type { LeafChunk, ValueCursor } from './group-columns.ts';
import { rowText, writeRows } from './write-rows.ts';

/** Compressed bytes of one row group that are held at a time. */
const MAX_GROUP_BYTES = 512 << 20;
/** A call returns after so many refused records, however many there still are. */
const MAX_REFUSALS = 1024;

export interface ParquetSource extends ByteSource {
  readonly sizeBytes: number | null;
}

export interface ParquetReaderOptions {
  readonly schema: Schema;
  /** The `source` part of origins. */
  readonly sourceIndex: number;
  /** Hands out the records before a malformed one first, so that the two come in the order of the file. */
  readonly isOrdered: boolean;
}

/** Where to go on: cloneable. */
export interface ParquetSnapshot {
  /** Rows of the file that are behind it. */
  readonly row: number;
}

/** A row group that is being read. */
interface OpenGroup {
  /** Row number of its first row, from 0. */
  readonly start: number;
  readonly end: number;
  readonly cursors: readonly ValueCursor[];
}

/** A row group whose bytes are on their way. */
interface LoadingGroup {
  readonly index: number;
  readonly start: number;
  readonly ranges: readonly { readonly start: number; readonly end: number; readonly codec: LeafChunk['codec'] }[];
  readonly chunks: LeafChunk[];
}

/**
 * Reads the records of a Parquet file: its footer, then one row group after the other, of each only the columns of the schema. What is in memory
 * is the compressed bytes of these columns, one decoded page of each, and whole decoded columns only of lists and records.
 * A record's position is the number of its row, 1 being the first.
 */
export class ParquetReader {
  readonly #options: ParquetReaderOptions;
  readonly #sizeBytes: number;
  readonly #ranges: ByteRanges;
  readonly #writer: RecordWriter;
  #tailBytes: number;
  #footer: FileMetaData | null = null;
  #columns: readonly BoundColumn[] = [];
  #rowCount = Number.POSITIVE_INFINITY;
  #row = 0;
  #group: OpenGroup | null = null;
  #loading: LoadingGroup | null = null;
  /** Rows to fill at a time: few behind a refused one, because what was filled behind it is filled again. */
  #run = BATCH_CAPACITY;

  constructor(source: ParquetSource, options: ParquetReaderOptions) {
    this.#options = options;
    this.#sizeBytes = source.sizeBytes ?? 0;
    this.#tailBytes = Math.min(TAIL_BYTES, this.#sizeBytes);
    this.#ranges = new ByteRanges(source);
    this.#writer = new RecordWriter(options.schema, options.sourceIndex);
  }

  /** Row of the next record; every record before it was handed out or reported. */
  get nextPosition(): number {
    return this.#row + 1;
  }

  /** Bytes of the file that are behind it, as far as rows are of the same size. */
  get offset(): number {
    if (this.#footer === null) return 0;
    return this.#rowCount === 0 ? this.#sizeBytes : Math.round((this.#sizeBytes * this.#row) / this.#rowCount);
  }

  /** @throws FormatError when the file is not what the schema says, or cannot be read. */
  read(limit: ReadLimit, sink: RecordSink): ReadStatus {
    if (!this.#open()) return 'waiting';
    const wanted = Math.min(limit.maxRecords, BATCH_CAPACITY);
    let done = 0;
    let refusals = 0;
    let isWaiting = false;
    while (
      done + this.#writer.rowCount < wanted &&
      this.#row < this.#rowCount &&
      this.nextPosition < limit.endPosition &&
      refusals < MAX_REFUSALS
    ) {
      const group = this.#openGroup();
      if (group === null) {
        isWaiting = true;
        break;
      }
      const most = Math.min(wanted - done - this.#writer.rowCount, limit.endPosition - this.nextPosition);
      const refused = this.#fill(group, most);
      if (refused === null) continue;
      refusals++;
      if (this.#options.isOrdered) done += this.#flush(sink) + 1;
      sink.malformed(refused);
    }
    this.#flush(sink);
    if (this.#row >= this.#rowCount) return 'finished';
    return isWaiting ? 'waiting' : 'more';
  }

  snapshot(): ParquetSnapshot {
    return { row: this.#row };
  }

  restore({ row }: ParquetSnapshot): void {
    this.#row = row;
  }

  /** Reads the footer; false while it has not arrived. */
  #open(): boolean {
    while (this.#footer === null) {
      const tail = this.#tailBytes === 0 ? new Uint8Array(0) : this.#ranges.take(this.#sizeBytes - this.#tailBytes, this.#sizeBytes);
      if (tail === null) return false;
      const footer = readFooter(tail, this.#sizeBytes);
      if ('tailBytes' in footer) {
        this.#tailBytes = footer.tailBytes;
        continue;
      }
      this.#columns = bindColumns(footer, this.#options.schema);
      this.#rowCount = footer.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
      this.#footer = footer;
    }
    return true;
  }

  /** Fills up to `most` rows, or those before the first that is refused, and goes on behind them. */
  #fill(group: OpenGroup, most: number): { line: number; reason: string; raw: string } | null {
    const writer = this.#writer;
    for (const [c, cursor] of group.cursors.entries()) this.#ofColumn(c, () => cursor.fill());
    let count = Math.min(most, this.#run, group.end - this.#row);
    for (const cursor of group.cursors) count = Math.min(count, cursor.values.length - cursor.at);
    const refused = writeRows(writer, group.cursors, count);
    const good = refused?.offset ?? count;
    for (let i = 0; i < good; i++) writer.lines[writer.rowCount + i] = this.#row + i + 1;
    writer.rowCount += good;
    this.#row += good;
    this.#skip(group, good);
    if (refused === null) {
      this.#run = Math.min(BATCH_CAPACITY, this.#run * 2);
      return null;
    }
    this.#run = 1;
    const line = this.#row + 1;
    const raw = rowText(this.#columns, group.cursors);
    this.#row++;
    this.#skip(group, 1);
    return { line, reason: refused.reason, raw };
  }

  #skip(group: OpenGroup, count: number): void {
    for (const [c, cursor] of group.cursors.entries()) this.#ofColumn(c, () => cursor.skip(count));
  }

  /** The row group of the next row, standing at it; null while its bytes have not arrived. */
  #openGroup(): OpenGroup | null {
    if (this.#group !== null && this.#row < this.#group.end) return this.#group;
    this.#group = null;
    const loading = (this.#loading ??= this.#startLoading());
    for (const { start, end, codec } of loading.ranges.slice(loading.chunks.length)) {
      const bytes = this.#take(start, end);
      if (bytes === null) return null;
      loading.chunks.push({ bytes, codec });
    }
    this.#loading = null;
    this.#group = this.#startReading(loading);
    return this.#group;
  }

  #take(start: number, end: number): Uint8Array<ArrayBuffer> | null {
    try {
      return this.#ranges.take(start, end);
    } catch (error) {
      throw new FormatError(
        `The Parquet file cannot be read: ${(error as Error).message}. It is damaged or cut off; write or copy it again.`,
        this.nextPosition,
        '',
      );
    }
  }

  #startLoading(): LoadingGroup {
    let start = 0;
    const groups = this.#footer?.row_groups ?? [];
    let index = 0;
    for (; start + rowsOf(groups[index]) <= this.#row; index++) start += rowsOf(groups[index]);
    const group = groups[index] as RowGroup;
    const ranges = this.#columns.flatMap((column) => column.leaves.map(({ path }) => this.#rangeOf(group, index, path)));
    const bytes = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
    if (bytes > MAX_GROUP_BYTES) {
      throw new FormatError(
        `Row group ${index + 1} of the file holds ${Math.ceil(bytes / (1 << 20))} MiB of the declared fields; at most ${MAX_GROUP_BYTES >> 20} MiB are read at a time. Write the file with smaller row groups, or leave fields out.`,
        this.nextPosition,
        '',
      );
    }
    return { index, start, ranges, chunks: [] };
  }

  #rangeOf({ columns }: RowGroup, index: number, path: string) {
    const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === path);
    const meta = chunk?.meta_data;
    if (meta === undefined || chunk?.crypto_metadata !== undefined || (chunk?.file_path ?? '') !== '') {
      throw new FormatError(
        `Column "${path}" of row group ${index + 1} is encrypted or kept in another file. Leave the field out.`,
        this.nextPosition,
        '',
      );
    }
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    return { start, end: start + Number(meta.total_compressed_size), codec: meta.codec };
  }

  #startReading({ start, index, chunks }: LoadingGroup): OpenGroup {
    const count = rowsOf(this.#footer?.row_groups[index]);
    let leaf = 0;
    const cursors = this.#columns.map((column, c) =>
      this.#ofColumn(
        c,
        () => {
          const own = chunks.slice(leaf, (leaf += column.leaves.length));
          const [first] = column.leaves;
          const cursor =
            column.isFlat && first !== undefined ? new PagedCursor(first, own[0] as LeafChunk) : new WholeCursor(column, own, count);
          cursor.skip(this.#row - start);
          return cursor;
        },
        index,
      ),
    );
    return { start, end: start + count, cursors };
  }

  /** Says where in the file something went wrong that the decoder only knows the bytes of. */
  #ofColumn<T>(column: number, work: () => T, group = this.#groupIndex()): T {
    try {
      return work();
    } catch (error) {
      const name = this.#columns[column]?.field.name ?? '';
      throw new FormatError(
        `Column "${name}" of row group ${group + 1} cannot be read: ${causeOf(error)}. Write the file again with another encoding or compression, or leave the field out.`,
        this.nextPosition,
        '',
      );
    }
  }

  #groupIndex(): number {
    let start = 0;
    return (this.#footer?.row_groups ?? []).findIndex((group) => (start += rowsOf(group)) > this.#row);
  }

  #flush(sink: RecordSink): number {
    const rowCount = this.#writer.rowCount;
    if (rowCount > 0) sink.batch(this.#writer.build());
    return rowCount;
  }
}

function rowsOf(group: RowGroup | undefined): number {
  return Number(group?.num_rows ?? Number.POSITIVE_INFINITY);
}

function causeOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^parquet /, '').replace(/\.$/, '');
}
