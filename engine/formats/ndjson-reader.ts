import type { ByteWindow } from './byte-window.ts';
import { shown } from './column-writer.ts';
import { skipBlankLine } from './csv-reader.ts';
import { isSameForm, learnForm, templateOf } from './json-template.ts';
import type { JsonTemplate } from './json-template.ts';
import { parsedOr } from './json-value.ts';
import { rawText, STOP_LIMIT, STOP_REFUSED, STOP_STARVED } from './line-reader.ts';
import type { LineReader, Refusal, Stop } from './line-reader.ts';
import type { RecordWriter } from './record-writer.ts';
import { decodeUtf8 } from './utf8.ts';

const LINE_FEED = 10;

/** Forms of lines that are remembered: a file in which some fields are optional has a few. */
const MAX_TEMPLATES = 8;
/** After so many lines of unknown form the remembered forms are of no use any more. Twice as many each time: to learn costs more than to read. */
const MAX_MISSES = 256;

/**
 * NDJSON straight from bytes to columns. The fast path are loops generated for lines whose keys stand as in a line seen before. They never
 * report anything: whatever they do not expect they leave to `#readAny`, `JSON.parse` of the line, which is the specification.
 */
export class NdjsonReader implements LineReader {
  readonly endlessReason = 'The line is longer than any record may be.';
  readonly #isGenerated: boolean;
  readonly #templates: JsonTemplate[] = [];
  #current = 0;
  #misses = 0;
  #maxMisses = MAX_MISSES;
  #refusal: Refusal = { line: 0, reason: '', raw: '' };

  /** @param isGenerated False where no code may be generated: the specification reads everything then. */
  constructor(isGenerated: boolean) {
    this.#isGenerated = isGenerated;
  }

  get refusal(): Refusal {
    return this.#refusal;
  }

  read(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): Stop {
    while (writer.rowCount < rowLimit && window.line < endLine) {
      if (this.#readKnownForms(window, writer, rowLimit, endLine)) continue;
      const stop = this.#readAny(window, writer);
      if (stop !== STOP_LIMIT) return stop;
    }
    return STOP_LIMIT;
  }

  /** Whether any record was read. */
  #readKnownForms(window: ByteWindow, writer: RecordWriter, rowLimit: number, endLine: number): boolean {
    const count = this.#templates.length;
    for (let k = 0; k < count; k++) {
      const at = (this.#current + k) % count;
      const before = writer.rowCount;
      (this.#templates[at] as JsonTemplate).loop.run(window, writer, rowLimit, endLine);
      if (writer.rowCount > before) {
        this.#current = at;
        return true;
      }
    }
    return false;
  }

  #readAny(window: ByteWindow, writer: RecordWriter): Stop {
    const { bytes, end, line } = window;
    const start = window.position;
    const lineEnd = start < end ? bytes.indexOf(LINE_FEED, start) : -1;
    if (lineEnd < 0 || lineEnd >= end) return STOP_STARVED;
    window.position = lineEnd + 1;
    window.line = line + 1;
    if (skipBlankLine(bytes, start, end) !== start) return STOP_LIMIT;
    const reason = storeJson(writer, decodeUtf8(bytes, start, lineEnd));
    if (reason !== null) {
      writer.clearRow(writer.rowCount);
      this.#refusal = { line, reason, raw: rawText(bytes, start, lineEnd) };
      return STOP_REFUSED;
    }
    writer.lines[writer.rowCount++] = line;
    if (this.#isGenerated) this.#learn(bytes, start, writer);
    return STOP_LIMIT;
  }

  #learn(bytes: Uint8Array, start: number, writer: RecordWriter): void {
    if (this.#templates.length === MAX_TEMPLATES) {
      if (++this.#misses < this.#maxMisses) return;
      this.#maxMisses *= 2;
      this.#templates.length = 0;
      this.#misses = 0;
    }
    const form = learnForm(bytes, start, writer);
    if (form === null || this.#templates.some((known) => isSameForm(known, form))) return;
    this.#current = this.#templates.push(templateOf(form)) - 1;
  }
}

/** Stores the record of a line in the writer's next row. Returns null, or why it was refused. */
function storeJson(writer: RecordWriter, text: string): string | null {
  const value = parsedOr(text, undefined);
  if (value === undefined) return 'The line is not valid JSON.';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `The line is not a JSON object, but ${shown(value)}.`;
  for (const column of writer.columns) {
    const name = column.field.name;
    // A record may lack a field that every object inherits, such as "constructor".
    const member = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    const reason = column.setValue(writer.rowCount, member);
    if (reason !== null) return reason;
  }
  return null;
}
