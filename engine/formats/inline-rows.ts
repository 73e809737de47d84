import type { Field, Schema } from '../batch/schema.ts';
import type { ByteSource } from './byte-window.ts';
import { FormatError } from './format-error.ts';
import { inferCsv } from './infer-csv.ts';
import { inferNdjson } from './infer-ndjson.ts';
import { RecordReader } from './record-reader.ts';
import type { RecordFormat } from './record-reader.ts';
import { encodeUtf8 } from './utf8.ts';

/** Rows that somebody typed in, as a file that the readers of files can read. Its line n is row n (JSON) or line n of the text (CSV). */
export interface InlineRows {
  readonly bytes: Uint8Array;
  readonly format: RecordFormat;
  /** What the rows look like. */
  readonly fields: readonly Field[];
}

/** @throws FormatError when the text is not JSON; its line is that of the text. */
export function inlineRows(text: string, format: 'json' | 'csv'): InlineRows {
  if (format === 'csv') {
    const bytes = encodeUtf8(text.endsWith('\n') ? text : `${text}\n`);
    const { delimiter, header, fields } = inferCsv(bytes, 0, bytes.length, '');
    return { bytes, format: { format, delimiter, header }, fields };
  }
  const ndjson = elementsOf(text)
    .map((element) => `${JSON.stringify(asRecord(element))}\n`)
    .join('');
  const { fields } = inferNdjson(ndjson);
  return { bytes: encodeUtf8(ndjson), format: { format: 'ndjson', delimiter: ',', header: false }, fields };
}

/** One JSON array of elements, or one element per line. */
function elementsOf(text: string): readonly unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) return Array.isArray(whole) ? (whole as unknown[]) : [whole];
  if (text.trimStart().startsWith('['))
    throw new FormatError('This is not a JSON array. Check brackets, commas and quotes.', 1, text.slice(0, 200));
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const element = parsed(line);
    if (element !== undefined) return [element];
    const message = `Line ${i + 1} is not valid JSON. Write one JSON value per line, for example {"id": "a", "value": 1}, or one array of them.`;
    throw new FormatError(message, i + 1, line.slice(0, 200));
  });
}

/** JSON never yields `undefined`, so it says "not JSON". */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A plain value becomes a record with one field. */
function asRecord(element: unknown): unknown {
  return typeof element === 'object' && element !== null && !Array.isArray(element) ? element : { value: element };
}

/** Why the first row that does not fit the schema does not; null when all do. Reads everything. */
export function firstMisfit(rows: InlineRows, schema: Schema): string | null {
  const options = { ...rows.format, schema, sourceIndex: 0, isOrdered: false, generatesCode: false };
  const reader = new RecordReader(new InlineBytes(rows.bytes), options);
  const misfits: string[] = [];
  const what = rows.format.format === 'csv' ? 'Line' : 'Row';
  const sink = {
    batch: (): void => undefined,
    malformed: ({ line, reason }: { readonly line: number; readonly reason: string }): void => {
      misfits.push(`${what} ${line}: ${reason}`);
    },
  };
  try {
    const everything = { endPosition: Number.POSITIVE_INFINITY, maxRecords: Number.POSITIVE_INFINITY };
    while (misfits.length === 0 && reader.read(everything, sink) !== 'finished');
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  return misfits[0] ?? null;
}

/** Bytes that are all here. */
export class InlineBytes implements ByteSource {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEnded(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  next(): Uint8Array | null {
    if (this.isEnded) return null;
    // The reader owns what it gets.
    const rest = this.#bytes.slice(this.#offset);
    this.#offset = this.#bytes.length;
    return rest;
  }

  seek(offset: number): void {
    this.#offset = offset;
  }
}
