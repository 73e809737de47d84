import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../batch/batch.ts';
import type { Field, Row } from '../../batch/schema.ts';
import { positionOf } from '../../elements/origin.ts';
import { MemoryByteInput } from '../../testing/memory-byte-input.ts';
import type { Refusal } from '../line-reader.ts';
import { inferParquetFile } from './infer-parquet.ts';
import { ParquetReader } from './parquet-reader.ts';

type Written = Parameters<typeof parquetWriteBuffer>[0];

function fileOf(written: Written): Uint8Array {
  return new Uint8Array(parquetWriteBuffer(written));
}

/** Everything a reader gives: records with their row numbers, and what it refused. */
function readAll(reader: ParquetReader, maxRecords = Number.POSITIVE_INFINITY) {
  const records: [number, Row][] = [];
  const refusals: Refusal[] = [];
  const statuses: string[] = [];
  const sink = {
    batch: (batch: Batch) => {
      for (let i = 0; i < batch.rowCount; i++) records.push([positionOf(batch.origins[i] as number), batch.recordAt(i)]);
    },
    malformed: (refusal: Refusal) => refusals.push(refusal),
  };
  while (statuses.at(-1) !== 'finished') statuses.push(reader.read({ endPosition: Number.POSITIVE_INFINITY, maxRecords }, sink));
  return { records, refusals, statuses };
}

function readerOf(bytes: Uint8Array, fields: readonly Field[], chunkSizes?: readonly number[]): ParquetReader {
  return new ParquetReader(new MemoryByteInput(bytes, chunkSizes), { schema: { fields }, sourceIndex: 0, isOrdered: true });
}

function values(bytes: Uint8Array, fields: readonly Field[]): Row[] {
  return readAll(readerOf(bytes, fields)).records.map(([, row]) => row);
}

async function inferred(bytes: Uint8Array) {
  const { fields, notes } = await inferParquetFile(bytes.length, (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)));
  return { fields, notes };
}

/** Infers and reads: what a dropped file gives. */
async function dropped(bytes: Uint8Array) {
  const { fields, notes } = await inferred(bytes);
  return { fields, notes, rows: values(bytes, fields) };
}

const READINGS: Written = {
  columnData: [
    { name: 'id', data: ['north', 'south', 'north', 'east', 'south'], type: 'STRING', nullable: false },
    { name: 'time', data: [0, 1000, 2000, 3000, 4000].map((ms) => new Date(ms)), type: 'TIMESTAMP', nullable: false },
    { name: 'temperature', data: [20.5, null, 21, 0.1, -3], type: 'DOUBLE' },
    { name: 'ok', data: [true, false, true, true, false], type: 'BOOLEAN', nullable: false },
  ],
  rowGroupSize: 2,
};

const READING_FIELDS: readonly Field[] = [
  { name: 'id', type: 'string' },
  { name: 'time', type: 'timestamp' },
  { name: 'temperature', type: 'double', nullable: true },
  { name: 'ok', type: 'boolean' },
];

const READING_ROWS: readonly Row[] = [
  { id: 'north', time: 0, temperature: 20.5, ok: true },
  { id: 'south', time: 1000, temperature: null, ok: false },
  { id: 'north', time: 2000, temperature: 21, ok: true },
  { id: 'east', time: 3000, temperature: 0.1, ok: true },
  { id: 'south', time: 4000, temperature: -3, ok: false },
];

