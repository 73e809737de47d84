import Papa from 'papaparse';
import { inferSchema, initParser } from 'udsv';
import type { Batch } from '../../engine/batch/batch.ts';
import type { Schema } from '../../engine/batch/schema.ts';
import { RecordReader } from '../../engine/formats/record-reader.ts';
import type { Outcome } from '../harness/suite.ts';
import { FIRST_TIMESTAMP } from './generated-text.ts';

type Chunks = readonly Uint8Array[];

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ],
};
const HEADER = 'id,timestamp,temperature\n';

const decoder = new TextDecoder();

/** What reading the bytes costs, and nothing else: there is nothing to compare. */
export function touched(chunks: Chunks): null {
  let total = 0;
  for (const chunk of chunks) {
    let sum = 0;
    for (let i = 0; i < chunk.length; i++) sum += chunk[i] as number;
    total += sum;
  }
  if (total === 0) throw new Error('the bytes are not zero');
  return null;
}

export function millraceReads(chunks: Chunks, format: 'csv' | 'ndjson'): Outcome {
  let at = 0;
  const source = {
    next: () => chunks[at++] ?? null,
    get isEnded() {
      return at >= chunks.length;
    },
    seek: () => {},
  };
  const reader = new RecordReader(source, { format, delimiter: ',', header: false, schema: SCHEMA, sourceIndex: 0, isOrdered: false });
  let rows = 0;
  let times = 0;
  let temperatures = 0;
  const sink = {
    batch: ({ columns, rowCount, lease }: Batch) => {
      const timestampValues = columns[1]?.f64 as Float64Array;
      const temperatureValues = columns[2]?.f64 as Float64Array;
      rows += rowCount;
      for (let i = 0; i < rowCount; i++) {
        times += (timestampValues[i] as number) - FIRST_TIMESTAMP;
        temperatures += temperatureValues[i] as number;
      }
      // As an operator does that keeps nothing of a batch.
      lease?.release();
    },
    malformed: () => {
      throw new Error('the generated file has no malformed line');
    },
  };
  const limit = { endPosition: Number.POSITIVE_INFINITY, maxRecords: Number.POSITIVE_INFINITY };
  while (reader.read(limit, sink) !== 'finished');
  return { rows, times, temperatures };
}

export function inUdsv(chunks: Chunks): Outcome {
  const schema = inferSchema(HEADER + decoder.decode((chunks[0] as Uint8Array).subarray(0, 2000)));
  // It takes the first line of what it is given for the header.
  return addedUp(chunks, (text) => initParser(schema).stringArrs(HEADER + text));
}

export function inPapaparse(chunks: Chunks): Outcome {
  return addedUp(chunks, (text) => Papa.parse<string[]>(text, { delimiter: ',', newline: '\n', skipEmptyLines: true }).data);
}

function addedUp(chunks: Chunks, parse: (text: string) => readonly string[][]): Outcome {
  let rows = 0;
  let times = 0;
  let temperatures = 0;
  for (const chunk of chunks) {
    const parsed = parse(decoder.decode(chunk));
    rows += parsed.length;
    for (const row of parsed) {
      times += Number(row[1]) - FIRST_TIMESTAMP;
      temperatures += Number(row[2]);
    }
  }
  return { rows, times, temperatures };
}

export function lineByLine(chunks: Chunks): Outcome {
  let rows = 0;
  let times = 0;
  let temperatures = 0;
  for (const chunk of chunks) {
    const lines = decoder.decode(chunk).split('\n');
    for (let i = 0; i < lines.length - 1; i++) {
      const record = JSON.parse(lines[i] as string) as { readonly timestamp: number; readonly temperature: number };
      rows++;
      times += record.timestamp - FIRST_TIMESTAMP;
      temperatures += record.temperature;
    }
  }
  return { rows, times, temperatures };
}
