import { describe, expect, test } from 'vitest';
import type { Batch } from '../batch/batch.ts';
import type { Field, Row } from '../batch/schema.ts';
import { positionOf, sourceOf } from '../elements/origin.ts';
import { SeededRandom } from '../util/random.ts';
import { FormatError } from './format-error.ts';
import { RecordReader } from './record-reader.ts';
import type { ReadLimit, RecordFormat } from './record-reader.ts';

const encoder = new TextEncoder();
const SENSORS: Field[] = [
  { name: 'id', type: 'string' },
  { name: 'timestamp', type: 'timestamp' },
  { name: 'temperature', type: 'double' },
];

/** A file that arrives in pieces; `waits` lets every second call come back empty-handed. */
class ChunkedBytes {
  readonly #bytes: Uint8Array;
  readonly #size: () => number;
  readonly #waits: boolean;
  #at = 0;
  #calls = 0;

  constructor(bytes: Uint8Array, size: () => number, waits = false) {
    this.#bytes = bytes;
    this.#size = size;
    this.#waits = waits;
  }

  get isEnded(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): Uint8Array | null {
    if (this.isEnded || (this.#waits && this.#calls++ % 2 === 0)) return null;
    const chunk = this.#bytes.slice(this.#at, this.#at + this.#size());
    this.#at += chunk.length;
    return chunk;
  }

  seek(offset: number): void {
    this.#at = offset;
  }
}

interface Read {
  readonly records: { readonly line: number; readonly value: Row }[];
  readonly malformed: { readonly line: number; readonly reason: string; readonly raw: string }[];
}

interface Options extends Partial<RecordFormat> {
  readonly chunk?: number | (() => number);
  readonly waits?: boolean;
  readonly limit?: () => Partial<ReadLimit>;
  readonly isOrdered?: boolean;
  /** Snapshot and continue in a new reader after every call. */
  readonly restores?: boolean;
  readonly generatesCode?: boolean;
}

function read(text: string | Uint8Array, fields: readonly Field[], options: Options = {}): Read {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  const chunk = options.chunk ?? bytes.length + 1;
  const open = () =>
    new RecordReader(new ChunkedBytes(bytes, typeof chunk === 'number' ? () => chunk : chunk, options.waits), {
      format: options.format ?? 'csv',
      delimiter: options.delimiter ?? ',',
      header: options.header ?? true,
      schema: { fields },
      sourceIndex: 3,
      isOrdered: options.isOrdered ?? false,
      generatesCode: options.generatesCode ?? true,
    });
  let reader = open();
  const result: Read = { records: [], malformed: [] };
  const sink = {
    batch: (batch: Batch) => {
      for (let i = 0; i < batch.rowCount; i++) {
        expect([sourceOf(batch.origins[i] as number), batch.timestamps[i]]).toEqual([3, Number.NaN]);
        result.records.push({ line: positionOf(batch.origins[i] as number), value: batch.recordAt(i) });
      }
    },
    malformed: (refusal: Read['malformed'][number]) => {
      result.malformed.push({ ...refusal });
    },
  };
  for (;;) {
    const limit = options.limit?.() ?? {};
    const status = reader.read({ endPosition: limit.endPosition ?? Infinity, maxRecords: limit.maxRecords ?? Infinity }, sink);
    if (status === 'finished') return result;
    if (options.restores === true) {
      const snapshot = structuredClone(reader.snapshot());
      reader = open();
      reader.restore(snapshot);
    }
  }
}

const values = (result: Read): Row[] => result.records.map((record) => record.value);

describe('CSV', () => {
  test('reads records with the line they stand on', () => {
    expect(read('id,timestamp,temperature\nsensor_1,1000,20.5\n\nsensor_2,2000,-3\n', SENSORS)).toEqual({
      records: [
        { line: 2, value: { id: 'sensor_1', timestamp: 1000, temperature: 20.5 } },
        { line: 4, value: { id: 'sensor_2', timestamp: 2000, temperature: -3 } },
      ],
      malformed: [],
    });
  });

  test('finds columns by the names of the header, in any order, and ignores others', () => {
    const text = '\uFEFF temperature ;"note";timestamp;id\r\n1.5;"a;""b""";7;x\r\n2.5;;8;y';
    expect(values(read(text, SENSORS, { delimiter: ';' }))).toEqual([
      { id: 'x', timestamp: 7, temperature: 1.5 },
      { id: 'y', timestamp: 8, temperature: 2.5 },
    ]);
  });

  test.each([',', ';', '\t', '|'])('without a header columns are those of the schema (delimiter %j)', (delimiter) => {
    const text = ['a', '1', '2'].join(delimiter) + '\r\n' + ['b', '3', '4'].join(delimiter);
    expect(values(read(text, SENSORS, { header: false, delimiter }))).toEqual([
      { id: 'a', timestamp: 1, temperature: 2 },
      { id: 'b', timestamp: 3, temperature: 4 },
    ]);
  });

  test('quoted fields may hold delimiters, doubled quotes and line ends', () => {
    const text = 'n,text\n1,"a, ""b"""\n2,"first\r\nsecond\n"\n"3",""\n4,in "the" middle\n';
    const fields: Field[] = [
      { name: 'n', type: 'int' },
      { name: 'text', type: 'string' },
    ];
    expect(read(text, fields).records).toEqual([
      { line: 2, value: { n: 1, text: 'a, "b"' } },
      { line: 3, value: { n: 2, text: 'first\r\nsecond\n' } },
      { line: 6, value: { n: 3, text: '' } },
      { line: 7, value: { n: 4, text: 'in "the" middle' } },
    ]);
  });

  test('empty is null where the field is nullable; a quoted empty string is a string', () => {
    const fields: Field[] = [
      { name: 'a', type: 'double', nullable: true },
      { name: 'b', type: 'string', nullable: true },
      { name: 'c', type: 'boolean', nullable: true },
      { name: 'd', type: 'string' },
    ];
    expect(read('a,b,c,d\n,,,\n1,"",true,x\n', fields)).toEqual({
      records: [
        { line: 2, value: { a: null, b: null, c: null, d: '' } },
        { line: 3, value: { a: 1, b: '', c: true, d: 'x' } },
      ],
      malformed: [],
    });
  });

  test('a null of a refused line does not leak into the next record', () => {
    const fields: Field[] = [
      { name: 'a', type: 'double', nullable: true },
      { name: 'b', type: 'double' },
    ];
    expect(values(read('a,b\n,x\n1,2\n,"q"x\n3,4\n', fields))).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
  });

  test('every type, in plain and in unusual spelling', () => {
    const fields: Field[] = [
      { name: 'd', type: 'double' },
      { name: 'i', type: 'int' },
      { name: 'l', type: 'long' },
      { name: 't', type: 'timestamp' },
      { name: 'b', type: 'boolean' },
      { name: 'r', type: 'row' },
      { name: 'a', type: 'array' },
      { name: 'x', type: 'any' },
    ];
    const text = [
      'd,i,l,t,b,r,a,x',
      '1e3,-2147483648,9007199254740991,2024-02-29T12:30:15.250Z,TRUE,"{""k"":[1]}","[1,2]",free',
      'NaN,"12",-5,2024-02-29 12:30,false,{},[],',
      '.5,+7,1e3,1969-12-31T23:59:59.9999+02:00,0,{},[],"x"',
    ].join('\n');
    expect(read(text, fields)).toEqual({
      records: [
        {
          line: 2,
          value: { d: 1000, i: -2147483648, l: 9007199254740991, t: 1709209815250, b: true, r: { k: [1] }, a: [1, 2], x: 'free' },
        },
        { line: 3, value: { d: Number.NaN, i: 12, l: -5, t: 1709209800000, b: false, r: {}, a: [], x: null } },
        { line: 4, value: { d: 0.5, i: 7, l: 1000, t: -7200001, b: false, r: {}, a: [], x: 'x' } },
      ],
      malformed: [],
    });
  });

  test('malformed lines are reported with line, reason and text, and do not stop it', () => {
    const text = 'id,timestamp,temperature\na,1,2\nb,1\nc,1,2,3\nd,x,2\ne,1.5,2\nf,1,\ng,1,warm\n"h"h,1,2\nz,9,9\n';
    const result = read(text, SENSORS);
    expect(result.records.map((record) => record.line)).toEqual([2, 10]);
    expect(result.malformed).toEqual([
      { line: 3, reason: 'The line has 2 fields, but the header has 3 fields.', raw: 'b,1' },
      { line: 4, reason: 'The line has 4 fields, but the header has 3 fields.', raw: 'c,1,2,3' },
      {
        line: 5,
        reason:
          'Field "timestamp" is declared timestamp, but the value is "x": expected whole milliseconds since 1970 or an ISO 8601 date and time.',
        raw: 'd,x,2',
      },
      {
        line: 6,
        reason:
          'Field "timestamp" is declared timestamp, but the value is "1.5": expected whole milliseconds since 1970 or an ISO 8601 date and time.',
        raw: 'e,1.5,2',
      },
      { line: 7, reason: 'Field "temperature" is declared double, but it is empty. Declare it nullable to allow that.', raw: 'f,1,' },
      { line: 8, reason: 'Field "temperature" is declared double, but the value is "warm".', raw: 'g,1,warm' },
      { line: 9, reason: 'Field "id" goes on after its closing quote. Quotes inside a quoted field must be doubled.', raw: '"h"h,1,2' },
    ]);
  });

  test('numbers beyond their type are refused, not rounded', () => {
    const fields: Field[] = [
      { name: 'i', type: 'int' },
      { name: 'l', type: 'long' },
    ];
    expect(read('i,l\n2147483648,1\n1,9007199254740993\n1.0,2\n', fields)).toEqual({
      records: [{ line: 4, value: { i: 1, l: 2 } }],
      malformed: [
        {
          line: 2,
          reason: 'Field "i" is declared int, but the value is "2147483648": an int lies between -2147483648 and 2147483647.',
          raw: '2147483648,1',
        },
        {
          line: 3,
          reason: 'Field "l" is declared long, but the value is "9007199254740993": a long is exact only up to 9007199254740991.',
          raw: '1,9007199254740993',
        },
      ],
    });
  });

  test('a quote that is never closed costs its line, not the file', () => {
    const result = read('id,timestamp,temperature\n"a,1,2\nb,1,2\nc,1,2', SENSORS);
    expect(values(result).map((value) => value.id)).toEqual(['b', 'c']);
    expect(result.malformed).toEqual([{ line: 2, reason: 'A quoted field starts here and its closing quote never comes.', raw: '"a,1,2' }]);
  });

  test('a quote that is never closed costs its line at the end of a longer file, too', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `r${i},${i},2\n`).join('');
    const result = read(`id,timestamp,temperature\n${lines}"a,1,2\nb,1,2\nc,1,2\n`, SENSORS, { chunk: 4096 });
    expect(values(result).slice(-3)).toEqual([
      { id: 'r999', timestamp: 999, temperature: 2 },
      { id: 'b', timestamp: 1, temperature: 2 },
      { id: 'c', timestamp: 1, temperature: 2 },
    ]);
    expect(result.malformed.map(({ line }) => line)).toEqual([1002]);
  });

  test('a line of many megabytes is refused and skipped', () => {
    const result = read(`id,timestamp,temperature\n${'x'.repeat(9 << 20)},1,2\nb,1,2\n`, SENSORS, { chunk: 1 << 20 });
    expect(result.records).toEqual([{ line: 3, value: { id: 'b', timestamp: 1, temperature: 2 } }]);
    expect(result.malformed).toEqual([{ line: 2, reason: 'The line is longer than 4 MiB.', raw: `${'x'.repeat(499)}…` }]);
  });

  test('an empty file, a lone header and blank lines have no records', () => {
    for (const text of ['', '\uFEFF', '\n\r\n  \n', 'id,timestamp,temperature', '\nid,timestamp,temperature\r\n\r\n']) {
      expect(read(text, SENSORS)).toEqual({ records: [], malformed: [] });
    }
  });

  test('a missing column is an error that names it', () => {
    expect(() => read('id,time,temperature\na,1,2\n', SENSORS)).toThrow(
      'The file has no column "timestamp". Its header names "id", "time", "temperature". Correct the field\'s name, or remove it from the schema.',
    );
    expect(() => read('id,id,timestamp,temperature\n', SENSORS)).toThrow('The header names the column "id" twice.');
  });
});

