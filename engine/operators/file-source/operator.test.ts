import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import { MemoryByteInput } from '../../testing/memory-byte-input.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { fileSource } from './definition.ts';

const SCHEMA = [
  { name: 'id', type: 'string' },
  { name: 'temperature', type: 'double' },
];
const TEXT = 'id,temperature\na,1\nb,warm\nc,3\n';

async function opened(
  content: string | Uint8Array,
  config: Record<string, unknown> = {},
  place: { parallelism?: number; subtaskIndex?: number } = {},
) {
  const data = { file: new MemoryByteInput(typeof content === 'string' ? new TextEncoder().encode(content) : content) };
  return new OperatorTestHarness({ definition: fileSource, config: { data: 'file', schema: SCHEMA, ...config }, data, ...place }).open();
}

function values(harness: Awaited<ReturnType<typeof opened>>): [string, Row][] {
  return harness.drain().flatMap((emitted): [string, Row][] => (emitted.kind === 'record' ? [[emitted.port, emitted.value]] : []));
}

describe('malformed lines', () => {
  const reason = 'Field "temperature" is declared double, but the value is "warm".';

  test('are skipped and reported', async () => {
    const source = await opened(TEXT);
    expect([source.poll(), values(source)]).toEqual([
      'finished',
      [
        ['out', { id: 'a', temperature: 1 }],
        ['out', { id: 'c', temperature: 3 }],
      ],
    ]);
    expect(source.problems).toEqual([{ kind: 'malformed', position: 3, reason, content: 'b,warm' }]);
  });

  test('go to the side output, in order', async () => {
    const source = await opened(TEXT, { onMalformed: 'side-output' });
    source.poll();
    expect(values(source)).toEqual([
      ['out', { id: 'a', temperature: 1 }],
      ['malformed', { line: 3, reason, raw: 'b,warm' }],
      ['out', { id: 'c', temperature: 3 }],
    ]);
    expect(source.problems).toEqual([{ kind: 'malformed', position: 3, reason, content: 'b,warm' }]);
  });

  test('fail the job, after what came before them', async () => {
    const source = await opened(TEXT, { onMalformed: 'fail' });
    expect(() => source.poll()).toThrow(`Line 3 is malformed. ${reason}`);
    expect(values(source)).toEqual([['out', { id: 'a', temperature: 1 }]]);
  });
});

test('a file that cannot be read as what it was said to be fails the job', async () => {
  const json = await opened('[{"id":"a","temperature":1}]');
  expect(() => json.poll()).toThrow('The file is a JSON array, not CSV.');
  const other = await opened('name,temperature\na,1\n');
  expect(() => other.poll()).toThrow('The file has no column "id". Its header names "name", "temperature".');
});

test('what is wrong with a whole file names it, unless its node has that name', async () => {
  const zip = new TextEncoder().encode('PK\u0003\u0004 and more');
  const data = { file: new MemoryByteInput(zip, [64], 'march.csv') };
  const source = await new OperatorTestHarness({ definition: fileSource, config: { data: 'file', schema: SCHEMA }, data }).open();
  expect(() => source.poll()).toThrow('march.csv: The file is a ZIP archive');
});

test('the lines of a text are records of one field, empty ones too', async () => {
  const source = await opened('\ufeffTo be,\r\nor not to be\n\n{"that"}', { format: 'text', schema: [], onMalformed: 'side-output' });
  expect([source.poll({ maxRecords: 2 }), source.poll(), source.problems]).toEqual(['more', 'finished', []]);
  expect(values(source)).toEqual(['To be,', 'or not to be', '', '{"that"}'].map((line) => ['out', { line }]));
});

test('a binary file is no text', async () => {
  const source = await opened('PK\u0003\u0004 and more', { format: 'text' });
  expect(() => source.poll()).toThrow('The file is a ZIP archive');
});

test('an empty file is a stream without records', async () => {
  const source = await opened('');
  expect([source.poll(), values(source), source.problems]).toEqual(['finished', [], []]);
});

test('only the first subtask reads', async () => {
  const first = await opened(TEXT, {}, { parallelism: 2, subtaskIndex: 0 });
  const second = await opened(TEXT, {}, { parallelism: 2, subtaskIndex: 1 });
  expect([first.poll(), second.poll(), values(first).length, values(second).length]).toEqual(['finished', 'finished', 2, 0]);
  expect(first.source.progress).toEqual({ done: TEXT.length, total: TEXT.length, unit: 'bytes' });
  expect(second.source.progress).toEqual({ done: 0, total: 0, unit: 'bytes' });
});

describe('Parquet', () => {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ['a', null, 'c'], type: 'STRING' },
        { name: 'temperature', data: [1, 2, 3], type: 'DOUBLE', nullable: false },
      ],
      rowGroupSize: 2,
    }),
  );
  const reason = 'Field "id" is declared string, but it is null. Declare it nullable to allow that.';
  const raw = '{"id":null,"temperature":2}';

  test('rows are records, and a row that does not fit goes to the side output', async () => {
    const source = await opened(bytes, { format: 'parquet', onMalformed: 'side-output' });
    expect([source.poll({ maxRecords: 1 }), source.poll()]).toEqual(['more', 'finished']);
    expect(values(source)).toEqual([
      ['out', { id: 'a', temperature: 1 }],
      ['malformed', { line: 2, reason, raw }],
      ['out', { id: 'c', temperature: 3 }],
    ]);
    expect(source.problems).toEqual([{ kind: 'malformed', position: 2, reason, content: raw }]);
    expect(source.source.progress).toEqual({ done: bytes.length, total: bytes.length, unit: 'bytes' });
  });

  test('a row may fail the job', async () => {
    const source = await opened(bytes, { format: 'parquet', onMalformed: 'fail' });
    expect(() => source.poll()).toThrow(`Row 2 is malformed. ${reason}`);
  });

  test('a restored source goes on with the next row', async () => {
    const before = await opened(bytes, { format: 'parquet' });
    before.poll({ maxRecords: 1 });
    const after = await opened(bytes, { format: 'parquet' });
    after.source.restore(structuredClone(before.source.snapshot()));
    after.poll();
    expect(values(after)).toEqual([['out', { id: 'c', temperature: 3 }]]);
  });

  test('the wrong format is named', async () => {
    const asCsv = await opened(bytes);
    expect(() => asCsv.poll()).toThrow('The file is a Parquet file, not text. Set the format to Parquet');
    const csv = await opened(TEXT, { format: 'parquet' });
    expect(() => csv.poll()).toThrow('The file is not Parquet');
  });
});
