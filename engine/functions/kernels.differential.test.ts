import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../batch/batch-builder.ts';
import { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { checkFunction } from './check-function.ts';
import { compileFunction } from './compile-function.ts';
import { conformRecord } from './conform-record.ts';
import { FilterKernel, filterTierOf } from './filter-kernel.ts';
import type { KernelTier } from './kernel-code.ts';
import { MapKernel } from './map-kernel.ts';
import { inferRecord } from './record-result.ts';
import { must } from '../util/assert.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'temperature', type: 'double' },
    { name: 'room', type: 'string', nullable: true },
    { name: 'count', type: 'int', nullable: true },
    { name: 'ok', type: 'boolean' },
    { name: 'flag', type: 'boolean', nullable: true },
    { name: 'at', type: 'timestamp' },
    { name: 'tags', type: 'array', nullable: true },
    { name: 'extra', type: 'any' },
  ],
};

const TIERS: readonly KernelTier[] = [1, 2, 3];

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom('a', 'b', 'sensor_1', ''),
  temperature: fc.constantFrom(0, -0, 1.5, 32, 33, -40, Number.NaN, Number.POSITIVE_INFINITY),
  room: fc.constantFrom('kitchen', 'hall', '', null),
  count: fc.constantFrom(0, 1, 7, null),
  ok: fc.boolean(),
  flag: fc.constantFrom(true, false, null),
  at: fc.constantFrom(0, 1000, 1_700_000_000_123),
  tags: fc.constantFrom([], ['x'], ['x', 'y'], null),
  extra: fc.constantFrom(1, 'text', { deep: { x: 2 } }, null),
});

const NO_NULLS: Row = { room: 'hall', count: 3, flag: true, tags: ['x'], extra: 'text' };

interface Input {
  readonly rows: readonly Row[];
  readonly withoutNulls: boolean;
  /** Which rows are alive; null = all. */
  readonly selected: readonly boolean[] | null;
}

const inputArbitrary: fc.Arbitrary<Input> = fc.record({
  rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 24 }),
  withoutNulls: fc.boolean(),
  selected: fc.option(fc.array(fc.boolean(), { minLength: 24, maxLength: 24 })),
});

function batchOf({ rows, withoutNulls, selected }: Input): Batch {
  const builder = new BatchBuilder(SCHEMA, () => new Marks());
  rows.forEach((row, i) => builder.append(withoutNulls ? { ...row, ...NO_NULLS } : row, i, i));
  const all = builder.build();
  if (selected === null) return all;
  const alive = rows.flatMap((_, i) => (selected[i] === true ? [i] : []));
  return new Batch(SCHEMA, all.rowCount, all.columns, all.timestamps, all.origins, all.marks, Int32Array.from(alive), alive.length);
}

function analysisOf(source: string) {
  const { analysis, problems } = checkFunction(source, SCHEMA);
  expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
  return must(analysis, 'a function');
}

type Outcome = { readonly row: number; readonly value: unknown } | { readonly row: number; readonly error: string };

/** Both paths report "row n gave this" and "row n failed with that"; sorted by row they must be the same list. */
function byRow(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.toSorted((a, b) => a.row - b.row);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function filterByRow(source: string, batch: Batch): Outcome[] {
  const fn = compileFunction(analysisOf(source).fn);
  const outcomes: Outcome[] = [];
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    try {
      if (fn(batch.recordAt(row))) outcomes.push({ row, value: true });
    } catch (error) {
      outcomes.push({ row, error: textOf(error) });
    }
  }
  return outcomes;
}

function filterByBatch(kernel: FilterKernel, batch: Batch): Outcome[] {
  const outcomes: Outcome[] = [];
  const kept = kernel.keep(batch, (row, error) => {
    outcomes.push({ row, error: textOf(error) });
    return true;
  });
  for (let j = 0; j < kept.count; j++) outcomes.push({ row: kept.rows[j] as number, value: true });
  return byRow(outcomes);
}

function mapByRow(source: string, output: Schema, batch: Batch): Outcome[] {
  const fn = compileFunction(analysisOf(source).fn);
  const outcomes: Outcome[] = [];
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    try {
      outcomes.push({ row, value: conformRecord(output, fn(batch.recordAt(row))) });
    } catch (error) {
      outcomes.push({ row, error: textOf(error) });
    }
  }
  return outcomes;
}

function mapByBatch(kernel: MapKernel, output: Schema, batch: Batch): Outcome[] {
  const outcomes: Outcome[] = [];
  const columns = kernel.map(batch, (row, error) => {
    outcomes.push({ row, error: textOf(error) });
    return true;
  });
  const failed = new Set(outcomes.map(({ row }) => row));
  const mapped = new Batch(
    output,
    batch.rowCount,
    columns,
    batch.timestamps,
    batch.origins,
    batch.marks,
    batch.selection,
    batch.selectedCount,
  );
  for (let j = 0; j < batch.selectedCount; j++) {
    const row = batch.rowAt(j);
    if (!failed.has(row)) outcomes.push({ row, value: mapped.recordAt(row) });
  }
  return byRow(outcomes);
}