describe('reading', () => {
  test('a file brings its types along', async () => {
    expect(await dropped(fileOf(READINGS))).toEqual({ fields: READING_FIELDS, notes: [], rows: READING_ROWS });
  });

  test('the position of a record is the number of its row', () => {
    expect(readAll(readerOf(fileOf(READINGS), READING_FIELDS)).records.map(([position]) => position)).toEqual([1, 2, 3, 4, 5]);
  });

  test('columns are found by name, in any order, and the others are not read', () => {
    const fields: readonly Field[] = [
      { name: 'ok', type: 'boolean' },
      { name: 'id', type: 'string' },
    ];
    expect(values(fileOf(READINGS), fields)).toEqual(READING_ROWS.map(({ ok, id }) => ({ ok, id })));
  });

  test('bytes may arrive in pieces of any size, and at any time', () => {
    const bytes = fileOf(READINGS);
    for (const sizes of [[1], [3, 0, 17], [0, 0, 1000]]) {
      const { records, statuses } = readAll(readerOf(bytes, READING_FIELDS, sizes));
      expect(records.map(([, row]) => row)).toEqual(READING_ROWS);
      expect(statuses.includes('waiting')).toBe(sizes.includes(0));
    }
  });

  test('records may be read one at a time, and up to a position', () => {
    const bytes = fileOf(READINGS);
    const { records, statuses } = readAll(readerOf(bytes, READING_FIELDS), 1);
    expect([records.map(([, row]) => row), statuses]).toEqual([READING_ROWS, ['more', 'more', 'more', 'more', 'finished']]);
    const reader = readerOf(bytes, READING_FIELDS);
    const seen: number[] = [];
    reader.read({ endPosition: 4, maxRecords: 100 }, { batch: (batch) => seen.push(batch.rowCount), malformed: () => seen.push(-1) });
    expect([seen, reader.nextPosition, reader.offset]).toEqual([[3], 4, Math.round((bytes.length * 3) / 5)]);
  });

  test('a restored reader goes on with the next row, wherever it stopped', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ n: i, word: `w${i % 7}`, tags: [i, null, -i].slice(0, i % 4) }));
    const bytes = fileOf({
      columnData: [
        { name: 'n', data: rows.map(({ n }) => n) },
        { name: 'word', data: rows.map(({ word }) => word) },
        { name: 'tags', data: rows.map(({ tags }) => tags) },
      ],
      schema: listSchema('n', 'word', 'tags'),
      rowGroupSize: 300,
      pageSize: 200,
    });
    const fields: readonly Field[] = [
      { name: 'n', type: 'int' },
      { name: 'word', type: 'string', nullable: true },
      { name: 'tags', type: 'array', nullable: true },
    ];
    expect(values(bytes, fields)).toEqual(rows);
    for (const row of [0, 1, 57, 299, 300, 301, 640, 999, 1000]) {
      const reader = readerOf(bytes, fields);
      reader.restore(structuredClone({ row }));
      expect(readAll(reader).records).toEqual(rows.slice(row).map((record, i) => [row + i + 1, record]));
    }
  });
});

/** An INT32, a text and a list of INT32. */
function listSchema(number: string, text: string, list: string): SchemaElement[] {
  return [
    { name: 'root', num_children: 3 },
    { name: number, type: 'INT32', repetition_type: 'REQUIRED' },
    { name: text, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: list, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
  ];
}

describe('compression', () => {
  const words = Array.from({ length: 50 }, (_, i) => `a word, number ${i % 5}`);
  const codecs: Record<string, (input: Uint8Array) => Uint8Array> = {
    GZIP: (input) => gzipSync(input),
    BROTLI: (input) => brotliCompressSync(input),
    ZSTD: zstdStored,
    LZ4_RAW: lz4Stored,
  };
  test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4_RAW'] as const)('%s', (codec) => {
    const bytes = fileOf({ columnData: [{ name: 'word', data: words, type: 'STRING', nullable: false }], codec, compressors: codecs });
    expect(values(bytes, [{ name: 'word', type: 'string' }])).toEqual(words.map((word) => ({ word })));
  });
});

/** A Zstandard frame of one raw block. */
function zstdStored(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + input.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  view.setUint8(4, 0xa0);
  view.setUint32(5, input.length, true);
  view.setUint16(9, (input.length << 3) | 1, true);
  view.setUint8(11, input.length >> 13);
  out.set(input, 12);
  return out;
}

/** An LZ4 block of literals. */
function lz4Stored(input: Uint8Array): Uint8Array {
  const extra: number[] = [];
  for (let left = input.length - 15; left >= 0; left -= 255) extra.push(Math.min(left, 255));
  if (extra.at(-1) === 255) extra.push(0);
  return Uint8Array.from([Math.min(input.length, 15) << 4, ...extra, ...input]);
}

function column(
  element: Partial<SchemaElement> & Pick<SchemaElement, 'type'>,
  data: Written['columnData'][number]['data'],
  name = 'x',
): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name, repetition_type: 'REQUIRED', ...element },
  ];
  return fileOf({ columnData: [{ name, data }], schema });
}

