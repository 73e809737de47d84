import { describe, expect, it } from 'vitest';
import type { Row } from '../../batch/schema.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { reduce } from './definition.ts';

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'total', type: 'double' },
      { name: 'note', type: 'string', nullable: true },
      { name: 'open', type: 'boolean' },
      { name: 'seen', type: 'array' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};

const order = (id: string, total: number, note: string | null = null, open = true, seen: readonly number[] = []): Row => ({
  id,
  total,
  note,
  open,
  seen,
});

async function harness(reducer: string, mode: 'row' | 'batch', input = INPUT) {
  return await new OperatorTestHarness({ definition: reduce, config: { reducer }, inputs: [input], mode }).open();
}

describe.each(['row', 'batch'] as const)('reduce, in %s mode', (mode) => {
  it('emits the first record of a key as it is, then what the function makes of two', async () => {
    const operator = await harness('(a, b) => ({ ...b, total: a.total + b.total, note: a.note ?? b.note, open: a.open && b.open })', mode);
    operator
      .processElement(order('a', 1), 1000)
      .processElement(order('b', 5, 'x'), 2000)
      .processElement(order('a', 2, 'y', false), 3000)
      .processElement(order('a', 4, 'z'), 4000);
    expect(operator.drain().map((e) => (e.kind === 'record' ? [e.value, e.timestamp] : e))).toEqual([
      [order('a', 1), 1000],
      [order('b', 5, 'x'), 2000],
      [order('a', 3, 'y', false), 3000],
      [order('a', 7, 'y', false), 4000],
    ]);
  });

  it('keeps what was emitted apart from what the function changes later', async () => {
    const operator = await harness('(a, b) => { a.seen.push(b.total); a.total++; return a; }', mode);
    operator.processElement(order('a', 1)).processElement(order('a', 2)).processElement(order('a', 3));
    expect(operator.drainValues()).toEqual([order('a', 1), order('a', 2, null, true, [2]), order('a', 3, null, true, [2, 3])]);
  });

  it('keeps the fields of the stream and nothing else', async () => {
    const operator = await harness('(a, b) => ({ ...b, total: (a["ex" + "tra"] ?? 0) + 1, extra: 5 })', mode);
    operator.processElement(order('a', 1)).processElement(order('a', 2)).processElement(order('a', 3));
    expect(operator.drainValues()).toEqual([order('a', 1), order('a', 1), order('a', 1)]);
  });

  it.each([
    ['(a, b) => { if (b.total > 2) throw new Error("too much"); return b; }', 'The function threw Error: too much'],
    ['(a, b) => (b.total > 2 ? { ...b, total: "3" } : b)', 'Field "total" is declared double, but the value is string "3".'],
    ['(a, b) => (b.total > 2 ? null : b)', 'The function returned null instead of a record'],
  ])('emits what came before the record at which %s fails', async (reducer, message) => {
    const operator = await harness(reducer, mode);
    operator.processElement(order('a', 1), 1000, 4096).processElement(order('a', 2), 2000, 8192);
    const fail = (): void => {
      operator.processElement(order('a', 3), 3000, 12_288);
      operator.processElement(order('a', 4), 4000, 16_384);
      operator.flush();
    };
    expect(fail).toThrow(message);
    expect(operator.drainValues()).toEqual([order('a', 1), order('a', 2)]);
  });

  it('names the place in the text as it was written', async () => {
    const operator = await harness('(a, b) => ({ ...b, total: b.note.length })', mode);
    operator.processElement(order('a', 1), 1000, 4096);
    const fail = (): void => {
      operator.processElement(order('a', 2), 2000, 8192).flush();
    };
    expect(fail).toThrow(/^The function threw TypeError: .*\(line 1, column 34\)\.$/);
  });

  it('names the record that has no key', async () => {
    const operator = await harness('(a, b) => b', mode, { ...INPUT, key: { kind: 'fields', fields: ['note'] } });
    operator.processElement(order('a', 1, 'x'), 1000, 4096);
    const fail = (): void => {
      operator.processElement(order('a', 2), 2000, 8192);
      operator.flush();
    };
    expect(fail).toThrow(RecordFailure);
    expect(operator.drainValues()).toEqual([order('a', 1, 'x')]);
  });
});

describe('reduce', () => {
  it('wants a function that returns every field', () => {
    const codes = (reducer: string) => reduce.shapes({ reducer }, [INPUT]).problems.map(({ severity, code }) => [severity, code]);
    expect(codes('(a, b) => ({ total: a.total + b.total })')).toEqual([['error', 'output-field-missing']]);
    expect(codes('(a, b) => ({ ...a, total: a.total + b.total })')).toEqual([]);
    expect(codes('(a, b) => ({ ...b, total: a.totl })')).toEqual([['error', 'field-unknown']]);
    expect(codes('(a, b) => (a.total > b.total ? a : b)')).toEqual([]);
  });
});
