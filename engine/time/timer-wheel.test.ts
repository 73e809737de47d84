import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerWheel } from './timer-wheel.ts';
import { Timers } from './timers.ts';

const KEYS = ['a', 'b', 'c', 'd'];

function wheelOf(): TimerWheel {
  const wheel = new TimerWheel();
  wheel.ensure(KEYS.length);
  return wheel;
}

function advance(wheel: TimerWheel, time: number): string[] {
  const fired: string[] = [];
  wheel.advanceTo(time, (slot, timestamp) => fired.push(`${timestamp} ${KEYS[slot]}`));
  return fired;
}

test('timers fire in timestamp order, equal timestamps in registration order, each once', () => {
  const wheel = wheelOf();
  wheel.register(20, 1);
  wheel.register(10, 2);
  wheel.register(10, 0);
  wheel.register(10, 2);
  wheel.register(5_000_000_000, 3);
  expect(wheel.next).toBe(10);
  expect(advance(wheel, 9)).toEqual([]);
  expect(advance(wheel, 20)).toEqual(['10 c', '10 a', '20 b']);
  expect(wheel.next).toBe(5_000_000_000);
  expect(advance(wheel, Number.POSITIVE_INFINITY)).toEqual(['5000000000 d']);
  expect([wheel.next, wheel.count()]).toEqual([Number.POSITIVE_INFINITY, 0]);
});

test('a timer that was deleted and registered again has a new place', () => {
  const wheel = wheelOf();
  for (const slot of [0, 1, 2]) wheel.register(10, slot);
  wheel.delete(10, 0);
  wheel.delete(10, 2);
  wheel.delete(11, 1);
  wheel.register(10, 0);
  expect(wheel.count()).toBe(2);
  expect(advance(wheel, 10)).toEqual(['10 b', '10 a']);
});

test('every number is a timestamp: gone by, negative, with fractions, from one end of time to the other', () => {
  const times = [
    Number.NEGATIVE_INFINITY,
    -(2 ** 63),
    -(2 ** 52),
    -(2 ** 50),
    -1_700_000_000_000,
    -1.5,
    -1,
    0,
    0.25,
    1,
    10.5,
    1023,
    1024,
    2 ** 40,
    2 ** 50 - 1,
    2 ** 50,
    2 ** 63,
    Number.POSITIVE_INFINITY,
  ];
  const wheel = wheelOf();
  for (const time of times.toReversed()) for (const slot of [1, 0]) wheel.register(time, slot);
  expect(wheel.count()).toBe(2 * times.length);
  const early = times.filter((time) => time <= 10.5);
  const late = times.filter((time) => time > 10.5);
  const both = (time: number): string[] => [`${time} b`, `${time} a`];
  expect(advance(wheel, 10.9)).toEqual(early.flatMap(both));
  wheel.register(11, 2);
  wheel.register(3, 2);
  expect(advance(wheel, 10.95)).toEqual(['3 c']);
  expect(advance(wheel, Number.POSITIVE_INFINITY)).toEqual(['11 c', ...late.flatMap(both)]);
});

test('a log in which registrations and deletions cancel each other does not grow', () => {
  const wheel = wheelOf();
  const hour = 3_600_000;
  wheel.register(0, 3);
  advance(wheel, 0);
  for (let i = 0; i < 200_000; i++) {
    wheel.register(hour + (i % 7), 1);
    wheel.register(hour + (i % 7), 0);
    wheel.delete(hour + (i % 7), 1);
    wheel.register(1 + (i % 5), 2);
  }
  expect(wheel.count()).toBe(7 + 5);
  expect(advance(wheel, 3)).toEqual(['1 c', '2 c', '3 c']);
  expect(advance(wheel, hour)).toEqual(['4 c', '5 c', `${hour} a`]);
});

interface Step {
  readonly kind: 'register' | 'delete' | 'advance' | 'renumber';
  readonly slot: number;
  readonly by: number;
}