const PREDICATES: readonly (readonly [KernelTier, string])[] = [
  [3, '(r) => r.temperature > 32'],
  [3, '(r) => r.temperature > 32 && r.at < 2000 || !(r.count >= 3)'],
  [3, '({ temperature, ok }) => ok && temperature !== 0'],
  [3, '(r) => r.ok'],
  [3, '(r) => !r.flag'],
  [3, '(r) => r.flag && r.count > 0'],
  [3, '(r) => r.id === "sensor_1" || r.room !== "hall"'],
  [3, '(r) => "a" == r.id && r.room == null'],
  [3, '(r) => r.room != "kitchen" && !(r.id === "missing")'],
  [3, '(r) => r.count'],
  [3, '(r) => r.room'],
  [3, '(r) => r.count ?? r.temperature'],
  [3, '(r) => r.room.length > 3 // throws where there is no room'],
  [3, '(r) => r.tags?.includes("y") ?? r.ok'],
  [3, '(r) => r.extra.deep.x === 2'],
  [3, '(r) => `${r.id}:${r.room}`.endsWith("hall")'],
  [3, '(r) => Math.abs(r.temperature) % 2 < 1 ? r.ok : /^s/.test(r.id)'],
  [3, 'function (r) { return r.at - 1000 >= 0; }'],
  [2, '(r) => { if (r.temperature > 32) return true; return r.ok; }'],
  [2, '(r) => { const { room } = r; return room.startsWith("h"); }'],
  [2, '({ count = 5 }) => count > 1'],
  [2, '(r) => r.tags.some((tag) => tag === r.id || tag === "y")'],
  [3, '() => true'],
  [1, '(r) => Object.keys(r).length > r.count'],
  [1, '(r) => { r.temperature = 1; return r.temperature > 0 && r.ok; }'],
  [1, '({ id, ...rest }) => rest.count === 1 || id === "b"'],
  [2, '(r) => { if (r.count === 7) throw new RangeError(`seven in ${r.id}`); return r.count; }'],
];

describe('a predicate over batches keeps and refuses the same rows as the function called row by row', () => {
  it.each(PREDICATES)('tier %i: %s', (best, source) => {
    const analysis = analysisOf(source);
    expect(filterTierOf(analysis)).toBe(best);
    const kernels = TIERS.map((tier) => new FilterKernel(analysis, SCHEMA, tier));
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const batch = batchOf(input);
        const expected = filterByRow(source, batch);
        for (const kernel of kernels) expect(filterByBatch(kernel, batch)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

const FAHRENHEIT: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'f', type: 'double' },
  ],
};

const MAPPERS: readonly (readonly [KernelTier, string, Schema | null])[] = [
  [3, '(r) => ({ ...r, f: r.temperature * 9 / 5 + 32 })', null],
  [
    3,
    '(r) => ({ id: r.id, at: r.at, f: r.temperature * 1.8 + 32, hot: r.temperature > 32, label: r.temperature > 32 ? "hot" : "cold" })',
    null,
  ],
  [3, '({ id, room, count }) => ({ id, room: room ?? "nowhere", twice: count * 2, name: `${id}/${room}` })', null],
  [3, '(r) => ({ ...r, room: r.room.toUpperCase(), flag: r.flag && r.ok })', null],
  [3, '(r) => ({ id: r.id, same: r.extra, count: r.count, wide: r.count ?? 0.5, is: r.room === "hall" && r.temperature > 0 })', null],
  [3, '(r) => r', null],
  [3, '(r) => ({ f: r.count, id: r.room })', FAHRENHEIT],
  [3, '(r) => ({ f: r.extra, id: r.extra })', FAHRENHEIT],
  [3, '(r) => ({ f: r.temperature, id: r.id + 1 })', FAHRENHEIT],
  [2, '(r) => ({ f: r.temperature, id: r.id, more: r.room.length })', FAHRENHEIT],
  [2, '(r) => ({ f: r.temperature })', FAHRENHEIT],
  [2, '(r) => ({ ...r, id: "x", ...r })', null],
  [
    2,
    '(r) => { const f = r.temperature * 2; return { id: r.id, f, at: r.at, n: r.tags?.length }; }',
    { fields: [...FAHRENHEIT.fields, { name: 'n', type: 'int', nullable: true }] },
  ],
  [2, '(r) => { if (r.ok) return { ...r, temperature: 0 }; return { ...r, count: null }; }', null],
  [2, '(r) => (r.ok ? { id: r.id, f: 1 } : { id: r.room, f: r.count })', FAHRENHEIT],
  [2, '(r) => { if (r.count === 7) throw new Error("seven"); return { f: r.temperature, id: r.id }; }', FAHRENHEIT],
  [2, '(r) => { if (r.ok) return { id: r.id, f: r.temperature }; }', FAHRENHEIT],
  [2, '({ temperature: t, id = "none" }) => { t += 1; return { f: t, id }; }', FAHRENHEIT],
  [2, '(r) => { const { id } = r; const twice = (id) => id + id; return { id, f: twice(r.temperature) }; }', FAHRENHEIT],
  [2, '(r) => ({ ...r, list: [r.id, r.room], nested: { at: r.at } })', null],
  [1, '(r) => { r.f = r.temperature + 1; return r; }', FAHRENHEIT],
  [1, '(r) => Object.assign({}, r, { f: r.count })', FAHRENHEIT],
  [
    1,
    '(r) => (r.ok ? r : { id: "x" })',
    {
      fields: [
        { name: 'id', type: 'string' },
        { name: 'room', type: 'string', nullable: true },
      ],
    },
  ],
  [2, '(r) => (r.ok ? null : 5)', FAHRENHEIT],
];

describe('a record function over batches gives the same records and refusals as the function called row by row', () => {
  it.each(MAPPERS)('tier %i: %s', (best, source, declared) => {
    const analysis = analysisOf(source);
    const output = declared ?? must(inferRecord(analysis, SCHEMA), 'an inferred record').schema;
    const kernels = TIERS.map((tier) => new MapKernel(analysis, SCHEMA, output, tier));
    expect(kernels.at(-1)?.tier).toBe(best);
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const batch = batchOf(input);
        const expected = mapByRow(source, output, batch);
        for (const kernel of kernels) expect(mapByBatch(kernel, output, batch)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
