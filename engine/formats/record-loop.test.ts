import { describe, expect, test } from 'vitest';
import type { Field, Row } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import { ByteWindow } from './byte-window.ts';
import { csvLoop } from './csv-loop.ts';
import { learnForm, templateOf } from './json-template.ts';
import { LoopRunner } from './record-loop.ts';
import { RecordWriter } from './record-writer.ts';
import { encodeUtf8 } from './utf8.ts';

interface Plain {
  readonly records: readonly Row[];
  /** What the loop left to the general path. */
  readonly left: string;
}

type OpenLoop = (writer: RecordWriter) => { readonly loop: LoopRunner };

/** What a loop alone reads. */
function readPlain(text: string, fields: readonly Field[], open: OpenLoop): Plain {
  // Loops take four bytes at a time, and no record that has not three more behind it.
  const bytes = encodeUtf8(`${text}...`);
  const window = new ByteWindow({ next: () => bytes, isEnded: false, seek: () => undefined });
  window.fill();
  const writer = new RecordWriter({ fields }, 0);
  open(writer).loop.run(window, writer, 100, 100);
  const left = text.slice(window.position);
  if (writer.rowCount === 0) return { records: [], left };
  const batch = writer.build();
  return { records: Array.from({ length: batch.rowCount }, (_, i) => batch.recordAt(i)), left };
}

/** Fields of the file that are named `-` are not in the schema. */
function readCsv(text: string, fileFields: readonly Field[], delimiter = ','): Plain {
  const fields = fileFields.filter(({ name }) => name !== '-');
  return readPlain(text, fields, (writer) => {
    const columns = fileFields.map(({ name }) => writer.columnOf(name) ?? null);
    return { loop: new LoopRunner(must(csvLoop(delimiter.charCodeAt(0), columns), 'a loop'), columns) };
  });
}

/** The loop for lines of the form of the first one. */
function readJson(lines: readonly string[], fields: readonly Field[]): Plain {
  const text = lines.map((line) => `${line}\n`).join('');
  return readPlain(text, fields, (writer) => templateOf(must(learnForm(encodeUtf8(text), 0, writer), 'a form')));
}

const nullable = (name: string, type: Field['type']): Field => ({ name, type, nullable: true });

describe('the loop for plain records of CSV', () => {
  test.each([',', ';', '\t', '|'])('reads every type, quoted texts, nulls and both kinds of line ends (delimiter %j)', (delimiter) => {
    const fields: Field[] = [
      { name: 's', type: 'string' },
      nullable('i', 'int'),
      { name: '-', type: 'string' },
      nullable('b', 'boolean'),
      nullable('t', 'timestamp'),
      nullable('n', 'string'),
      nullable('d', 'double'),
    ];
    const lines = [
      'sensor_1,-12,ignored,true,1700000000123,abc,20.25\n',
      '"a b",,"not, this",,2024-02-29,"",\r\n',
      'two words,2147483647,,false,-1,,-0.5\r\n',
    ];
    // A delimiter between quotes stays what it is.
    const text = lines.join('').replaceAll(/,(?! this)/g, delimiter);
    expect(readCsv(text, fields, delimiter)).toEqual({
      records: [
        { s: 'sensor_1', i: -12, b: true, t: 1700000000123, n: 'abc', d: 20.25 },
        { s: 'a b', i: null, b: null, t: 1709164800000, n: '', d: null },
        { s: 'two words', i: 2147483647, b: false, t: -1, n: null, d: -0.5 },
      ],
      left: '',
    });
  });

  test('reads numbers and texts of any length', () => {
    const fields: Field[] = [
      { name: 'd', type: 'double' },
      { name: 's', type: 'string' },
      { name: 'l', type: 'long' },
    ];
    const numbers = Array.from({ length: 15 }, (_, k) => '123456789012345'.slice(0, k + 1));
    const decimals = numbers.flatMap((digits) => [digits, `-${digits.slice(0, 7)}.${digits.slice(7)}`, `.${digits}`]);
    const lines = decimals.map((decimal, k) => `${decimal},${'äb'.repeat(k % 9)},${numbers[k % 15]}\n`);
    expect(readCsv(lines.join(''), fields)).toEqual({
      records: decimals.map((decimal, k) => ({ d: Number(decimal), s: 'äb'.repeat(k % 9), l: Number(numbers[k % 15]) })),
      left: '',
    });
  });

  test.each([1, 16, 17, 50])('reads records of %i columns', (count) => {
    const fields = Array.from({ length: count }, (_, k): Field => ({ name: `f${k}`, type: k % 2 === 0 ? 'double' : 'string' }));
    const line = (row: number): string => `${fields.map((_, k) => row * 100 + k).join()}\n`;
    const record = (row: number): Row =>
      Object.fromEntries(fields.map(({ name }, k) => [name, k % 2 === 0 ? row * 100 + k : `${row * 100 + k}`]));
    expect(readCsv(line(1) + line(2) + line(3), fields)).toEqual({ records: [record(1), record(2), record(3)], left: '' });
  });

  test.each([
    'a',
    'a,1,2',
    '"a""b",1',
    '"a"b,1',
    '"a\n",1',
    'a\rb,1',
    'a,x',
    'a,1x',
    'a,1.2.3',
    'a,1e3',
    'a,-',
    'a,1234567890123456',
    'a,"1"',
    ' a,1',
    '',
  ])('stops before a line that it does not expect: %j', (line) => {
    const fields: Field[] = [
      { name: 's', type: 'string' },
      { name: 'd', type: 'double' },
    ];
    expect(readCsv(`ok,1\n${line}\nok,2\n`, fields)).toEqual({ records: [{ s: 'ok', d: 1 }], left: `${line}\nok,2\n` });
  });

  test('there is none for records with values of any kind', () => {
    const { columns } = new RecordWriter({ fields: [{ name: 'a', type: 'array' }] }, 0);
    expect(csvLoop(44, columns)).toBeNull();
  });
});

