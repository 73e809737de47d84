import { expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { transactionSource } from './definition.ts';

interface Transaction {
  readonly accountId: number;
  readonly timestamp: number;
  readonly amount: number;
}

async function transactions(count: number): Promise<Transaction[]> {
  const harness = await new OperatorTestHarness({ definition: transactionSource, config: { count } }).open();
  while (harness.poll() !== 'finished');
  return harness.drainValues() as unknown as Transaction[];
}

test('a cycle of 50 transactions of five accounts in turn, six minutes apart', async () => {
  const all = await transactions(150);
  expect(all.slice(0, 6).map(({ accountId, timestamp }) => [accountId, timestamp - 1_546_300_800_000])).toEqual([
    [1, 0],
    [2, 360_000],
    [3, 720_000],
    [4, 1_080_000],
    [5, 1_440_000],
    [1, 1_800_000],
  ]);
  const amounts = all.map(({ amount }) => amount);
  expect(amounts.slice(50, 100)).toEqual(amounts.slice(0, 50));
  expect(amounts.slice(100)).toEqual(amounts.slice(0, 50));
});

test('only account 3 has small amounts, three in a row, and then the only large one', async () => {
  const cycle = await transactions(50);
  expect(cycle.filter(({ amount }) => amount < 1 || amount > 500).map(({ accountId, amount }) => [accountId, amount])).toEqual([
    [3, 0.18],
    [3, 0.64],
    [3, 0.91],
    [3, 742.6],
  ]);
  const third = cycle.filter(({ accountId }) => accountId === 3).map(({ amount }) => amount);
  expect(third.slice(2, 6)).toEqual([0.18, 0.64, 0.91, 742.6]);
});
