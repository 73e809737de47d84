import { SeededRandom } from '../../engine/util/random.ts';

const SENSOR_COUNT = 10_000;
const CHUNK_BYTES = 1 << 20;
export const FIRST_TIMESTAMP = 1_700_000_000_000;

/** Readings as text, in chunks as a file gives them, but cut at line ends: other parsers need it so. */
export function generateText(recordCount: number): { readonly csv: readonly Uint8Array[]; readonly ndjson: readonly Uint8Array[] } {
  const csvLines: string[] = [];
  const jsonLines: string[] = [];
  const random = new SeededRandom(1);
  for (let n = 0; n < recordCount; n++) {
    const id = `sensor_${random.nextInt(SENSOR_COUNT)}`;
    const temperature = Math.round(random.next() * 4000) / 100;
    csvLines.push(`${id},${FIRST_TIMESTAMP + n * 100},${temperature}\n`);
    jsonLines.push(`{"id":"${id}","timestamp":${FIRST_TIMESTAMP + n * 100},"temperature":${temperature}}\n`);
  }
  return { csv: chunksOf(csvLines), ndjson: chunksOf(jsonLines) };
}

function chunksOf(lines: readonly string[]): Uint8Array[] {
  const bytes = new TextEncoder().encode(lines.join(''));
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.lastIndexOf(10, Math.min(bytes.length, at + CHUNK_BYTES) - 1) + 1;
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}
