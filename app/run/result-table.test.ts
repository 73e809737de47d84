import { expect, test } from 'vitest';
import type { RowsEvent, Schema, WireColumn } from '../../engine/api/index.ts';
import { ResultTable } from './result-table.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string', nullable: true },
    { name: 'temperature', type: 'double' },
    { name: 'ok', type: 'boolean' },
    { name: 'tags', type: 'array' },
  ],
};

function rows(firstRow: number, ids: readonly (string | null)[], temperatures: readonly number[]): RowsEvent {
  const dictionary = [...new Set(ids.filter((id) => id !== null))];
  const columns: WireColumn[] = [
    {
      kind: 'strings',
      codes: Int32Array.from(ids, (id) => (id === null ? 0 : dictionary.indexOf(id))),
      dictionary,
      nulls: ids.includes(null) ? Uint8Array.from(ids, (id) => (id === null ? 1 : 0)) : null,
    },
    { kind: 'numbers', values: Float64Array.from(temperatures), nulls: null },
    { kind: 'booleans', bytes: Uint8Array.from(temperatures, (value) => (value > 20 ? 1 : 0)), nulls: null },
    { kind: 'values', values: temperatures.map((value) => [value]) },
  ];
  return { type: 'rows', jobId: 'job', nodeId: 'sink', schema: SCHEMA, firstRow, rowCount: ids.length, columns };
}

test('gives back what was appended, over events with different dictionaries', () => {
  const table = new ResultTable(SCHEMA);
  table.append(rows(0, ['a', 'b'], [19, 21]));
  table.append(rows(2, ['b', null, 'c'], [22, 23, 18]));
  expect([0, 1, 2, 3, 4].map((row) => table.recordAt(row))).toEqual([
    { id: 'a', temperature: 19, ok: false, tags: [19] },
    { id: 'b', temperature: 21, ok: true, tags: [21] },
    { id: 'b', temperature: 22, ok: true, tags: [22] },
    { id: null, temperature: 23, ok: true, tags: [23] },
    { id: 'c', temperature: 18, ok: false, tags: [18] },
  ]);
  expect([table.firstRow, table.endRow, table.valueAt(5, 0)]).toEqual([0, 5, undefined]);
});

test('keeps row numbers when the oldest chunk is dropped', () => {
  const table = new ResultTable(SCHEMA, 30_000);
  for (let first = 0; first < 60_000; first += 1000) {
    const numbers = Array.from({ length: 1000 }, (_, i) => first + i);
    table.append(
      rows(
        first,
        numbers.map((n) => `s${n % 7}`),
        numbers,
      ),
    );
  }
  expect(table.endRow).toBe(60_000);
  expect(table.firstRow).toBe(32_768);
  expect(table.valueAt(32_767, 1)).toBe(undefined);
  expect(table.recordAt(32_768)).toEqual({ id: 's1', temperature: 32_768, ok: true, tags: [32_768] });
  expect(table.recordAt(59_999)).toEqual({ id: 's2', temperature: 59_999, ok: true, tags: [59_999] });
});

test('one event may be larger than several chunks', () => {
  const table = new ResultTable(SCHEMA);
  const numbers = Array.from({ length: 50_000 }, (_, i) => i);
  table.append(
    rows(
      0,
      numbers.map(() => 'x'),
      numbers,
    ),
  );
  expect([16_383, 16_384, 49_999].map((row) => table.valueAt(row, 1))).toEqual([16_383, 16_384, 49_999]);
});

test('a column whose kind changes keeps its values', () => {
  const table = new ResultTable({ fields: [{ name: 'value', type: 'any' }] });
  const event = { type: 'rows', jobId: 'job', nodeId: 'sink', schema: table.schema } as const;
  table.append({
    ...event,
    firstRow: 0,
    rowCount: 2,
    columns: [{ kind: 'numbers', values: Float64Array.of(1, 2), nulls: Uint8Array.of(0, 1) }],
  });
  table.append({ ...event, firstRow: 2, rowCount: 1, columns: [{ kind: 'values', values: [{ deep: true }] }] });
  expect([0, 1, 2].map((row) => table.valueAt(row, 0))).toEqual([1, null, { deep: true }]);
});
