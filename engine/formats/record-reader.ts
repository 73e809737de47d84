import { BATCH_CAPACITY } from '../batch/batch.ts';
import type { Batch } from '../batch/batch.ts';
import type { Schema } from '../batch/schema.ts';
import { ByteWindow } from './byte-window.ts';
import type { ByteSource } from './byte-window.ts';
import { CsvReader } from './csv-reader.ts';
import { FormatError } from './format-error.ts';
import { rawText, STOP_LIMIT, STOP_STARVED } from './line-reader.ts';
import type { LineReader, Refusal } from './line-reader.ts';
import { NdjsonReader } from './ndjson-reader.ts';
import { RecordWriter } from './record-writer.ts';
import { TextReader } from './text-reader.ts';
import { skipByteOrderMark } from './utf8.ts';
import { wrongKindOf } from './wrong-kind.ts';

const LINE_FEED = 10;
/** Enough of a file to tell what kind it is. */
const HEAD_BYTES = 4096;
/** A record that is not whole within so many bytes is given up, so that one stray quote cannot pull a whole file into memory. */
const MAX_RECORD_BYTES = 4 << 20;
/** A batch of very long records ends early. */
const MAX_BATCH_BYTES = 8 << 20;
/** A call returns after so many refused records, however many there still are. */
const MAX_REFUSALS = 1024;

export interface RecordFormat {
  /** `text`: every line is the value of the schema's one field, a string. */
  readonly format: 'csv' | 'ndjson' | 'text';
  /** CSV: ',', ';', '\t' or '|'. */
  readonly delimiter: string;
  /** CSV: the first line holds field names. */
  readonly header: boolean;
}

export interface RecordReaderOptions extends RecordFormat {
  readonly schema: Schema;
  /** The `source` part of origins. */
  readonly sourceIndex: number;
  /** Hands out the records before a malformed one first, so that the two come in the order of the file. Costs smaller batches. */
  readonly isOrdered: boolean;
  /** False on the page, where the policy does not allow to generate code: reading is slow then. True when it is not said. */
  readonly generatesCode?: boolean;
}

export interface RecordSink {
  /** 1 to `BATCH_CAPACITY` records. */
  batch(batch: Batch): void;
  malformed(refusal: Refusal): void;
}

export interface ReadLimit {
  /** Records on lines below this may be read. */
  readonly endPosition: number;
  readonly maxRecords: number;
}

export type ReadStatus = 'more' | 'waiting' | 'finished';

/** Where to go on: cloneable. */
export interface ReaderSnapshot {
  /** Offset in the file of the next record, and its line. */
  readonly offset: number;
  readonly line: number;
  readonly header: readonly string[] | null;
  readonly isStarted: boolean;
  /** Inside a line that was given up. */
  readonly isSkipping: boolean;
}

/**
 * Reads the records of a CSV, NDJSON or text file as its bytes arrive. Malformed records are reported and left out; they never stop it.
 * A record's position is the physical line it starts on, 1 being the first line of the file.
 */