describe('the generated loop for CSV', () => {
  const random = new SeededRandom(23);
  const pick = <T>(choices: readonly T[]): T => choices[random.nextInt(choices.length)] as T;
  const digits = (): string => Array.from({ length: random.nextInt(18) }, () => String(random.nextInt(10))).join('');
  const plain: Readonly<Record<string, () => string>> = {
    string: () =>
      pick(['', 'a', 'ab', 'abc', 'abcd', 'sensor_17', 'two words', 'ä€😀', 'say "x"', '-', 'a\tb', '\u0001', 'a\rb', 'x'.repeat(40)]),
    int: () => pick(['', '0', '-0', '7', '42', '-123', '12345', '2147483647', '-2147483648', '2147483648', '1e3', '+5', ' 5', '-', '12x']),
    long: () => pick([digits(), `-${digits()}`, '9007199254740991', '1.0']),
    double: () =>
      pick([digits(), `${digits()}.${digits()}`, `-${digits()}.${digits()}`, '1.5', '.5', '5.', '-0', '1e-3', 'NaN', '1.2.3', '0x1F']),
    timestamp: () => pick(['0', '1700000000000', '-1', '2024-02-29T12:30:15.250Z', '2024-02-29', '2024-13-01', '1.5', '12-3', '']),
    boolean: () => pick(['true', 'false', 'TRUE', '1', '', 'tru', 'truex', 'falsy']),
    any: () => pick(['x', '', '{}']),
  };
  const quoted = (value: string): string => (random.nextInt(8) === 0 ? `"${value}"${pick(['', '', '', 'x', '"'])}` : value);
  const typesOf = (count: number): Field['type'][] =>
    Array.from({ length: count }, () => pick(['string', 'int', 'long', 'double', 'timestamp', 'boolean'] as const));
  const fieldsOf = (types: readonly Field['type'][]): Field[] =>
    types.map((type, k) => ({ name: `f${k}`, type, nullable: random.nextInt(2) === 0 }));

  test.each([1, 2, 5, 16, 17, 40])('reads what the specification reads, and refuses what it refuses (%i columns)', (count) => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const fields = fieldsOf(typesOf(count));
      // One column of the file is not in the schema.
      const names = [...fields.map(({ name }) => name), 'other'];
      const lines = Array.from({ length: 300 }, () => {
        // Most values of a wide record must be good, or no record is.
        const isOdd = (): boolean => random.nextInt(count) < 2;
        const good: Readonly<Record<string, string>> = {
          string: 'text',
          int: '12',
          long: '-123456789',
          double: '20.25',
          timestamp: '1700000000123',
          boolean: 'true',
        };
        const record = [...fields.map(({ type }) => (isOdd() ? quoted(plain[type]?.() ?? '') : (good[type] as string))), quoted('note')];
        return `${record.slice(random.nextInt(30) === 0 ? 1 : 0).join(delimiter)}${pick(['\n', '\n', '\r\n', '\n\n'])}`;
      });
      const text = `${names.join(delimiter)}\n${lines.join('')}`;
      const expected = read(text, fields, { delimiter, generatesCode: false });
      expect(expected.records.length + expected.malformed.length).toBeGreaterThan(50);
      expect(read(text, fields, { delimiter })).toEqual(expected);
      expect(read(text, fields, { delimiter, chunk: () => 1 + random.nextInt(100), waits: true })).toEqual(expected);
    }
  });
});

