import type { ColumnWriter } from './column-writer.ts';
import { jsonLoop } from './json-loop.ts';
import { jsonValueEnd, skipJsonSpace } from './json-scan.ts';
import { LoopRunner } from './record-loop.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * The bytes of a JSON line that lie between its values. Files repeat them line by line, so that a reader which finds them again knows which
 * key every value belongs to without looking at keys at all.
 */
export interface JsonForm {
  /** What precedes each value, and what follows the last one. */
  readonly literals: readonly Uint8Array[];
  /** By value; null = the schema has no such field. */
  readonly values: readonly (ColumnWriter | null)[];
  /** Nullable fields that lines of this form do not have. */
  readonly missing: readonly ColumnWriter[];
}

/** Reads lines of one form. */
export interface JsonTemplate extends JsonForm {
  readonly loop: LoopRunner;
}

export function templateOf(form: JsonForm): JsonTemplate {
  const { literals, values, missing } = form;
  return { ...form, loop: new LoopRunner(jsonLoop(literals, values, missing), [...values, null, ...missing]) };
}

export function isSameForm(a: JsonForm, b: JsonForm): boolean {
  if (a.literals.length !== b.literals.length) return false;
  return a.literals.every((literal, k) => {
    const other = b.literals[k] as Uint8Array;
    return literal.length === other.length && literal.every((byte, i) => byte === other[i]);
  });
}

/** The form of a line that holds a valid JSON object and ends with a line feed; null when it has no use (no keys, or one twice). */
export function learnForm(bytes: Uint8Array, start: number, writer: RecordWriter): JsonForm | null {
  const literals: Uint8Array[] = [];
  const values: (ColumnWriter | null)[] = [];
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
    values.push(writer.columnOf(key) ?? null);
    const valueStart = skipJsonSpace(bytes, skipJsonSpace(bytes, keyEnd) + 1);
    literals.push(bytes.slice(pieceStart, valueStart));
    pieceStart = jsonValueEnd(bytes, valueStart);
    i = skipJsonSpace(bytes, pieceStart);
    if (bytes[i] === 125) break;
    i++;
  }
  literals.push(bytes.slice(pieceStart, i + 1));
  const missing = writer.columns.filter((column) => !keys.has(column.field.name));
  // Such lines are refused, and it is the general path that says why.
  if (missing.some((column) => !column.isNullable)) return null;
  return { literals, values, missing };
}
