import type { Schema } from '../batch/schema.ts';
import type { ByteWindow } from './byte-window.ts';
import { shown } from './column-writer.ts';
import type { ColumnWriter } from './column-writer.ts';
import { csvLoop } from './csv-loop.ts';
import { CSV_AFTER_QUOTE, CSV_INCOMPLETE, CsvRecord } from './csv-record.ts';
import { FormatError } from './format-error.ts';
import { rawText, STOP_LIMIT, STOP_REFUSED, STOP_STARVED } from './line-reader.ts';
import type { LineReader, Refusal, Stop } from './line-reader.ts';
import { LoopRunner } from './record-loop.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

export const CSV_DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * CSV (RFC 4180) straight from bytes to columns. `#plain` is the fast path, a loop generated for the columns of the file: records on one
 * line whose values look the way they should. It never reports anything: whatever it does not expect it leaves to `#readAny`, which is the
 * specification.
 */
export class CsvReader implements LineReader {
  readonly endlessReason = 'A quoted field starts here and its closing quote never comes.';
  readonly #delimiter: number;
  readonly #isGenerated: boolean;
  readonly #record = new CsvRecord();
  /** By column of the file; null = the schema does not have it. */
  #columns: (ColumnWriter | null)[] = [];
  /** Null while there are no columns, and when none of their records are plain. */
  #plain: LoopRunner | null = null;
  #widthIs = '';
  #refusal: Refusal = { line: 0, reason: '', raw: '' };

  /** @param isGenerated False where no code may be generated: the specification reads everything then. */
  constructor(delimiter: string, isGenerated: boolean) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#isGenerated = isGenerated;
  }

  get refusal(): Refusal {
    return this.#refusal;
  }

  skipBlankLines(window: ByteWindow): void {
    for (;;) {
      const next = skipBlankLine(window.bytes, window.position, window.end);
      if (next <= window.position) return;
      window.position = next;
      window.line++;
    }
  }

  /** The field names of the header line, or null while it is not whole. The window then stands behind it. */
  readHeader(window: ByteWindow): string[] | null {
    const { bytes, position, end, line } = window;
    const record = this.#record;
    const next = record.read(bytes, position, end, this.#delimiter);
    if (next === CSV_INCOMPLETE && !window.isClosed) return null;
    if (next < 0)
      throw new FormatError('The header line cannot be read: a quoted name is not closed.', line, rawText(bytes, position, end));
    const names: string[] = [];
    for (let k = 0; k < record.count; k++) names.push(decodeUtf8(record.source(k), record.start(k), record.end(k)).trim());
    window.position = next;
    window.line += record.lineCount;
    return names;
  }

  /** Which column of the file goes where. `header`: names in the file's order, or null when the columns are the schema's. */
  bind(writer: RecordWriter, header: readonly string[] | null, headerLine: number): void {
    if (header === null) this.#columns = [...writer.columns];
    else {
      checkHeader(writer.schema, header, headerLine);
      this.#columns = header.map((name) => writer.columnOf(name) ?? null);
    }
    const loop = this.#isGenerated ? csvLoop(this.#delimiter, this.#columns) : null;
    this.#plain = loop === null ? null : new LoopRunner(loop, this.#columns);
    this.#widthIs = header === null ? `the schema has ${fieldCount(this.#columns.length)}` : `the header has ${fieldCount(header.length)}`;
  }

  read(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): Stop {
    while (writer.rowCount < rowLimit && window.line < endLine) {
      this.#plain?.run(window, writer, rowLimit, endLine);
      if (writer.rowCount >= rowLimit || window.line >= endLine) break;
      const stop = this.#readAny(window, writer);
      if (stop !== STOP_LIMIT) return stop;
    }
    return STOP_LIMIT;
  }

  #readAny(window: ByteWindow, writer: RecordWriter): Stop {
    const { bytes, end, line } = window;
    const start = skipBlankLine(bytes, window.position, end);
    if (start < 0) return STOP_STARVED;
    if (start !== window.position) {
      window.position = start;
      window.line = line + 1;
      return STOP_LIMIT;
    }
    const record = this.#record;
    const next = record.read(bytes, start, end, this.#delimiter);
    if (next === CSV_INCOMPLETE) return STOP_STARVED;
    if (next === CSV_AFTER_QUOTE) return this.#refuseLine(window);
    const reason = this.#store(writer, record);
    if (reason === null) writer.lines[writer.rowCount++] = line;
    else {
      writer.clearRow(writer.rowCount);
      this.#refusal = { line, reason, raw: rawText(bytes, start, next) };
    }
    window.position = next;
    window.line = line + record.lineCount;
    return reason === null ? STOP_LIMIT : STOP_REFUSED;
  }

  #store(writer: RecordWriter, record: CsvRecord): string | null {
    const columns = this.#columns;
    if (record.count !== columns.length) return `The line has ${fieldCount(record.count)}, but ${this.#widthIs}.`;
    const row = writer.rowCount;
    for (let k = 0; k < columns.length; k++) {
      const column = columns[k];
      if (column === null || column === undefined) continue;
      const reason = column.setText(row, record.source(k), record.start(k), record.end(k), record.isQuoted(k));
      if (reason !== null) return reason;
    }
    return null;
  }

  /** After a stray quote nobody knows where the record ends, so only its first line is given up and reading goes on behind that. */
  #refuseLine(window: ByteWindow): Stop {
    const { bytes, position, end, line } = window;
    const next = bytes.indexOf(LINE_FEED, position) + 1;
    if (next === 0 || next > end) return STOP_STARVED;
    const k = this.#record.count;
    const name = this.#columns[k]?.field.name;
    const reason = `${name === undefined ? `Field ${k + 1}` : `Field "${name}"`} goes on after its closing quote. Quotes inside a quoted field must be doubled.`;
    this.#refusal = { line, reason, raw: rawText(bytes, position, next) };
    window.position = next;
    window.line = line + 1;
    return STOP_REFUSED;
  }
}

function fieldCount(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`;
}

function checkHeader(schema: Schema, header: readonly string[], line: number): void {
  const content = header.join(', ');
  for (const { name } of schema.fields) {
    const at = header.indexOf(name);
    if (at < 0) {
      throw new FormatError(
        `The file has no column "${name}". Its header names ${header.map(shown).join(', ')}. Correct the field's name, or remove it from the schema.`,
        line,
        content,
      );
    }
    if (header.indexOf(name, at + 1) >= 0) {
      throw new FormatError(`The header names the column "${name}" twice. Rename one of them in the file.`, line, content);
    }
  }
}

/** Position behind a line of nothing but spaces; `position` itself when the line is not blank; -1 when that cannot be told yet. */
export function skipBlankLine(bytes: Uint8Array, position: number, end: number): number {
  let i = position;
  while (i < end && (bytes[i] === SPACE || bytes[i] === CARRIAGE_RETURN)) i++;
  if (i >= end) return -1;
  return bytes[i] === LINE_FEED ? i + 1 : position;
}