describe('NDJSON', () => {
  const json = (text: string, fields: readonly Field[], options: Options = {}) => read(text, fields, { ...options, format: 'ndjson' });

  test('reads lines of one form, of another form, and with escapes', () => {
    const text = [
      '{"id":"a","timestamp":1,"temperature":20.5}',
      '{"id":"b","timestamp":2,"temperature":-0}',
      '{ "temperature": 1e2, "timestamp": "2024-02-29T00:00:00Z", "id": "\\u00e4\\n" }',
      '  ',
      '{"id":"c","extra":{"a":[1,"}"]},"timestamp":3,"temperature":4.25}\r',
    ].join('\n');
    expect(json(text, SENSORS)).toEqual({
      records: [
        { line: 1, value: { id: 'a', timestamp: 1, temperature: 20.5 } },
        { line: 2, value: { id: 'b', timestamp: 2, temperature: -0 } },
        { line: 3, value: { id: 'ä\n', timestamp: 1709164800000, temperature: 100 } },
        { line: 5, value: { id: 'c', timestamp: 3, temperature: 4.25 } },
      ],
      malformed: [],
    });
  });

  test('nested values, nulls and missing fields', () => {
    const fields: Field[] = [
      { name: 'r', type: 'row', nullable: true },
      { name: 'a', type: 'array' },
      { name: 'x', type: 'any' },
      { name: 'n', type: 'double', nullable: true },
      { name: 'constructor', type: 'string', nullable: true },
    ];
    const text = '{"r":{"k":1},"a":[1],"x":true,"n":1}\n{"r":{"k":2},"a":[],"x":"s","n":null}\n{"a":[{}]}\n{"a":[2]}\n{"r":[],"a":[]}\n';
    const result = json(text, fields);
    expect(values(result)).toEqual([
      { r: { k: 1 }, a: [1], x: true, n: 1, constructor: null },
      { r: { k: 2 }, a: [], x: 's', n: null, constructor: null },
      { r: null, a: [{}], x: null, n: null, constructor: null },
      { r: null, a: [2], x: null, n: null, constructor: null },
    ]);
    expect(result.malformed).toEqual([{ line: 5, reason: 'Field "r" is declared row, but the value is [].', raw: '{"r":[],"a":[]}' }]);
  });

  test('malformed lines are reported and do not stop it', () => {
    const good = '{"id":"a","timestamp":1,"temperature":2}';
    const bad = [
      '{"id":"a","timestamp":1,"temperature":2',
      '[1]',
      '{"id":7,"timestamp":1,"temperature":2}',
      '{"id":"a","timestamp":null,"temperature":2}',
      '{"id":"a","timestamp":1}',
      '{"id":"a","timestamp":1,"temperature":02}',
      '{"id":"a","timestamp":1,"temperature":"2"}',
    ];
    const result = json(bad.flatMap((line) => [good, line]).join('\n'), SENSORS);
    expect(result.records.map((record) => record.line)).toEqual([1, 3, 5, 7, 9, 11, 13]);
    expect(result.malformed.map((refusal) => [refusal.line, refusal.reason])).toEqual([
      [2, 'The line is not valid JSON.'],
      [4, 'The line is not a JSON object, but [1].'],
      [6, 'Field "id" is declared string, but the value is 7.'],
      [8, 'Field "timestamp" is declared timestamp, but it is null. Declare it nullable to allow that.'],
      [10, 'Field "temperature" is declared double, but it is missing. Declare it nullable to allow that.'],
      [12, 'The line is not valid JSON.'],
      [14, 'Field "temperature" is declared double, but the value is "2".'],
    ]);
  });

  test('the fast path reads exactly what JSON.parse reads', () => {
    const random = new SeededRandom(7);
    const pick = (choices: readonly string[]): string => choices[random.nextInt(choices.length)] as string;
    const spellings = [
      '0',
      '-0',
      '1.5',
      '-12.250',
      '1e5',
      '01',
      '1.',
      '.5',
      '-',
      '1.0',
      '123456789012345678',
      '0.1',
      'null',
      'true',
      '"x"',
      '1 ',
    ];
    const texts = ['"a"', '"ä€😀"', '"\\"q\\""', '"tab\there"', '""', 'null', '5', '"a', '"\\u0041"'];
    const lines: string[] = [];
    for (let i = 0; i < 2000; i++) {
      const pairs = [`"s":${pick(texts)}`, `"d":${pick(spellings)}`, `"u":${pick([...spellings, '[1,{"a":"]"}]', '{"b":}'])}`];
      lines.push(`{${pairs.slice(random.nextInt(8) === 0 ? 1 : 0).join(pick([',', ',', ' , ']))}${pick(['}', '}', ' }', ''])}`);
    }
    const fields: Field[] = [
      { name: 's', type: 'string', nullable: true },
      { name: 'd', type: 'double', nullable: true },
    ];
    const expected = lines.flatMap((line) => {
      try {
        const { s = null, d = null } = JSON.parse(line) as Row;
        return (s === null || typeof s === 'string') && (d === null || typeof d === 'number') ? [{ s, d }] : [];
      } catch {
        return [];
      }
    });
    expect(expected.length).toBeGreaterThan(100);
    expect(values(json(lines.join('\n'), fields))).toEqual(expected);
  });
});

