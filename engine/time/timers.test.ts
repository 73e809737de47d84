import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Timer } from './timer-service.ts';
import { Timers } from './timers.ts';

function timerService(): Timers<string, string> {
  return new Timers({ ofKey: (key) => key, ofNamespace: (namespace) => namespace }, Number.NEGATIVE_INFINITY);
}

function advance(timers: Timers<string, string>, watermark: number): string[] {
  const fired: string[] = [];
  timers.advanceTo(watermark, (timer) => fired.push(text(timer)));
  return fired;
}

function text(timer: Timer<string, string>): string {
  return `${timer.timestamp} ${timer.key}${timer.namespace}`;
}

test('timers fire in timestamp order, equal timestamps in registration order', () => {
  const timers = timerService();
  timers.register('b', 20, '');
  timers.register('c', 10, '');
  timers.register('a', 10, '');
  timers.register('a', 30, '');
  expect(advance(timers, 9)).toEqual([]);
  expect(advance(timers, 20)).toEqual(['10 c', '10 a', '20 b']);
  expect(advance(timers, 29)).toEqual([]);
  expect(advance(timers, Number.POSITIVE_INFINITY)).toEqual(['30 a']);
});

test('a timer exists once per key, timestamp and namespace, and keeps its first place', () => {
  const timers = timerService();
  timers.register('a', 10, '');
  timers.register('b', 10, '');
  timers.register('a', 10, '');
  timers.register('a', 10, '/w');
  expect(timers.size).toBe(3);
  expect(advance(timers, 10)).toEqual(['10 a', '10 b', '10 a/w']);
  expect(timers.size).toBe(0);
});

test('a deleted timer does not fire, and deleting a missing one does nothing', () => {
  const timers = timerService();
  timers.register('a', 10, '');
  timers.register('b', 10, '');
  timers.delete('a', 10, '');
  timers.delete('a', 11, '');
  timers.delete('x', 10, '');
  expect(timers.has('a', 10, '')).toBe(false);
  expect(timers.has('b', 10, '')).toBe(true);
  expect(advance(timers, 10)).toEqual(['10 b']);
});

test('timers that a firing timer registers fire with the same watermark when they are due', () => {
  const timers = timerService();
  timers.register('a', 10, '');
  timers.register('z', 25, '');
  const fired: string[] = [];
  timers.advanceTo(20, (timer) => {
    fired.push(`${text(timer)} at ${timers.currentTime}`);
    timers.register('a', timer.timestamp + 5, '');
    timers.delete('z', 25, '');
  });
  expect(fired).toEqual(['10 a at 20', '15 a at 20', '20 a at 20']);
  expect(timers.inFiringOrder().map(text)).toEqual(['25 a']);
});

test('a timer that is due already fires with the next announcement, of the same time too', () => {
  const timers = timerService();
  advance(timers, 100);
  timers.register('a', 50, '');
  expect(advance(timers, 99)).toEqual([]);
  expect(advance(timers, 100)).toEqual(['50 a']);
});

test('a snapshot by key group restores the firing order, here into a subtask that owns one of the groups', () => {
  const timers = timerService();
  timers.register('b1', 10, '');
  timers.register('a1', 10, '/w');
  timers.register('b2', 10, '');
  timers.register('a2', 5, '');
  const snapshot = timers.snapshot((key) => (key.startsWith('a') ? 0 : 7));
  expect(snapshot).toEqual(
    new Map([
      [
        7,
        [
          ['b1', 10, '', 0],
          ['b2', 10, '', 2],
        ],
      ],
      [
        0,
        [
          ['a1', 10, '/w', 1],
          ['a2', 5, '', 3],
        ],
      ],
    ]),
  );
  const all = timerService();
  all.restore(snapshot);
  expect(advance(all, 10)).toEqual(['5 a2', '10 b1', '10 a1/w', '10 b2']);
  const half = timerService();
  half.restore(new Map([[7, snapshot.get(7) ?? []]]));
  expect(advance(half, 10)).toEqual(['10 b1', '10 b2']);
});

test('any mix of registering, deleting and advancing fires like a sorted list', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('register' as const), key: fc.constantFrom('a', 'b', 'c'), timestamp: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom('a', 'b', 'c'), timestamp: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant('advance' as const), by: fc.integer({ min: 1, max: 8 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const timers = timerService();
      let model: { key: string; timestamp: number }[] = [];
      let watermark = 0;
      timers.advanceTo(0, () => undefined);
      for (const action of steps) {
        if (action.kind === 'register') {
          timers.register(action.key, action.timestamp, '');
          if (!model.some((t) => t.key === action.key && t.timestamp === action.timestamp)) model.push(action);
        } else if (action.kind === 'delete') {
          timers.delete(action.key, action.timestamp, '');
          model = model.filter((t) => t.key !== action.key || t.timestamp !== action.timestamp);
        } else {
          watermark += action.by;
          const due = model.filter((t) => t.timestamp <= watermark).sort((x, y) => x.timestamp - y.timestamp);
          model = model.filter((t) => t.timestamp > watermark);
          expect(advance(timers, watermark)).toEqual(due.map((t) => `${t.timestamp} ${t.key}`));
        }
      }
      expect(timers.size).toBe(model.length);
    }),
    { numRuns: 60 },
  );
});
