import { expect, test } from 'vitest';
import { FACTOR, FOLD, StringInterner } from './string-interner.ts';
import { encodeUtf8 } from './utf8.ts';

const bytesOf = (values: readonly string[]): { bytes: Uint8Array; bounds: readonly number[] } => {
  const bounds = [0];
  for (const value of values) bounds.push((bounds.at(-1) as number) + encodeUtf8(value).length);
  return { bytes: encodeUtf8(values.join('')), bounds };
};

/** As the readers do it while they look for the end of a value. */
function hashAsDocumented(value: string): number {
  const bytes = [...encodeUtf8(value)];
  let hash = 0;
  for (let i = 0; i < bytes.length; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(i, i + 4);
    hash = Math.imul(hash ^ (a | (b << 8) | (c << 16) | (d << 24)), FACTOR);
    hash ^= hash >>> FOLD;
  }
  return hash;
}

test('equal values have one code, different ones have different codes, in order of first appearance', () => {
  const values = ['a', '', 'ab', 'a', 'abcd', 'abce', 'abcd', 'ä', 'a\0', '', 'sensor_1', 'sensor_10', 'sensor_1'];
  const { bytes, bounds } = bytesOf(values);
  const interner = new StringInterner();
  const codes = values.map((_, k) => interner.intern(bytes, bounds[k] as number, bounds[k + 1] as number));
  expect(codes).toEqual([0, 1, 2, 0, 3, 4, 3, 5, 6, 1, 7, 8, 7]);
  expect(interner.dictionary.values).toEqual(['a', '', 'ab', 'abcd', 'abce', 'ä', 'a\0', 'sensor_1', 'sensor_10']);
});

test('a value that was hashed by its reader is found, whichever way it came in', () => {
  const values = Array.from({ length: 20_000 }, (_, i) => `${'x'.repeat(i % 7)}${i * 7919}`);
  const { bytes, bounds } = bytesOf(values);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const interner = new StringInterner();
  const interned = values.map((_, k) => interner.intern(bytes, bounds[k] as number, bounds[k + 1] as number));
  expect(interned).toEqual(values.map((_, k) => k));
  const found = values.map((value, k) =>
    interner.find(bytes, words, bounds[k] as number, bounds[k + 1] as number, hashAsDocumented(value)),
  );
  expect(found).toEqual(interned);
});

test('values with one hash are told apart', () => {
  const { bytes, bounds } = bytesOf(['abc', 'abd', 'abc', 'abcd']);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const interner = new StringInterner();
  const codes = [0, 1, 2, 3].map((k) => interner.find(bytes, words, bounds[k] as number, bounds[k + 1] as number, 5));
  expect(codes).toEqual([0, 1, 0, 2]);
});

test('ill-formed bytes that decode to the same text share its code', () => {
  const bytes = Uint8Array.of(0xff, 0xfe);
  const interner = new StringInterner();
  expect([interner.intern(bytes, 0, 1), interner.intern(bytes, 1, 2), interner.encode('\uFFFD')]).toEqual([0, 0, 0]);
});