describe('numbers', () => {
  test('are bit for bit what Number() gives', () => {
    const random = new SeededRandom(1);
    const texts = [
      '0',
      '-0',
      '5e-324',
      '1.7976931348623157e308',
      '9007199254740993',
      '0.1',
      '123456.789012345',
      '999999999999999',
      '1'.repeat(30),
    ];
    for (let i = 0; i < 5000; i++) {
      const digits = (): string => String(Math.floor(random.next() * 10 ** random.nextInt(16)));
      texts.push(`${random.nextInt(2) === 0 ? '-' : ''}${digits()}${random.nextInt(3) === 0 ? '' : `.${digits()}`}`);
      texts.push(String((random.next() - 0.5) * 10 ** (random.nextInt(40) - 20)));
    }
    const fields: Field[] = [{ name: 'd', type: 'double' }];
    const csv = values(read(`d\n${texts.join('\n')}`, fields)).map((value) => value.d);
    const json = values(read(texts.map((text) => `{"d":${String(Number(text))}}`).join('\n'), fields, { format: 'ndjson' }));
    expect(csv.map((value, i) => (Object.is(value, Number(texts[i])) ? null : texts[i])).filter((text) => text !== null)).toEqual([]);
    expect(json.map((value) => value.d)).toEqual(texts.map(Number).map((value) => JSON.parse(String(value)) as number));
  });
});