describe('types', () => {
  test('decimals are the numbers that their digits say', async () => {
    const decimal = { converted_type: 'DECIMAL', scale: 1, precision: 9 } as const;
    expect(await dropped(column({ type: 'INT32', ...decimal }, [0.3, -0.1, 12.5]))).toEqual({
      fields: [{ name: 'x', type: 'double' }],
      notes: [],
      rows: [{ x: 0.3 }, { x: -0.1 }, { x: 12.5 }],
    });
  });

  test('decimals of many digits are texts, unless a double is asked for', async () => {
    const bytes = column({ type: 'INT64', converted_type: 'DECIMAL', scale: 3, precision: 18 }, [1.5, -0.001]);
    expect(await dropped(bytes)).toEqual({
      fields: [{ name: 'x', type: 'string' }],
      notes: ['Field "x" is DECIMAL(18, 3); it is read as text, which keeps all digits. Declare it double to calculate with it.'],
      rows: [{ x: '1.500' }, { x: '-0.001' }],
    });
    expect(values(bytes, [{ name: 'x', type: 'double' }])).toEqual([{ x: 1.5 }, { x: -0.001 }]);
  });

  test('instants are milliseconds, finer ones the millisecond they lie in', async () => {
    const micros = column({ type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }, [1_500_999n, -1n]);
    expect(values(micros, [{ name: 'x', type: 'timestamp' }])).toEqual([{ x: 1500 }, { x: -1 }]);
    const days = column({ type: 'INT32', converted_type: 'DATE' }, [new Date(0), new Date(86_400_000 * 3)]);
    expect(await dropped(days)).toEqual({ fields: [{ name: 'x', type: 'timestamp' }], notes: [], rows: [{ x: 0 }, { x: 259_200_000 }] });
  });

  test('whole numbers that no double holds are texts', async () => {
    const bytes = column({ type: 'INT64' }, [1n, 9_223_372_036_854_775_807n]);
    expect(await dropped(bytes)).toEqual({
      fields: [{ name: 'x', type: 'string' }],
      notes: ['Field "x" holds whole numbers beyond 9007199254740991; it is read as text, which keeps all digits.'],
      rows: [{ x: '1' }, { x: '9223372036854775807' }],
    });
  });

  test('unsigned numbers, floats and JSON', async () => {
    expect(await dropped(column({ type: 'INT32', converted_type: 'UINT_32' }, [1, 4_294_967_295]))).toMatchObject({
      fields: [{ name: 'x', type: 'long' }],
      rows: [{ x: 1 }, { x: 4_294_967_295 }],
    });
    expect(await dropped(column({ type: 'FLOAT' }, [0.5, Number.NaN]))).toMatchObject({
      fields: [{ name: 'x', type: 'double' }],
      rows: [{ x: 0.5 }, { x: Number.NaN }],
    });
    expect(await dropped(column({ type: 'BYTE_ARRAY', converted_type: 'JSON' }, [{ a: [1] }, 'text']))).toMatchObject({
      fields: [{ name: 'x', type: 'any' }],
      rows: [{ x: { a: [1] } }, { x: 'text' }],
    });
  });

  test('lists, maps and records', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 2 },
      { name: 'tags', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'place', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'city', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'since', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
    ];
    const bytes = fileOf({
      columnData: [
        { name: 'tags', data: [['a', null], [], null] },
        { name: 'place', data: [{ city: 'Ulm', since: new Date(5) }, null, { city: 'Bonn', since: null }] },
      ],
      schema,
    });
    expect(await dropped(bytes)).toEqual({
      fields: [
        { name: 'tags', type: 'array', nullable: true },
        {
          name: 'place',
          type: 'row',
          nullable: true,
          fields: [
            { name: 'city', type: 'string' },
            { name: 'since', type: 'timestamp', nullable: true },
          ],
        },
      ],
      notes: [],
      rows: [
        { tags: ['a', null], place: { city: 'Ulm', since: 5 } },
        { tags: [], place: null },
        { tags: null, place: { city: 'Bonn', since: null } },
      ],
    });
  });

  test('a file without rows', async () => {
    const bytes = fileOf({ columnData: [{ name: 'x', data: [], type: 'INT32', nullable: false }] });
    expect(await dropped(bytes)).toEqual({ fields: [{ name: 'x', type: 'int' }], notes: ['The file has no rows.'], rows: [] });
  });
});

