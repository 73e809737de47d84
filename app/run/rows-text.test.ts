import { expect, test } from 'vitest';
import { cellText } from './cell-text.ts';
import { ResultTable } from './result-table.ts';
import { rowsText } from './rows-text.ts';
import type { ResultView } from './run-state.ts';

const SCHEMA = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'window_start', type: 'timestamp' },
    { name: 'average, °C', type: 'double', nullable: true },
    { name: 'tags', type: 'array' },
  ],
} as const;

function view(): ResultView {
  const table = new ResultTable(SCHEMA);
  table.append({
    type: 'rows',
    jobId: 'job',
    nodeId: 'sink',
    schema: SCHEMA,
    firstRow: 0,
    rowCount: 3,
    columns: [
      { kind: 'strings', codes: Int32Array.of(0, 1, 2), dictionary: ['a', 'say "hi", b', ' padded'], nulls: null },
      { kind: 'numbers', values: Float64Array.of(0, 10_000, 20_500), nulls: null },
      { kind: 'numbers', values: Float64Array.of(1 / 3, 0, -2), nulls: Uint8Array.of(0, 1, 0) },
      { kind: 'values', values: [[1], [], ['x', null]] },
    ],
  });
  return { nodeId: 'sink', schema: SCHEMA, table, firstRow: 0, endRow: 3 };
}

test('rows as CSV', async () => {
  const text = (await rowsText(view(), 'csv', 0, 3, async () => undefined)).join('');
  expect(text.split('\r\n')).toEqual([
    'id,window_start,"average, °C",tags',
    'a,1970-01-01T00:00:00.000Z,0.3333333333333333,[1]',
    '"say ""hi"", b",1970-01-01T00:00:10.000Z,,[]',
    '" padded",1970-01-01T00:00:20.500Z,-2,"[""x"",null]"',
    '',
  ]);
});

test('rows as JSON, with instants as numbers', async () => {
  const text = (await rowsText(view(), 'json', 1, 3, async () => undefined)).join('');
  expect(JSON.parse(text)).toEqual([
    { id: 'say "hi", b', window_start: 10_000, 'average, °C': null, tags: [] },
    { id: ' padded', window_start: 20_500, 'average, °C': -2, tags: ['x', null] },
  ]);
});

test('the page gets a pause between slices', async () => {
  let pauses = 0;
  await rowsText(view(), 'csv', 0, 3, async () => {
    pauses++;
  });
  expect(pauses).toBe(1);
});

test('cells round what is long and keep the exact value at hand', () => {
  expect(cellText(1 / 3, 'double')).toEqual({ text: '0.333333', title: '0.3333333333333333' });
  expect(cellText(21.5, 'double')).toEqual({ text: '21.5', title: undefined });
  expect(cellText(1e-9, 'double')).toEqual({ text: '1e-9', title: undefined });
  expect(cellText(1_763_640_238_200, 'timestamp')).toEqual({
    text: '2025-11-20 12:03:58.200',
    title: '1763640238200 ms since 1970-01-01 00:00 UTC',
  });
  expect(cellText(null, 'string')).toEqual({ text: 'null', title: undefined });
  expect(cellText({ a: 1n }, 'any')).toEqual({ text: '{"a":"1"}', title: '{"a":"1"}' });
});
