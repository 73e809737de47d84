import { FormatError } from './format-error.ts';
import { inferCsv } from './infer-csv.ts';
import { inferNdjson } from './infer-ndjson.ts';
import type { InferredData } from './inferred-data.ts';
import { rawText } from './line-reader.ts';
import { decodeUtf8, skipByteOrderMark } from './utf8.ts';
import { notText, wrongKindOf } from './wrong-kind.ts';

const LINE_FEED = 10;

/**
 * Guesses format, delimiter, header and field types from the first bytes of a file. `isWhole`: they are all of it; otherwise the last,
 * cut line is not looked at.
 * @throws FormatError when the file can be neither CSV nor NDJSON.
 */
export function inferData(head: Uint8Array, fileName: string, isWhole: boolean): InferredData {
  const start = skipByteOrderMark(head, head.length);
  const binary = notText(head, start, head.length);
  if (binary !== null) throw new FormatError(binary, 1, '');
  const bytes = wholeLines(head, isWhole);
  const text = decodeUtf8(bytes, start, bytes.length);
  const format = looksLikeNdjson(text, fileName) ? 'ndjson' : 'csv';
  const wrong = wrongKindOf(bytes, start, bytes.length, format);
  if (wrong !== null) throw new FormatError(wrong, 1, rawText(bytes, start, Math.min(bytes.length, start + 200)));
  if (format === 'csv') return inferCsv(bytes, start, bytes.length, fileName);
  const inferred = inferNdjson(text);
  return text.trim() === '' ? { ...inferred, notes: ['The file is empty.'] } : inferred;
}

/** The head up to its last line end; a whole file gets the one that may be missing. */
function wholeLines(head: Uint8Array, isWhole: boolean): Uint8Array {
  const end = head.lastIndexOf(LINE_FEED) + 1;
  if (end === head.length || (!isWhole && end > 0)) return head.subarray(0, end);
  const closed = new Uint8Array(head.length + 1);
  closed.set(head);
  closed[head.length] = LINE_FEED;
  return closed;
}

function looksLikeNdjson(text: string, fileName: string): boolean {
  const first = text.trimStart();
  if (first === '') return /\.(?:ndjson|jsonl|json)$/i.test(fileName);
  return first.startsWith('{') || (/\.(?:ndjson|jsonl)$/i.test(fileName) && !first.startsWith('['));
}
