import type { Outcome, PreparedSuite, Requirement, Suite, SuiteOptions, Variant } from '../harness/suite.ts';
import { generateText } from './generated-text.ts';
import { inPapaparse, inUdsv, lineByLine, millraceReads, touched } from './parsers.ts';

const TOUCHED = 'CSV: touch every byte';
const CSV = 'Millrace, CSV to columns';
const UDSV = 'udsv, arrays of strings and Number()';
const PAPAPARSE = 'papaparse, arrays and Number()';
const JSON_PARSE = 'NDJSON: JSON.parse per line';
const NDJSON = 'Millrace, NDJSON to columns';

const REQUIREMENTS: readonly Requirement[] = [
  { variant: CSV, of: TOUCHED, require: 0.25, goal: 0.5 },
  { variant: CSV, of: UDSV, require: 3, goal: 6 },
  { variant: CSV, of: PAPAPARSE, require: 6, goal: 14 },
  { variant: NDJSON, of: JSON_PARSE, require: 2.2, goal: 3 },
];

const FULL = { records: 1_000_000, repetitions: 7 };
const QUICK = { records: 200_000, repetitions: 3 };

export const suite: Suite = { name: 'parse', title: 'text to columns', prepare };

async function prepare({ quick }: SuiteOptions): Promise<PreparedSuite> {
  const { records, repetitions } = quick ? QUICK : FULL;
  const { csv, ndjson } = generateText(records);
  const ofCsv = (name: string, run: () => Outcome | null): Variant => ({ name, group: 'CSV', records, run });
  const ofNdjson = (name: string, run: () => Outcome): Variant => ({ name, group: 'NDJSON', records, run });
  return {
    description: `${records / 1e6} M records of three fields: ${megabytes(csv)} MB of CSV, ${megabytes(ndjson)} MB of NDJSON, in chunks of 1 MiB`,
    repetitions,
    variants: [
      ofCsv(TOUCHED, () => touched(csv)),
      ofCsv(CSV, () => millraceReads(csv, 'csv')),
      ofCsv(UDSV, () => inUdsv(csv)),
      ofCsv(PAPAPARSE, () => inPapaparse(csv)),
      ofNdjson(JSON_PARSE, () => lineByLine(ndjson)),
      ofNdjson(NDJSON, () => millraceReads(ndjson, 'ndjson')),
    ],
    requirements: REQUIREMENTS,
  };
}

function megabytes(chunks: readonly Uint8Array[]): number {
  return Math.round(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 1e6);
}
