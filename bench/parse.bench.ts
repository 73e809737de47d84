import Papa from 'papaparse';
import { inferSchema, initParser } from 'udsv';
import type { Batch } from '../engine/batch/batch.ts';
import type { Schema } from '../engine/batch/schema.ts';
import { RecordReader } from '../engine/formats/record-reader.ts';
import type { RecordFormat } from '../engine/formats/record-reader.ts';
import { SeededRandom } from '../engine/util/random.ts';

export interface BenchRow {
  readonly suite: string;
  readonly name: string;
  readonly perSecond: number;
  readonly unit: string;
  readonly ratio: number;
  readonly ratioTo: string;
}

interface Variant {
  readonly name: string;
  /** Returns a checksum: nothing that was parsed may be optimised away, and all variants of a suite must agree. */
  readonly run: () => number | null;
}

const RECORD_COUNT = 400_000;
const SENSOR_COUNT = 10_000;
const CHUNK_BYTES = 1 << 20;
/** The first repetition warms up and is dropped. */
const REPETITIONS = 6;
const FIRST_TIMESTAMP = 1_700_000_000_000;
const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'timestamp', type: 'timestamp' },
    { name: 'temperature', type: 'double' },
  ],
};

/** Parsing speed: against touching every byte, and against the parsers people would use instead. */
export async function run(): Promise<BenchRow[]> {
  const csvLines: string[] = [];
  const jsonLines: string[] = [];
  const random = new SeededRandom(1);
  for (let n = 0; n < RECORD_COUNT; n++) {
    const id = `sensor_${random.nextInt(SENSOR_COUNT)}`;
    const temperature = Math.round(random.next() * 4000) / 100;
    csvLines.push(`${id},${FIRST_TIMESTAMP + n * 100},${temperature}\n`);
    jsonLines.push(`{"id":"${id}","timestamp":${FIRST_TIMESTAMP + n * 100},"temperature":${temperature}}\n`);
  }
  return [...csvSuite(chunksOf(csvLines)), ...ndjsonSuite(chunksOf(jsonLines))];
}

function csvSuite(chunks: readonly Uint8Array[]): BenchRow[] {
  const decoder = new TextDecoder();
  return measured('parse CSV', chunks, [
    { name: 'touch every byte', run: () => touched(chunks) },
    { name: 'Millrace: CSV to columns', run: () => parsed(chunks, { format: 'csv', delimiter: ',', header: false }) },
    {
      name: 'udsv: arrays of strings, and Number()',
      run: () => {
        const schema = inferSchema(`id,timestamp,temperature\n${decoder.decode((chunks[0] as Uint8Array).subarray(0, 2000))}`);
        // It takes the first line of what it is given for the header, hence one line less per chunk and no checksum.
        for (const chunk of chunks) {
          let sum = 0;
          for (const row of initParser(schema).stringArrs(decoder.decode(chunk)) as string[][]) sum += Number(row[1]) + Number(row[2]);
          if (Number.isNaN(sum)) throw new Error('udsv read something that is no number');
        }
        return null;
      },
    },
    {
      name: 'papaparse: arrays, and Number()',
      run: () => {
        let sum = 0;
        for (const chunk of chunks) {
          const { data } = Papa.parse<string[]>(decoder.decode(chunk), { delimiter: ',', newline: '\n', skipEmptyLines: true });
          for (const row of data) sum += Number(row[1]) - FIRST_TIMESTAMP + Number(row[2]);
        }
        return sum;
      },
    },
  ]);
}

function ndjsonSuite(chunks: readonly Uint8Array[]): BenchRow[] {
  const decoder = new TextDecoder();
  return measured('parse NDJSON', chunks, [
    {
      name: 'JSON.parse per line',
      run: () => {
        let sum = 0;
        for (const chunk of chunks) {
          const lines = decoder.decode(chunk).split('\n');
          for (let i = 0; i < lines.length - 1; i++) {
            const record = JSON.parse(lines[i] as string) as { readonly timestamp: number; readonly temperature: number };
            sum += record.timestamp - FIRST_TIMESTAMP + record.temperature;
          }
        }
        return sum;
      },
    },
    { name: 'Millrace: NDJSON to columns', run: () => parsed(chunks, { format: 'ndjson', delimiter: ',', header: false }) },
  ]);
}

function touched(chunks: readonly Uint8Array[]): null {
  let total = 0;
  for (const chunk of chunks) {
    let sum = 0;
    for (let i = 0; i < chunk.length; i++) sum += chunk[i] as number;
    total += sum;
  }
  if (total === 0) throw new Error('the bytes are not zero');
  return null;
}

function parsed(chunks: readonly Uint8Array[], format: RecordFormat): number {
  let at = 0;
  const source = {
    next: () => chunks[at++] ?? null,
    get isEnded() {
      return at >= chunks.length;
    },
    seek: () => {},
  };
  const reader = new RecordReader(source, { ...format, schema: SCHEMA, sourceIndex: 0, isOrdered: false });
  let sum = 0;
  const sink = {
    batch: (batch: Batch) => {
      const timestamps = batch.columns[1]?.f64 as Float64Array;
      const temperatures = batch.columns[2]?.f64 as Float64Array;
      for (let i = 0; i < batch.rowCount; i++) sum += (timestamps[i] as number) - FIRST_TIMESTAMP + (temperatures[i] as number);
    },
    malformed: () => {
      throw new Error('the generated file has no malformed line');
    },
  };
  const limit = { endPosition: Number.POSITIVE_INFINITY, maxRecords: Number.POSITIVE_INFINITY };
  while (reader.read(limit, sink) !== 'finished');
  return sum;
}

/** Variants take turns, so that whatever else the machine does hits all of them. Ratios are to the first variant. */
function measured(suite: string, chunks: readonly Uint8Array[], variants: readonly Variant[]): BenchRow[] {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const times = variants.map(() => [] as number[]);
  let expected: number | null = null;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (let k = 0; k < variants.length; k++) {
      const index = (k + repetition) % variants.length;
      const variant = variants[index] as Variant;
      const start = performance.now();
      const checksum = variant.run();
      const seconds = (performance.now() - start) / 1000;
      if (repetition > 0) times[index]?.push(seconds);
      expected ??= checksum;
      if (checksum !== null && checksum !== expected) throw new Error(`${suite}: "${variant.name}" read other values than the others`);
    }
  }
  const base = times[0] as number[];
  return variants.map((variant, index) => {
    const own = times[index] as number[];
    return {
      suite,
      name: variant.name,
      perSecond: bytes / 1e6 / median(own),
      unit: 'MB/s',
      ratio: median(own.map((seconds, i) => (base[i] as number) / seconds)),
      ratioTo: (variants[0] as Variant).name,
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

function chunksOf(lines: readonly string[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(lines.join(''));
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    // Cut at line ends, as the other parsers need it.
    const end = bytes.lastIndexOf(10, Math.min(bytes.length, at + CHUNK_BYTES) - 1) + 1;
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}
