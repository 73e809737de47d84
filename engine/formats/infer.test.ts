import { describe, expect, test } from 'vitest';
import { inferData } from './infer.ts';

const infer = (text: string, name: string, isWhole = true) => inferData(new TextEncoder().encode(text), name, isWhole);

describe('CSV', () => {
  test('header, delimiter, types and nulls', () => {
    expect(
      infer(
        'id;timestamp;temperature;ok;day;count;plz\na;1700000000000;20.5;true;2024-05-01;3;01234\nb;1700000001000;;false;2024-05-02;3000000;01235',
        'x.csv',
      ),
    ).toEqual({
      format: 'csv',
      delimiter: ';',
      header: true,
      fields: [
        { name: 'id', type: 'string' },
        { name: 'timestamp', type: 'timestamp' },
        { name: 'temperature', type: 'double', nullable: true },
        { name: 'ok', type: 'boolean' },
        { name: 'day', type: 'timestamp' },
        { name: 'count', type: 'long' },
        { name: 'plz', type: 'string' },
      ],
      notes: [],
    });
  });

  test('without a header the fields are numbered', () => {
    expect(infer('a\t1\t2.5\nb\t2\t3\n', 'x.tsv')).toEqual({
      format: 'csv',
      delimiter: '\t',
      header: false,
      fields: [
        { name: 'field_1', type: 'string' },
        { name: 'field_2', type: 'int' },
        { name: 'field_3', type: 'double' },
      ],
      notes: [],
    });
  });

  test('a header above nothing but text, and a lone header', () => {
    expect(infer('name,city\nAnn,Rome\nBob,Oslo\n', 'x.csv')).toMatchObject({
      header: true,
      fields: [{ name: 'name', type: 'string' }, { name: 'city' }],
    });
    expect(infer('name,city', 'x.csv')).toMatchObject({
      header: true,
      fields: [{ name: 'name' }, { name: 'city' }],
      notes: ['The file has a header and no records, so all fields are taken for text.'],
    });
  });

  test('a few malformed lines do not change a type, but are said', () => {
    const lines = Array.from({ length: 100 }, (_, i) => (i === 7 ? 'warm,1' : i === 9 ? '1' : `${i}.5,"a, b"`));
    expect(infer(`t,s\n${lines.join('\n')}`, 'x.csv')).toEqual({
      format: 'csv',
      delimiter: ',',
      header: true,
      fields: [
        { name: 't', type: 'double' },
        { name: 's', type: 'string' },
      ],
      notes: [
        '1 of 100 lines have another number of fields than the header and would be malformed.',
        'Field "t": 1 of 99 values are no double; their lines would be malformed.',
      ],
    });
  });

  test('columns that cannot be addressed are left out', () => {
    expect(infer('a,,b,b\n1,2,3,4\n', 'x.csv')).toMatchObject({
      fields: [{ name: 'a', type: 'int' }],
      notes: ['Column 2 has no name and is left out.', 'More than one column is named "b"; they are left out.'],
    });
  });

  test('the line that the head cuts off is not looked at', () => {
    expect(infer('a,b\n1,2\n3,x', 'x.csv', false).fields).toEqual([
      { name: 'a', type: 'int' },
      { name: 'b', type: 'int' },
    ]);
  });
});

describe('NDJSON', () => {
  test('fields of all lines, with nested ones', () => {
    const text =
      '{"id":"a","at":1700000000000,"v":1.5,"r":{"x":1},"l":[1]}\n{"id":"b","at":1700000000001,"v":2,"r":{},"m":1,"l":[]}\n{"m":"x"\n';
    expect(infer(text, 'x.txt')).toEqual({
      format: 'ndjson',
      delimiter: ',',
      header: false,
      fields: [
        { name: 'id', type: 'string' },
        { name: 'at', type: 'timestamp' },
        { name: 'v', type: 'double' },
        { name: 'r', type: 'row', fields: [{ name: 'x', type: 'int', nullable: true }] },
        { name: 'l', type: 'array' },
        { name: 'm', type: 'int', nullable: true },
      ],
      notes: ['1 of 3 lines are no JSON objects and would be malformed.'],
    });
  });
});

test('an empty file says so', () => {
  expect(infer('', 'x.csv')).toEqual({ format: 'csv', delimiter: ',', header: true, fields: [], notes: ['The file is empty.'] });
  expect(infer('\n', 'x.jsonl')).toEqual({ format: 'ndjson', delimiter: ',', header: false, fields: [], notes: ['The file is empty.'] });
});

test.each([
  ['[{"a":1}]', 'x.json', 'The file is a JSON array'],
  ['PK\u0003\u0004....', 'x.xlsx', 'Excel workbook'],
  ['{\n "a": 1\n}', 'x.json', 'one JSON document over several lines'],
])('a file of the wrong kind is refused: %j', (text, name, message) => {
  expect(() => infer(text, name)).toThrow(message);
});
