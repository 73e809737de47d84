import type { ByteWindow } from './byte-window.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

/** Why a reader stopped. */
export const STOP_LIMIT = 0;
/** The next record is not whole in the window. */
export const STOP_STARVED = 1;
/** One record was refused; `refusal` tells which. The window stands behind it. */
export const STOP_REFUSED = 2;
export type Stop = typeof STOP_LIMIT | typeof STOP_STARVED | typeof STOP_REFUSED;

export interface Refusal {
  /** Physical line on which the record starts. */
  readonly line: number;
  /** A sentence; names the field where there is one. */
  readonly reason: string;
  /** The text of the record, at most 500 characters. */
  readonly raw: string;
}

/** Reads the records of one format from a window into a writer. */
export interface LineReader {
  /** Reads until the writer holds `rowLimit` rows, or the next record starts on a line at or beyond `endLine`. */
  read(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): Stop;
  readonly refusal: Refusal;
  /** Why a record that never becomes whole is refused. */
  readonly endlessReason: string;
}

const MAX_RAW = 500;

/** The text of `bytes[start, end)` without line end, shortened for people. */
export function rawText(bytes: Uint8Array, start: number, end: number): string {
  // No character takes more than 4 bytes, and one cut in half at the end is cut off with the rest.
  const text = decodeUtf8(bytes, start, Math.min(end, start + MAX_RAW * 4 + 4)).replace(/\r?\n$/, '');
  if (text.length <= MAX_RAW) return text;
  return `${text.slice(0, MAX_RAW - 1)}…`;
}
