import type { ByteWindow } from './byte-window.ts';
import type { ColumnWriter } from './column-writer.ts';
import { STOP_LIMIT, STOP_STARVED } from './line-reader.ts';
import type { LineReader, Refusal, Stop } from './line-reader.ts';
import type { RecordWriter } from './record-writer.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Every line is a record with one field, its text without the line end (Flink: `TextLineInputFormat`). Empty lines are records, too. */
export class TextReader implements LineReader {
  readonly endlessReason = 'The line is longer than any record may be.';
  /** A line of text is never refused. */
  readonly refusal: Refusal = { line: 0, reason: '', raw: '' };

  read(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): Stop {
    const { bytes, end } = window;
    const column = writer.columns[0] as ColumnWriter;
    while (writer.rowCount < rowLimit && window.line < endLine) {
      const start = window.position;
      const lineEnd = start < end ? bytes.indexOf(LINE_FEED, start) : -1;
      if (lineEnd < 0 || lineEnd >= end) return STOP_STARVED;
      const textEnd = lineEnd > start && bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
      column.codes[writer.rowCount] = column.interner.intern(bytes, start, textEnd);
      writer.lines[writer.rowCount++] = window.line++;
      window.position = lineEnd + 1;
    }
    return STOP_LIMIT;
  }
}
