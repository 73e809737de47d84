import { describe, expect, it } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { rollingAggregate } from './definition.ts';

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'v', type: 'double' },
      { name: 'n', type: 'int' },
      { name: 'text', type: 'string', nullable: true },
      { name: 'tags', type: 'array' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};

const reading = (id: string, v: number, n = 0, text: string | null = '', tags: readonly string[] = []): Row => ({ id, v, n, text, tags });

async function harness(config: Record<string, unknown>, mode: 'row' | 'batch', input = INPUT) {
  return await new OperatorTestHarness({ definition: rollingAggregate, config, inputs: [input], mode }).open();
}

describe.each(['row', 'batch'] as const)('rolling aggregate, in %s mode', (mode) => {
  async function run(config: Record<string, unknown>, ...rows: readonly Row[]): Promise<Row[]> {
    const operator = await harness(config, mode);
    for (const row of rows) operator.processElement(row, 1000);
    return operator.drainValues();
  }

  it('sums up, and keeps the other fields of the first record of the key', async () => {
    const rows = [reading('a', 1, 7, 'x', ['p']), reading('b', 5, 8, null), reading('a', 2, 9, 'y', ['q']), reading('b', 6, 1, 'z')];
    expect(await run({ fn: 'sum', column: 'v' }, ...rows)).toEqual([
      reading('a', 1, 7, 'x', ['p']),
      reading('b', 5, 8, null),
      reading('a', 3, 7, 'x', ['p']),
      reading('b', 11, 8, null),
    ]);
  });

  it('takes whole records where asked to, the first or the last of equal ones', async () => {
    const rows = [reading('a', 2, 1), reading('a', 1, 2), reading('a', 1, 3), reading('a', 3, 4)];
    const numbers = async (config: Record<string, unknown>) => (await run(config, ...rows)).map((row) => row['n']);
    expect(await numbers({ fn: 'minBy', column: 'v', ties: 'first' })).toEqual([1, 2, 2, 2]);
    expect(await numbers({ fn: 'minBy', column: 'v', ties: 'last' })).toEqual([1, 2, 3, 3]);
    expect(await numbers({ fn: 'maxBy', column: 'v', ties: 'first' })).toEqual([1, 1, 1, 4]);
    expect(await numbers({ fn: 'min', column: 'v' })).toEqual([1, 1, 1, 1]);
  });

  it('compares as Java does', async () => {
    const values = async (fn: string, ...vs: readonly number[]) =>
      (await run({ fn, column: 'v' }, ...vs.map((v) => reading('a', v)))).map((row) => row['v']);
    expect(await values('max', 1, Number.NaN, 2)).toEqual([1, Number.NaN, Number.NaN]);
    expect(await values('min', Number.NaN, 1, Number.NaN)).toEqual([Number.NaN, 1, 1]);
    expect(await values('max', -0, 0, -0)).toEqual([-0, 0, 0]);
    expect(await values('min', 0, -0, 0)).toEqual([0, -0, -0]);
    expect(await values('max', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    const texts = await run({ fn: 'max', column: 'text' }, reading('a', 1, 1, 'b'), reading('a', 2, 2, 'a'), reading('a', 3, 3, 'c'));
    expect(texts.map((row) => row['text'])).toEqual(['b', 'b', 'c']);
  });

  it('lets sums of ints run over', async () => {
    const rows = await run({ fn: 'sum', column: 'n' }, reading('a', 0, 2_147_483_647), reading('a', 0, 1));
    expect(rows.map((row) => row['n'])).toEqual([2_147_483_647, -2_147_483_648]);
  });

  it('emits a null of the first record, and fails at the record with which it should be combined', async () => {
    const operator = await harness({ fn: 'max', column: 'text' }, mode);
    operator.processElement(reading('a', 1, 1, null), 1000);
    operator.processElement(reading('b', 1, 1, 'x'), 1000);
    expect(operator.drainValues().map((row) => row['text'])).toEqual([null, 'x']);
    expect(() => {
      operator.processElement(reading('b', 2, 2, 'y'), 2000);
      operator.processElement(reading('a', 2, 2, 'y'), 2000);
      operator.flush();
    }).toThrow('"text" is null in this record or in the one before it');
  });

  it('goes on after a restore', async () => {
    const before = await harness({ fn: 'maxBy', column: 'v' }, mode);
    before.processElement(reading('a', 3, 1, 'x', ['t']), 1000).processElement(reading('b', 1), 1000);
    const after = await new OperatorTestHarness({
      definition: rollingAggregate,
      config: { fn: 'maxBy', column: 'v' },
      inputs: [INPUT],
      mode,
    }).open(before.snapshot());
    after.processElement(reading('a', 2, 2, 'y'), 2000).processElement(reading('b', 2, 5), 2000);
    expect(after.drainValues()).toEqual([reading('a', 3, 1, 'x', ['t']), reading('b', 2, 5)]);
  });

  it.each([
    ['two fields', { kind: 'fields', fields: ['id', 'n'] }],
    ['a function', { kind: 'function', source: '(r) => [r.id, r.n]', type: 'array' }],
  ] as const)('takes a key of %s', async (_, key) => {
    const operator = await harness({ fn: 'sum', column: 'v' }, mode, { ...INPUT, key });
    operator
      .processElement(reading('a', 1, 1))
      .processElement(reading('a', 2, 2))
      .processElement(reading('a', 4, 1));
    expect(operator.drainValues().map((row) => row['v'])).toEqual([1, 2, 5]);
  });
});

describe('rolling aggregate', () => {
  it('keeps apart what many keys and many texts have in common', async () => {
    const operator = await harness({ fn: 'maxBy', column: 'v', ties: 'last' }, 'batch', {
      ...INPUT,
      key: { kind: 'fields', fields: ['n'] },
    });
    const last = new Map<number, Row>();
    for (let i = 0; i < 60_000; i++) {
      const row = reading('a', i % 7 === 0 ? -1 : i, i % 10_000, `text ${i}`, []);
      const kept = last.get(i % 10_000);
      if (kept === undefined || (kept['v'] as number) <= (row['v'] as number)) last.set(i % 10_000, row);
      operator.processElement(row, i);
    }
    const seen = new Map(operator.drainValues().map((row) => [row['n'] as number, row]));
    expect(seen).toEqual(last);
  });

  it('refuses sums of what is no number, and warns of nulls', () => {
    const codes = (fn: 'sum' | 'max', column: string) =>
      rollingAggregate.shapes({ fn, column, ties: 'first' }, [INPUT]).problems.map(({ severity, code }) => [severity, code]);
    expect(codes('sum', 'id')).toEqual([['error', 'sum-not-numeric']]);
    expect(codes('max', 'text')).toEqual([['warning', 'column-nullable']]);
    expect(codes('sum', 'v')).toEqual([]);
  });
});