describe('cut anywhere', () => {
  const fields: Field[] = [
    { name: 's', type: 'string', nullable: true },
    { name: 'n', type: 'double', nullable: true },
    { name: 't', type: 'timestamp' },
  ];
  const csvText = `\uFEFF\ns,t,n\r\n${Array.from({ length: 30 }, (_, i) =>
    ['ä€😀,2024-01-01T00:00:00Z,1.5', '"q ""x""\r\n€",5,-2', ',6,', '"open,7,8', 'bad,line', '', '"a"b,1,2', 'x,9,1e3']
      .slice(i % 5, (i % 5) + 4)
      .join('\r\n'),
  ).join('\n')}`;
  const jsonText = Array.from({ length: 30 }, (_, i) =>
    ['{"s":"ä€😀","t":1,"n":2.5}', '{"t":2}', '{"s":"\\u00e4","t":3,"n":null}', '', '{broken', '{"s":null,"t":"2024-01-01","n":-1}']
      .slice(i % 4, (i % 4) + 3)
      .join('\r\n'),
  ).join('\n');

  test.each([
    ['csv', csvText],
    ['ndjson', jsonText],
  ] as const)('%s gives the same records with any chunks, limits, pauses and restores', (format, text) => {
    const whole = read(text, fields, { format });
    expect(whole.records.length).toBeGreaterThan(40);
    expect(whole.malformed.length).toBeGreaterThan(10);
    const random = new SeededRandom(11);
    for (const chunk of [1, 2, 3, 7, 64]) expect(read(text, fields, { format, chunk, waits: chunk % 2 === 1 })).toEqual(whole);
    for (let round = 0; round < 20; round++) {
      const chunk = (): number => 1 + random.nextInt(40);
      const limit = (): Partial<ReadLimit> => ({ maxRecords: 1 + random.nextInt(4) });
      expect(
        read(text, fields, { format, chunk, limit, waits: round % 2 === 1, restores: round % 2 === 0, isOrdered: round % 3 === 0 }),
      ).toEqual(whole);
    }
    let end = 0;
    expect(read(text, fields, { format, limit: () => ({ endPosition: ++end }) })).toEqual(whole);
  });

  test('no record at or beyond the end position is read', () => {
    const reader = new RecordReader(new ChunkedBytes(encoder.encode('s,n,t\na,1,1\nb,2,2\nc,3,3\n'), () => 100), {
      format: 'csv',
      delimiter: ',',
      header: true,
      schema: { fields },
      sourceIndex: 0,
      isOrdered: false,
    });
    const seen: unknown[] = [];
    const sink = { batch: (batch: Batch) => seen.push(batch.rowCount, batch.recordAt(0).s), malformed: () => {} };
    expect(reader.read({ endPosition: 4, maxRecords: Infinity }, sink)).toBe('more');
    expect([seen, reader.nextPosition]).toEqual([[2, 'a'], 4]);
    expect(reader.read({ endPosition: 4, maxRecords: Infinity }, sink)).toBe('more');
    expect(reader.read({ endPosition: Infinity, maxRecords: Infinity }, sink)).toBe('finished');
    expect([seen, reader.nextPosition]).toEqual([[2, 'a', 1, 'c'], 5]);
  });
});