export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #window: ByteWindow;
  readonly #writer: RecordWriter;
  readonly #csv: CsvReader | null;
  readonly #lines: LineReader;
  #header: readonly string[] | null = null;
  #isHeadChecked = false;
  #isStarted = false;
  #isSkipping = false;

  constructor(source: ByteSource, options: RecordReaderOptions) {
    this.#options = options;
    this.#window = new ByteWindow(source);
    this.#writer = new RecordWriter(options.schema, options.sourceIndex);
    const isGenerated = options.generatesCode ?? true;
    this.#csv = options.format === 'csv' ? new CsvReader(options.delimiter, isGenerated) : null;
    this.#lines = this.#csv ?? (options.format === 'text' ? new TextReader() : new NdjsonReader(isGenerated));
  }

  /** Line of the next record; every record before it was handed out or reported. */
  get nextPosition(): number {
    return this.#window.line;
  }

  /** Bytes of the file that are behind it. */
  get offset(): number {
    return this.#window.offset;
  }

  /** @throws FormatError when the file is not what the options say. */
  read(limit: ReadLimit, sink: RecordSink): ReadStatus {
    const started = this.#start();
    if (started !== 'more') return started;
    const wanted = Math.min(limit.maxRecords, BATCH_CAPACITY);
    const batchStart = this.#window.offset;
    let done = 0;
    let refusals = 0;
    let status: ReadStatus = 'more';
    while (done + this.#writer.rowCount < wanted && this.#window.line < limit.endPosition && refusals < MAX_REFUSALS) {
      if (this.#isSkipping) this.#skipToLineEnd();
      const stop = this.#isSkipping ? STOP_STARVED : this.#lines.read(this.#window, this.#writer, wanted - done, limit.endPosition);
      if (stop === STOP_LIMIT) break;
      let refusal: Refusal | null = this.#lines.refusal;
      if (stop === STOP_STARVED) {
        refusal = this.#refuseEndless();
        if (refusal === null) {
          status = this.#fill();
          // All bytes are here now: what waited for its end is known to have none.
          if (status === 'finished' && this.#window.length > 0) status = 'more';
          if (status !== 'more' || this.#window.offset - batchStart > MAX_BATCH_BYTES) break;
          continue;
        }
      }
      refusals++;
      if (this.#options.isOrdered) {
        done += this.#flush(sink) + 1;
      }
      sink.malformed(refusal);
    }
    this.#flush(sink);
    return status;
  }

  snapshot(): ReaderSnapshot {
    const { offset, line } = this.#window;
    return { offset, line, header: this.#header, isStarted: this.#isStarted, isSkipping: this.#isSkipping };
  }

  restore(snapshot: ReaderSnapshot): void {
    this.#window.seek(snapshot.offset, snapshot.line);
    this.#header = snapshot.header;
    this.#isStarted = snapshot.isStarted;
    this.#isSkipping = snapshot.isSkipping;
    if (this.#isStarted) this.#csv?.bind(this.#writer, this.#header, 1);
  }

  /** Looks at the head of the file and reads the header line; `more` = records can be read. */
  #start(): ReadStatus {
    if (this.#isStarted) return 'more';
    const checked = this.#isHeadChecked ? 'more' : this.#checkHead();
    if (checked !== 'more') return checked;
    this.#isHeadChecked = true;
    const status = this.#readHeader();
    this.#isStarted = status === 'more';
    return status;
  }

  #checkHead(): ReadStatus {
    const window = this.#window;
    let status: ReadStatus = 'more';
    while (status === 'more' && window.length < HEAD_BYTES) status = this.#fill();
    if (status === 'waiting') return 'waiting';
    window.position += skipByteOrderMark(window.bytes, window.end);
    const { bytes, position, end } = window;
    const wrong = wrongKindOf(bytes, position, end, this.#options.format);
    if (wrong !== null) throw new FormatError(wrong, 1, rawText(bytes, position, Math.min(end, position + 200)));
    return 'more';
  }

  #readHeader(): ReadStatus {
    const csv = this.#csv;
    if (csv === null) return 'more';
    if (!this.#options.header) {
      csv.bind(this.#writer, null, 1);
      return 'more';
    }
    for (;;) {
      csv.skipBlankLines(this.#window);
      const line = this.#window.line;
      const header = this.#window.length === 0 ? null : csv.readHeader(this.#window);
      if (header !== null) {
        csv.bind(this.#writer, header, line);
        this.#header = header;
        return 'more';
      }
      const status = this.#fill();
      if (status !== 'more') return status;
    }
  }

  #fill(): ReadStatus {
    const filled = this.#window.fill();
    if (filled === 'filled') return 'more';
    return filled === 'waiting' ? 'waiting' : 'finished';
  }

  #flush(sink: RecordSink): number {
    const rowCount = this.#writer.rowCount;
    if (rowCount > 0) sink.batch(this.#writer.build());
    return rowCount;
  }

  /** Gives up the first line of a record that has no end, or null when the end may still come. */
  #refuseEndless(): Refusal | null {
    const window = this.#window;
    if (this.#isSkipping || window.length === 0) return null;
    if (!window.isClosed && window.length < MAX_RECORD_BYTES) return null;
    const next = window.bytes.indexOf(LINE_FEED, window.position) + 1;
    const isWholeLine = next > 0 && next <= window.end;
    const raw = rawText(window.bytes, window.position, isWholeLine ? next : window.end);
    const refusal = { line: window.line, reason: isWholeLine ? this.#lines.endlessReason : 'The line is longer than 4 MiB.', raw };
    if (isWholeLine) {
      window.position = next;
      window.line++;
    } else this.#isSkipping = true;
    return refusal;
  }

  #skipToLineEnd(): void {
    const window = this.#window;
    const next = window.length === 0 ? 0 : window.bytes.indexOf(LINE_FEED, window.position) + 1;
    this.#isSkipping = next === 0 || next > window.end;
    if (this.#isSkipping) window.position = window.end;
    else {
      window.position = next;
      window.line++;
    }
  }
}
