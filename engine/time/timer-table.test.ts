import { expect, test } from 'vitest';
import { TimerService } from './timer-service.ts';

test('a hundred thousand pending timers of as many keys, each found, none left after they fired', () => {
  const timers = new TimerService<number, string>({ ofKey: (key) => key, ofNamespace: (namespace) => namespace });
  const count = 100_000;
  for (let key = 0; key < count; key++) timers.eventTime.register(key, (key * 7919) % count, '');
  for (let key = 0; key < count; key += 2) timers.eventTime.delete(key, (key * 7919) % count, '');
  expect(timers.size).toBe(count / 2);
  expect(timers.eventTime.has(1, 7919, '')).toBe(true);
  let last = -1;
  let inOrder = 0;
  timers.advanceWatermark(count, ({ timestamp }) => {
    if (timestamp > last) inOrder++;
    last = timestamp;
  });
  expect(inOrder).toBe(count / 2);
  expect(timers.size).toBe(0);
}, 30_000);
