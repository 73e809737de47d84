import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName } from './nearest.ts';

const FIELDS = ['id', 'timestamp', 'temperature', 'humidity'];

describe('nearestName', () => {
  it.each([
    ['temprature', 'temperature'],
    ['tempertaure', 'temperature'],
    ['Timestamp', 'timestamp'],
    ['time_stamp', 'timestamp'],
    ['di', 'id'],
    ['pressure', null],
    ['', null],
  ])('%s: %s', (name, expected) => {
    expect(nearestName(name, FIELDS)).toBe(expected);
  });

  it('prefers the earlier of two equally near names', () => {
    expect(nearestName('c', ['a', 'b'])).toBe('a');
  });
});

describe('didYouMean', () => {
  it('is a question, or nothing', () => {
    expect([didYouMean('humidty', FIELDS), didYouMean('pressure', FIELDS)]).toEqual([' Did you mean "humidity"?', '']);
  });
});