describe('the loop for lines of JSON of one form', () => {
  test('reads every type, nulls and both kinds of line ends', () => {
    const fields: Field[] = [
      nullable('s', 'string'),
      nullable('i', 'int'),
      nullable('b', 'boolean'),
      { name: 't', type: 'timestamp' },
      { name: 'd', type: 'double' },
      { name: 'r', type: 'row' },
      nullable('absent', 'any'),
    ];
    const lines = [
      '{"s":"sensor_1","i":-12,"other":1,"b":true,"t":1700000000123,"d":20.25,"r":{"k":[1,"}"]}}',
      '{"s":"two words ä€","i":null,"other":"x","b":null,"t":"2024-02-29","d":-0,"r":{}}\r',
      '{"s":null,"i":2147483647,"other":[{}],"b":false,"t":-1,"d":0.5,"r":{"k":null}}',
    ];
    expect(readJson(lines, fields)).toEqual({
      records: [
        { s: 'sensor_1', i: -12, b: true, t: 1700000000123, d: 20.25, r: { k: [1, '}'] }, absent: null },
        { s: 'two words ä€', i: null, b: null, t: 1709164800000, d: -0, r: {}, absent: null },
        { s: null, i: 2147483647, b: false, t: -1, d: 0.5, r: { k: null }, absent: null },
      ],
      left: '',
    });
  });

  test.each([1, 15, 16, 50])('reads records of %i values', (count) => {
    const fields = Array.from({ length: count }, (_, k): Field => ({ name: `f${k}`, type: k % 2 === 0 ? 'double' : 'string' }));
    const record = (row: number): Row =>
      Object.fromEntries(fields.map(({ name }, k) => [name, k % 2 === 0 ? row * 100 + k : `${row * 100 + k}`]));
    const records = [record(1), record(2), record(3)];
    expect(
      readJson(
        records.map((one) => JSON.stringify(one)),
        [...fields, nullable('absent', 'string')],
      ),
    ).toEqual({ records: records.map((one) => ({ ...one, absent: null })), left: '' });
  });

  test.each([
    '{"s":"a","d":01,"t":1}',
    '{"s":"a","d":1.,"t":1}',
    '{"s":"a","d":.5,"t":1}',
    '{"s":"a","d":-,"t":1}',
    '{"s":"a","d":-null,"t":1}',
    '{"s":"a","d":1e3,"t":1}',
    '{"s":"a","d":null,"t":1}',
    '{"s":"a","d":"1","t":1}',
    '{"s":"a","d":1234567890123456,"t":1}',
    '{"s":"\\u0061","d":1,"t":1}',
    '{"s":"tab\t","d":1,"t":1}',
    '{"s":"a\n","d":1,"t":1}',
    '{"s":7,"d":1,"t":1}',
    '{"s":"a","d":1,"t":x2024-02-29"}',
    '{"s":"a","d":1,"t":1.5}',
    '{"s":"a", "d":1,"t":1}',
    '{"s":"a","d":1,"t":1} ',
    '{"s":"a","d":1,"t":1',
    '',
  ])('stops before a line that it does not expect: %j', (line) => {
    const fields: Field[] = [
      { name: 's', type: 'string' },
      { name: 'd', type: 'double' },
      { name: 't', type: 'timestamp' },
    ];
    const good = '{"s":"ok","d":1,"t":5}';
    expect(readJson([good, line, good], fields)).toEqual({ records: [{ s: 'ok', d: 1, t: 5 }], left: `${line}\n${good}\n` });
  });
});