/** What is near and what is far, so that equal timestamps are common on every level. */
const distance = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -30, max: 40 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => n * 700) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => n * 1_048_576) },
  fc.integer({ min: 0, max: 2 }).map((n) => n * 2 ** 31),
  fc.constantFrom(0.5, 1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 55),
);

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('register', 'register', 'register', 'delete', 'advance', 'renumber'),
    slot: fc.integer({ min: 0, max: KEYS.length - 1 }),
    by: distance,
  }),
  { maxLength: 80 },
);

test('any mix of registering, deleting, advancing and renumbering fires what objects in a heap fire, also from within timers', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 1_700_000_000_000, -5_000_000), (actions, start) => {
      const wheel = wheelOf();
      const heap = new Timers<string, string>({ ofKey: (key) => key, ofNamespace: (namespace) => namespace }, Number.NEGATIVE_INFINITY);
      let names = [...KEYS];
      let time = start;
      const fired = { wheel: [] as string[], heap: [] as string[] };
      // Timers do something to other timers, depending on what they are only, and rarely enough to come to an end.
      const reaction = (key: string, timestamp: number, list: string[]): readonly (readonly [boolean, string, number])[] => {
        list.push(`${timestamp} ${key}`);
        const place = KEYS.indexOf(key);
        const other = KEYS[(place + 1) % KEYS.length] as string;
        if (place === 0) return [[false, other, timestamp]];
        if (place === 1)
          return [
            [true, KEYS[3] as string, timestamp - 3],
            [true, KEYS[3] as string, timestamp],
            [true, 'd', timestamp + 7],
          ];
        return place === 2
          ? [
              [true, KEYS[3] as string, timestamp + 1],
              [false, 'd', timestamp + 1],
              [true, 'd', timestamp + 1.5],
            ]
          : [];
      };
      for (const { kind, slot, by } of actions) {
        const key = KEYS[slot] as string;
        if (kind === 'register') {
          wheel.register(time + by, names.indexOf(key));
          heap.register(key, time + by, '');
        } else if (kind === 'delete') {
          wheel.delete(time + by, names.indexOf(key));
          heap.delete(key, time + by, '');
        } else if (kind === 'renumber') {
          wheel.forEach(() => undefined);
          const turned = names.map((_, s) => names[(s + 1) % names.length] as string);
          wheel.renumber(Int32Array.from(names, (name) => turned.indexOf(name)));
          names = turned;
        } else if (by >= 0 && by < 2 ** 40) {
          time += by;
          wheel.advanceTo(time, (s, timestamp) => {
            for (const [isNew, name, at] of reaction(names[s] as string, timestamp, fired.wheel)) {
              if (isNew) wheel.register(at, names.indexOf(name));
              else wheel.delete(at, names.indexOf(name));
            }
          });
          heap.advanceTo(time, (timer) => {
            for (const [isNew, name, at] of reaction(timer.key, timer.timestamp, fired.heap)) {
              if (isNew) heap.register(name, at, '');
              else heap.delete(name, at, '');
            }
          });
          const first = heap.peek();
          expect(wheel.next).toBeLessThanOrEqual(first === undefined ? Number.POSITIVE_INFINITY : first.timestamp);
        }
        expect(fired.wheel).toEqual(fired.heap);
      }
      const pending: string[] = [];
      wheel.forEach((s, timestamp) => pending.push(`${timestamp} ${names[s]}`));
      expect(wheel.count()).toBe(heap.size);
      expect(pending.toSorted()).toEqual(
        heap
          .inFiringOrder()
          .map(({ key, timestamp }) => `${timestamp} ${key}`)
          .toSorted(),
      );
      const last = { wheel: [] as string[], heap: [] as string[] };
      wheel.advanceTo(Number.POSITIVE_INFINITY, (s, timestamp) => last.wheel.push(`${timestamp} ${names[s]}`));
      heap.advanceTo(Number.POSITIVE_INFINITY, ({ key, timestamp }) => last.heap.push(`${timestamp} ${key}`));
      expect(last.wheel).toEqual(last.heap);
    }),
    { numRuns: 400 },
  );
}, 60_000);
