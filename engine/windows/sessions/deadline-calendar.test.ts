import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeadlineCalendar } from './deadline-calendar.ts';

const NEVER = Number.POSITIVE_INFINITY;

function calendarOf(spanMs: number, times: Readonly<Record<number, number>>): DeadlineCalendar {
  const calendar = new DeadlineCalendar(spanMs);
  calendar.ensure(16);
  for (const [session, time] of Object.entries(times)) calendar.set(Number(session), time);
  return calendar;
}

function taken(calendar: DeadlineCalendar, limit: number): number[] {
  const sessions: number[] = [];
  calendar.takeUpTo(limit, (session) => {
    sessions.push(session);
    return NEVER;
  });
  return sessions.toSorted((a, b) => a - b);
}

describe('a calendar of deadlines', () => {
  test('gives those whose time has come, once', () => {
    const calendar = calendarOf(30_000, { 1: 1000, 2: 5000, 3: 5001 });
    expect(calendar.next).toBe(1000);
    expect(taken(calendar, 999)).toEqual([]);
    expect(taken(calendar, 5000)).toEqual([1, 2]);
    expect(calendar.next).toBe(5001);
    expect(taken(calendar, 1e9)).toEqual([3]);
    expect([calendar.size, calendar.next]).toEqual([0, NEVER]);
  });

  test('a session has one time, the last that was set, or none', () => {
    const calendar = calendarOf(30_000, { 1: 1000, 2: 1000 });
    calendar.set(1, 9000);
    calendar.remove(2);
    expect([calendar.size, calendar.timeOf(1), calendar.timeOf(2)]).toEqual([1, 9000, NEVER]);
    expect(taken(calendar, 8999)).toEqual([]);
    expect(taken(calendar, 9000)).toEqual([1]);
  });

  test('who is looked at may be put off, to the same day as well', () => {
    const calendar = calendarOf(30_000, { 1: 1000, 2: 1000 });
    calendar.takeUpTo(1000, (session) => 1000 + session);
    expect(calendar.next).toBe(1001);
    expect(taken(calendar, 1001)).toEqual([1]);
    expect(taken(calendar, 1002)).toEqual([2]);
  });

  test('the far future is not mistaken for today, and the end of time takes everything', () => {
    const round = 2 * 1024;
    const calendar = calendarOf(1, { 1: 10, 2: 10 + round, 3: 10 + 5 * round });
    expect(taken(calendar, 10)).toEqual([1]);
    expect(taken(calendar, 9 + round)).toEqual([]);
    expect(taken(calendar, NEVER)).toEqual([2, 3]);
  });

  test('is what a list would be, whatever is set, moved, removed and taken', () => {
    const time = fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -1e6, max: 1e6 }));
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), session: fc.integer({ min: 1, max: 15 }), time }),
      fc.record({ kind: fc.constant('remove' as const), session: fc.integer({ min: 1, max: 15 }) }),
      fc.record({
        kind: fc.constant('take' as const),
        ahead: fc.integer({ min: 0, max: 20_000 }),
        putOff: fc.integer({ min: 0, max: 3000 }),
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(step, { maxLength: 60 }), (spanMs, steps) => {
        const calendar = calendarOf(spanMs, {});
        const times = new Map<number, number>();
        let now = -1e6;
        for (const done of steps) {
          if (done.kind === 'set') {
            const at = Math.max(done.time, now + 1);
            calendar.set(done.session, at);
            times.set(done.session, at);
          } else if (done.kind === 'remove') {
            calendar.remove(done.session);
            times.delete(done.session);
          } else {
            now += done.ahead;
            const due = [...times].flatMap(([session, at]) => (at <= now ? [session] : []));
            const looked: number[] = [];
            calendar.takeUpTo(now, (session) => {
              looked.push(session);
              return session % 2 === 0 ? NEVER : now + 1 + done.putOff;
            });
            expect(looked.toSorted((a, b) => a - b)).toEqual(due.toSorted((a, b) => a - b));
            for (const session of due) {
              if (session % 2 === 0) times.delete(session);
              else times.set(session, now + 1 + done.putOff);
            }
          }
          expect(calendar.size).toBe(times.size);
          expect(calendar.next).toBeLessThanOrEqual(Math.min(NEVER, ...times.values()));
        }
      }),
    );
  });
});
