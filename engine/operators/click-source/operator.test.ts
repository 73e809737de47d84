import { expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { clickSource } from './definition.ts';

test('every page has exactly 1000 clicks in 15 seconds', async () => {
  const harness = await new OperatorTestHarness({ definition: clickSource, config: { count: 18_000, startTime: 0 } }).open();
  while (harness.poll() !== 'finished');
  const counts: Record<string, number> = {};
  for (const { timestamp, page } of harness.drainValues()) {
    const key = `${Math.floor((timestamp as number) / 15_000)} ${String(page)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  const pages = ['/help', '/index', '/shop', '/jobs', '/about', '/news'];
  expect(counts).toEqual(Object.fromEntries([0, 1, 2].flatMap((window) => pages.map((page) => [`${window} ${page}`, 1000]))));
});
