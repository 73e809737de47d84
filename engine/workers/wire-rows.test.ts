import { describe, expect, it } from 'vitest';
import type { WireColumn } from '../api/engine-api.ts';
import type { Schema } from '../batch/schema.ts';
import { encodeRows } from './wire-rows.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'value', type: 'double', nullable: true },
    { name: 'on', type: 'boolean' },
    { name: 'tags', type: 'array' },
  ],
};
const COLUMNS: readonly WireColumn[] = [
  { kind: 'strings', codes: Int32Array.of(0, 1, 2), dictionary: ['plain', 'with "quotes", and comma', ''], nulls: null },
  { kind: 'numbers', values: Float64Array.of(0.1, 0, Number.NaN), nulls: Uint8Array.of(0, 1, 0) },
  { kind: 'booleans', bytes: Uint8Array.of(1, 0, 1), nulls: null },
  { kind: 'values', values: [[1, 2], [], ['a']] },
];

describe('encoding of delivered rows', () => {
  it('writes NDJSON, one record a line, numbers exact', () => {
    expect(encodeRows(SCHEMA, 3, COLUMNS, 'ndjson', true)).toBe(
      '{"id":"plain","value":0.1,"on":true,"tags":[1,2]}\n' +
        '{"id":"with \\"quotes\\", and comma","value":null,"on":false,"tags":[]}\n' +
        '{"id":"","value":"NaN","on":true,"tags":["a"]}\n',
    );
  });

  it('writes CSV with names once, quotes where needed, and an empty string apart from null', () => {
    expect(encodeRows(SCHEMA, 3, COLUMNS, 'csv', true)).toBe(
      'id,value,on,tags\r\n' + 'plain,0.1,true,"[1,2]"\r\n' + '"with ""quotes"", and comma",,false,[]\r\n' + '"",NaN,true,"[""a""]"\r\n',
    );
    expect(encodeRows(SCHEMA, 1, COLUMNS, 'csv', false)).toBe('plain,0.1,true,"[1,2]"\r\n');
  });
});