describe('a file of the wrong kind', () => {
  test.each([
    ['csv', Uint8Array.of(0x1f, 0x8b, 8, 0, 1), 'The file is compressed with gzip, not text.'],
    ['csv', Uint8Array.of(65, 0, 66, 0, 10), 'The file is binary, not text'],
    ['ndjson', Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'The file is encoded as UTF-16, not text. Save it as UTF-8'],
    ['csv', encoder.encode('[\n {"id": "a"}]'), 'The file is a JSON array, not CSV.'],
    ['csv', encoder.encode('{"id":"a"}\n'), 'Set the format to NDJSON.'],
    ['ndjson', encoder.encode('[{"id":"a"}]'), 'The file is one JSON array, not NDJSON.'],
    ['ndjson', encoder.encode('{\n  "id": "a"\n}'), 'The file is one JSON document over several lines'],
    ['ndjson', encoder.encode('id,timestamp\na,1\n'), 'If it is CSV, set the format to CSV.'],
  ] as const)('is named: %s %#', (format, bytes, message) => {
    expect(() => read(bytes, SENSORS, { format })).toThrow(FormatError);
    expect(() => read(bytes, SENSORS, { format })).toThrow(message);
  });
});

describe('memory', () => {
  test('a column of ever new strings gets a dictionary per batch, one of few strings keeps its own', () => {
    const lines = Array.from({ length: 120_000 }, (_, i) => `unique-${i},few-${i % 10}`);
    const reader = new RecordReader(new ChunkedBytes(encoder.encode(`u,f\n${lines.join('\n')}`), () => 1 << 16), {
      format: 'csv',
      delimiter: ',',
      header: true,
      schema: {
        fields: [
          { name: 'u', type: 'string' },
          { name: 'f', type: 'string' },
        ],
      },
      sourceIndex: 0,
      isOrdered: false,
    });
    const sizes: number[] = [];
    const few = new Set<unknown>();
    let at = 0;
    const batch = (one: Batch): void => {
      sizes.push(one.columns[0]?.dictionary.size ?? 0);
      few.add(one.columns[1]?.dictionary);
      for (let i = 0; i < one.rowCount; i += 1000) expect(one.recordAt(i)).toEqual({ u: `unique-${at + i}`, f: `few-${(at + i) % 10}` });
      at += one.rowCount;
    };
    while (reader.read({ endPosition: Infinity, maxRecords: Infinity }, { batch, malformed: () => {} }) !== 'finished');
    expect([at, Math.max(...sizes) < 75_000, sizes.at(-2), few.size]).toEqual([120_000, true, 4096, 1]);
  });
});
