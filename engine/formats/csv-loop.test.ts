import { describe, expect, test } from 'vitest';
import type { Field, Row } from '../batch/schema.ts';
import { ByteWindow } from './byte-window.ts';
import { csvLoop } from './csv-loop.ts';
import { RecordWriter } from './record-writer.ts';
import { encodeUtf8 } from './utf8.ts';

/** What the loop alone reads, and what it leaves to the general path. Fields of the file that are named `-` are not in the schema. */
function readPlain(text: string, fileFields: readonly Field[], delimiter = ','): { readonly records: Row[]; readonly left: string } {
  // The loop takes four bytes at a time, and no record that has not three more behind it.
  const bytes = encodeUtf8(`${text}...`);
  const window = new ByteWindow({ next: () => bytes, isEnded: false, seek: () => undefined });
  window.fill();
  const writer = new RecordWriter({ fields: fileFields.filter(({ name }) => name !== '-') }, 0);
  const columns = fileFields.map(({ name }) => writer.columnOf(name) ?? null);
  csvLoop(delimiter.charCodeAt(0), columns)?.(window, writer, columns, 100, 100);
  const left = text.slice(window.position);
  if (writer.rowCount === 0) return { records: [], left };
  const batch = writer.build();
  return { records: Array.from({ length: batch.rowCount }, (_, i) => batch.recordAt(i)), left };
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
    expect(readPlain(text, fields, delimiter)).toEqual({
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
    expect(readPlain(lines.join(''), fields)).toEqual({
      records: decimals.map((decimal, k) => ({ d: Number(decimal), s: 'äb'.repeat(k % 9), l: Number(numbers[k % 15]) })),
      left: '',
    });
  });

  test.each([1, 16, 17, 50])('reads records of %i columns', (count) => {
    const fields = Array.from({ length: count }, (_, k): Field => ({ name: `f${k}`, type: k % 2 === 0 ? 'double' : 'string' }));
    const line = (row: number): string => `${fields.map((_, k) => row * 100 + k).join()}\n`;
    const record = (row: number): Row =>
      Object.fromEntries(fields.map(({ name }, k) => [name, k % 2 === 0 ? row * 100 + k : `${row * 100 + k}`]));
    expect(readPlain(line(1) + line(2) + line(3), fields)).toEqual({ records: [record(1), record(2), record(3)], left: '' });
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
    expect(readPlain(`ok,1\n${line}\nok,2\n`, fields)).toEqual({ records: [{ s: 'ok', d: 1 }], left: `${line}\nok,2\n` });
  });

  test('there is none for records with values of any kind', () => {
    const { columns } = new RecordWriter({ fields: [{ name: 'a', type: 'array' }] }, 0);
    expect(csvLoop(44, columns)).toBeNull();
  });
});