describe('rows that do not fit', () => {
  test('are refused with field, value and what to do; the others are read', () => {
    const bytes = fileOf({
      columnData: [
        { name: 'id', data: [1n, 2n ** 60n, 3n, -(2n ** 53n), 5n], type: 'INT64', nullable: false },
        { name: 'v', data: [1, 2, null, 4, 5], type: 'DOUBLE' },
      ],
    });
    const read = readAll(
      readerOf(bytes, [
        { name: 'id', type: 'long' },
        { name: 'v', type: 'double' },
      ]),
    );
    const exact = 'whole numbers are exact only up to 9007199254740991. Declare the field string to keep all digits.';
    expect(read).toEqual({
      records: [
        [1, { id: 1, v: 1 }],
        [5, { id: 5, v: 5 }],
      ],
      refusals: [
        {
          line: 2,
          reason: `Field "id" is declared long, but the value is 1152921504606846976: ${exact}`,
          raw: '{"id":"1152921504606846976","v":2}',
        },
        { line: 3, reason: 'Field "v" is declared double, but it is null. Declare it nullable to allow that.', raw: '{"id":3,"v":null}' },
        {
          line: 4,
          reason: `Field "id" is declared long, but the value is -9007199254740992: ${exact}`,
          raw: '{"id":"-9007199254740992","v":4}',
        },
      ],
      statuses: ['finished'],
    });
  });

  test('many of them do not slow the file down, and leave the rows between them alone', () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => (i % 3 === 0 ? null : i));
    const bytes = fileOf({ columnData: [{ name: 'n', data: numbers, type: 'INT32' }], rowGroupSize: 999 });
    const { records, refusals } = readAll(readerOf(bytes, [{ name: 'n', type: 'int' }]));
    expect(records).toEqual(numbers.flatMap((n, i) => (n === null ? [] : [[i + 1, { n }]])));
    expect(refusals.map(({ line }) => line)).toEqual(numbers.flatMap((n, i) => (n === null ? [i + 1] : [])));
  });
});

describe('files that cannot be read', () => {
  const fields: readonly Field[] = [{ name: 'x', type: 'int' }];
  const whole = fileOf({ columnData: [{ name: 'x', data: [1, 2, 3], type: 'INT32', nullable: false }], codec: 'UNCOMPRESSED' });

  test.each([
    ['text', new TextEncoder().encode('id,value\na,1\n'), 'The file is not Parquet: it does not end with "PAR1".'],
    ['cut off', whole.slice(0, -20), 'The file is not Parquet: it does not end with "PAR1".'],
    ['empty', new Uint8Array(0), 'The file is not Parquet'],
    ['an impossible footer', Uint8Array.from([...whole.slice(0, -8), 255, 255, 255, 0, ...whole.slice(-4)]), 'more than the file has'],
  ])('%s', (_name, bytes, message) => {
    expect(() => readAll(readerOf(bytes, fields))).toThrow(message);
  });

  test('a field that is not there, or is something else', () => {
    expect(() => readAll(readerOf(whole, [{ name: 'y', type: 'int' }]))).toThrow('The file has no column "y". Its columns are "x".');
    expect(() => readAll(readerOf(whole, [{ name: 'x', type: 'boolean' }]))).toThrow(
      'Column "x" of the file is INT32, but the field is declared boolean. Declare it int or long or double or timestamp or string, or infer the fields again.',
    );
  });

  test('a damaged page names column and row group', () => {
    const bytes = fileOf({
      columnData: [{ name: 'x', data: [1, 2, 3, 4], type: 'INT32', nullable: false }],
      rowGroupSize: 2,
      codec: 'LZO',
      compressors: { LZO: (input) => input },
    });
    expect(() => readAll(readerOf(bytes, fields))).toThrow(
      'Column "x" of row group 1 cannot be read: unsupported compression codec: LZO. Write the file again with another encoding or compression, or leave the field out.',
    );
  });
});
