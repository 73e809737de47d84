import { describe, expect, it } from 'vitest';
import type { Schema } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import { checkPairFunction, compilePairFunction, inferPairRecord } from './pair-function.ts';

const ORDERS: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'at', type: 'timestamp' },
  ],
};
const PAYMENTS: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'paid', type: 'int', nullable: true },
    { name: 'at', type: 'timestamp' },
  ],
};

function inferred(source: string): unknown {
  const { analysis, problems } = checkPairFunction(source, ORDERS, PAYMENTS);
  expect(problems).toEqual([]);
  const record = inferPairRecord(must(analysis, 'an analysis'), ORDERS, PAYMENTS);
  return record === null
    ? null
    : [record.schema.fields.map(({ name, type, nullable }) => `${name}: ${type}${nullable === true ? '?' : ''}`), record.unknown];
}

describe('a function of two records', () => {
  it('shows the fields of what it returns', () => {
    expect(
      inferred('(left, right) => ({ id: left.id, paid: right.paid, wait: right.at - left.at, ok: left.amount <= (right.paid ?? 0) })'),
    ).toEqual([['id: string', 'paid: int?', 'wait: long', 'ok: boolean'], []]);
  });

  it('may spread either record, take them apart, and return one of them', () => {
    expect(inferred('(o, p) => ({ ...o, ...p })')).toEqual([['id: string', 'amount: double', 'at: timestamp', 'paid: int?'], []]);
    expect(inferred('({ id, amount }, { paid }) => ({ id, rest: amount - (paid ?? 0) })')).toEqual([['id: string', 'rest: double'], []]);
    expect(inferred('(o, p) => p')).toEqual([['id: string', 'paid: int?', 'at: timestamp'], []]);
    expect(inferred('(o, p) => o.amount > 1 ? { id: p.id, n: 1 } : { id: o.id, n: 1.5 }')).toEqual([['id: string', 'n: double'], []]);
  });

  it('has to declare its fields when they cannot be read', () => {
    expect(inferred('(o, p) => JSON.parse(o.id)')).toBeNull();
    expect(inferred('(o, p) => o.amount > 1 ? { ...o } : { ...o, id: 1 }')).toBeNull();
    expect(inferred('(o, p) => ({ id: o.id, x: JSON.parse(p.id) })')).toEqual([['id: string'], ['x']]);
  });

  it('is told which record does not have a field', () => {
    const { problems } = checkPairFunction('(o, p) => ({ a: o.amuont, b: p.payd, c: q.id })', ORDERS, PAYMENTS);
    expect(problems.map(({ column, message }) => [column, message])).toEqual([
      [19, 'The record has no field "amuont". Did you mean "amount"?'],
      [32, 'The second record has no field "payd". Did you mean "paid"?'],
      [41, '"q" is not available here: a function sees its record and the globals of JavaScript, nothing of the browser.'],
    ]);
  });

  it('runs', () => {
    expect(compilePairFunction('(a, b) => ({ n: a.n + (b?.n ?? 0) })')({ n: 1 }, null)).toEqual({ n: 1 });
  });
});
