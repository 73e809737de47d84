import { expect, test } from 'vitest';
import { looksLikeRecords } from './looks-like-records.ts';

test('one JSON object per line is data, a pretty-printed object is not', () => {
  expect(looksLikeRecords('{"id":"a","t":1}\n{"id":"b","t":2}\n')).toBe(true);
  expect(looksLikeRecords('\n{"id":"a"}')).toBe(true);
  expect(looksLikeRecords('{\n  "format": "something else"\n}')).toBe(false);
  expect(looksLikeRecords('[{"id":"a"}]')).toBe(false);
  expect(looksLikeRecords('')).toBe(false);
});
