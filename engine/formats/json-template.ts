import type { ColumnWriter } from './column-writer.ts';
import { READ_NOTHING } from './column-writer.ts';
import { jsonValueEnd, skipJsonSpace } from './json-scan.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * The bytes of a JSON line that lie between its values. Files repeat them line by line, so that a reader which finds them again knows which
 * key every value belongs to without looking at keys at all.
 */
export class JsonTemplate {
  /** What precedes value k is `literal[bounds[k], bounds[k + 1])`; the last piece follows the last value. */
  readonly literal: Uint8Array;
  /** The same bytes, for comparing several at once. */
  readonly literalWords: DataView;
  readonly bounds: Int32Array;
  /** By value; null = the schema has no such field. */
  readonly columns: readonly (ColumnWriter | null)[];
  readonly readings: Uint8Array;
  /** Nullable fields that lines of this form do not have. */
  readonly missing: readonly ColumnWriter[];

  constructor(pieces: readonly Uint8Array[], columns: readonly (ColumnWriter | null)[], missing: readonly ColumnWriter[]) {
    this.bounds = new Int32Array(pieces.length + 1);
    pieces.forEach((piece, k) => {
      this.bounds[k + 1] = (this.bounds[k] as number) + piece.length;
    });
    const literal = new Uint8Array(this.bounds[pieces.length] as number);
    this.literal = literal;
    this.literalWords = new DataView(literal.buffer);
    pieces.forEach((piece, k) => literal.set(piece, this.bounds[k]));
    this.columns = columns;
    this.readings = Uint8Array.from(columns, (column) => column?.reading ?? READ_NOTHING);
    this.missing = missing;
  }

  hasLiteralOf(other: JsonTemplate): boolean {
    if (this.literal.length !== other.literal.length || this.bounds.length !== other.bounds.length) return false;
    return this.literal.every((byte, i) => byte === other.literal[i]) && this.bounds.every((bound, k) => bound === other.bounds[k]);
  }
}

/** The template of a line that holds a valid JSON object and ends with a line feed; null when it has no use (no keys, or one twice). */
export function learnTemplate(bytes: Uint8Array, start: number, writer: RecordWriter): JsonTemplate | null {
  const pieces: Uint8Array[] = [];
  const columns: (ColumnWriter | null)[] = [];
  const keys = new Set<string>();
  let pieceStart = start;
  let i = skipJsonSpace(bytes, start) + 1;
  for (;;) {
    i = skipJsonSpace(bytes, i);
    if (bytes[i] !== 34) return null;
    const keyEnd = jsonValueEnd(bytes, i);
    const key = JSON.parse(decodeUtf8(bytes, i, keyEnd)) as string;
    if (keys.has(key)) return null;
    keys.add(key);
    columns.push(writer.columnOf(key) ?? null);
    const valueStart = skipJsonSpace(bytes, skipJsonSpace(bytes, keyEnd) + 1);
    pieces.push(bytes.slice(pieceStart, valueStart));
    pieceStart = jsonValueEnd(bytes, valueStart);
    i = skipJsonSpace(bytes, pieceStart);
    if (bytes[i] === 125) break;
    i++;
  }
  pieces.push(bytes.slice(pieceStart, i + 1));
  const missing = writer.columns.filter((column) => !keys.has(column.field.name));
  // Such lines are refused, and it is the general path that says why.
  if (missing.some((column) => !column.isNullable)) return null;
  return new JsonTemplate(pieces, columns, missing);
}
