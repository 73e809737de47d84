import { decodeUtf8 } from './utf8.ts';

const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[], advice: string])[] = [
  ['a ZIP archive or an Excel workbook', [0x50, 0x4b, 0x03, 0x04], 'Unpack it, or save the sheet as CSV'],
  ['compressed with gzip', [0x1f, 0x8b], 'Unpack it'],
  ['compressed with Zstandard', [0x28, 0xb5, 0x2f, 0xfd], 'Unpack it'],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31], 'Set the format to Parquet'],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0], 'Save the sheet as CSV'],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46], 'Export its data as CSV'],
  ['encoded as UTF-16', [0xff, 0xfe], 'Save it as UTF-8'],
  ['encoded as UTF-16', [0xfe, 0xff], 'Save it as UTF-8'],
];

/**
 * Why a file that starts with `bytes[start, end)` cannot be of a format as a whole; null when it may well be. The sentence says what
 * the file seems to be, and what to do.
 */
export function wrongKindOf(bytes: Uint8Array, start: number, end: number, format: 'csv' | 'ndjson' | 'text'): string | null {
  const binary = notText(bytes, start, end);
  if (binary !== null || format === 'text') return binary;
  return format === 'csv' ? notCsv(bytes, start, end) : notNdjson(bytes, start, end);
}

export function notText(bytes: Uint8Array, start: number, end: number): string | null {
  for (const [name, signature, advice] of SIGNATURES) {
    if (end - start > signature.length && signature.every((byte, i) => bytes[start + i] === byte)) {
      return `The file is ${name}, not text. ${advice} and choose the file again.`;
    }
  }
  let controls = 0;
  const to = Math.min(end, start + 65_536);
  for (let i = start; i < to; i++) {
    const c = bytes[i] as number;
    if (c === 0) return 'The file is binary, not text: it holds zero bytes. Choose a CSV or NDJSON file in UTF-8.';
    if (c < 32 && c !== 9 && c !== 10 && c !== 13) controls++;
  }
  return controls * 20 > to - start ? 'The file is binary, not text. Choose a CSV or NDJSON file in UTF-8.' : null;
}

function headText(bytes: Uint8Array, start: number, end: number): string {
  return decodeUtf8(bytes, start, Math.min(end, start + 65_536));
}

function notCsv(bytes: Uint8Array, start: number, end: number): string | null {
  const text = headText(bytes, start, end).trimStart();
  if (isJsonArray(text)) {
    return 'The file is a JSON array, not CSV. Write one object per line (NDJSON), set the format to NDJSON and choose the file again.';
  }
  if (/^\{\s*"(?:[^"\\]|\\.)*"\s*:/.test(text)) return 'The file holds JSON objects, not CSV. Set the format to NDJSON.';
  if (/^<(?:\?xml|!doctype|html)/i.test(text)) return 'The file is an XML or HTML document, not CSV. Choose a CSV or NDJSON file.';
  return null;
}

function isJsonArray(text: string): boolean {
  return /^\[\s*(?:\{\s*["}]|\[|\])/.test(text);
}

function notNdjson(bytes: Uint8Array, start: number, end: number): string | null {
  const text = headText(bytes, start, end).trimStart();
  if (text === '') return null;
  if (isJsonArray(text))
    return 'The file is one JSON array, not NDJSON. Write one object per line, without brackets and commas between them.';
  if (/^\{\s*[\r\n]/.test(text)) return 'The file is one JSON document over several lines, not NDJSON. Write every object on one line.';
  if (/(?:^|\n)\s*\{/.test(text)) return null;
  return 'No line at the start of the file is a JSON object, so it is not NDJSON. If it is CSV, set the format to CSV.';
}
