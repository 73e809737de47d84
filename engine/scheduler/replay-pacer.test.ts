import { describe, expect, it } from 'vitest';
import { ReplayPacer } from './replay-pacer.ts';

const SENSOR = { name: 'sensor' };
const FILE = { name: 'file' };

describe('the replay pacer', () => {
  it('never waits at full speed, and takes whole batches', () => {
    const pacer = new ReplayPacer('max');
    expect(pacer.delay(SENSOR, 0, 1_000_000, 5)).toBe(0);
    expect(pacer.pollRecords(SENSOR)).toBe(4096);
  });

  it('waits until the clock has caught up with event time', () => {
    const pacer = new ReplayPacer(10);
    expect(pacer.delay(SENSOR, 1000, 50_000, 1)).toBe(0);
    // One second of event time at ×10 is 100 ms of the clock, 40 of which have passed.
    expect(pacer.delay(SENSOR, 1040, 51_000, 2)).toBe(60);
    expect(pacer.delay(SENSOR, 1100, 51_000, 2)).toBe(0);
  });

  it('paces by records while there is no event time, and by event time from its first sight on', () => {
    const pacer = new ReplayPacer(1);
    expect(pacer.delay(SENSOR, 0, Number.NaN, 0)).toBe(0);
    expect(pacer.delay(SENSOR, 0, Number.NaN, 1)).toBe(100);
    expect(pacer.delay(SENSOR, 30, 7000, 2)).toBe(0);
    expect(pacer.delay(SENSOR, 30, 7500, 3)).toBe(500);
  });

  it('takes fewer records per poll when one poll covers too much event time, and more when it covers little', () => {
    const pacer = new ReplayPacer(1);
    pacer.delay(SENSOR, 0, 0, 0);
    for (const event of [0, 1, 2]) pacer.polled(SENSOR, event);
    expect(pacer.pollRecords(SENSOR)).toBe(4);
    pacer.polled(SENSOR, 500);
    expect(pacer.pollRecords(SENSOR)).toBe(2);
  });

  it('keeps sources apart: years may lie between their event times, and one may have none', () => {
    const pacer = new ReplayPacer(1);
    expect([pacer.delay(FILE, 0, 1000, 1), pacer.delay(SENSOR, 0, 90_000_000_000, 1)]).toEqual([0, 0]);
    expect([pacer.delay(FILE, 10, 1050, 2), pacer.delay(SENSOR, 10, 90_000_000_100, 2)]).toEqual([40, 90]);
    expect(pacer.delay({ name: 'no event time' }, 10, Number.NaN, 500, true)).toBe(0);
    for (const event of [0, 1, 2, 3]) pacer.polled(FILE, event);
    for (const event of [0, 100, 200]) pacer.polled(SENSOR, event);
    expect([pacer.pollRecords(FILE), pacer.pollRecords(SENSOR)]).toEqual([8, 1]);
  });

  it('starts over from where it is after a change of speed', () => {
    const pacer = new ReplayPacer(1);
    pacer.delay(SENSOR, 0, 0, 0);
    expect(pacer.delay(SENSOR, 0, 60_000, 9)).toBe(60_000);
    pacer.setSpeed(2);
    expect(pacer.delay(SENSOR, 10, 60_000, 9)).toBe(0);
    expect(pacer.delay(SENSOR, 10, 61_000, 10)).toBe(500);
  });
});
