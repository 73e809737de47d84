import { describe, expect, it } from 'vitest';
import type { WireColumn } from '../api/engine-api.ts';
import type { Schema } from '../batch/schema.ts';
import { writeRows } from '../formats/write.ts';
import { batchOfRows } from './wire-rows.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'value', type: 'double', nullable: true },
    { name: 'on', type: 'boolean' },
    { name: 'tags', type: 'array' },
  ],
};
const COLUMNS: readonly WireColumn[] = [
  { kind: 'strings', codes: Int32Array.of(0, 1, 0), dictionary: ['plain', 'a, b'], nulls: null },
  { kind: 'numbers', values: Float64Array.of(0.1, 0, -7), nulls: Uint8Array.of(0, 1, 0) },
  { kind: 'booleans', bytes: Uint8Array.of(1, 0, 1), nulls: null },
  { kind: 'values', values: [[1, 2], [], ['a']] },
];

describe('rows that crossed a worker boundary', () => {
  it('are the same records again', () => {
    const batch = batchOfRows(SCHEMA, 3, COLUMNS);
    expect([0, 1, 2].map((i) => batch.recordAt(i))).toEqual([
      { id: 'plain', value: 0.1, on: true, tags: [1, 2] },
      { id: 'a, b', value: null, on: false, tags: [] },
      { id: 'plain', value: -7, on: true, tags: ['a'] },
    ]);
  });

  it('can be written as text', () => {
    expect(writeRows(batchOfRows(SCHEMA, 3, COLUMNS), 'ndjson')).toBe(
      '{"id":"plain","value":0.1,"on":true,"tags":[1,2]}\n{"id":"a, b","value":null,"on":false,"tags":[]}\n{"id":"plain","value":-7,"on":true,"tags":["a"]}\n',
    );
  });
});
