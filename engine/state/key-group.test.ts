import { describe, expect, it } from 'vitest';
import { javaHashCode } from '../functions/java-hash.ts';
import { defaultMaxParallelism, keyGroupOf, keyGroupRangeOf, murmurHash, operatorIndexOf } from './key-group.ts';

// Numbers computed with a Java runtime from the formulas Flink publishes.
const MURMUR = new Map([
  [0, 593689054],
  [1, 68075478],
  [2, 1085422463],
  [3, 847579505],
  [4, 1889779975],
  [5, 236698494],
  [6, 975490194],
  [7, 1343918321],
  [8, 1822472975],
  [9, 101886131],
  [10, 848998979],
  [17, 1197063121],
  [42, 1134849565],
  [99, 1219591486],
]);

/** Integer keys (their hash code is the number itself) with 128 key groups. */
const INTS_OF_128 = new Map([
  [0, 94],
  [1, 86],
  [2, 127],
  [3, 113],
  [4, 7],
  [5, 126],
  [6, 18],
  [7, 113],
  [8, 15],
  [9, 51],
  [10, 67],
  [17, 81],
  [42, 29],
  [99, 62],
  [100, 64],
  [127, 27],
  [128, 41],
  [255, 39],
  [256, 54],
  [1000, 7],
  [12345, 1],
  [65535, 18],
  [65536, 73],
  [1000000, 17],
  [-1, 80],
  [-2, 66],
  [-42, 96],
  [2147483647, 62],
  [-2147483648, 108],
]);

/** The same with 10 key groups: not a power of two. */
const INTS_OF_10 = new Map([
  [0, 4],
  [1, 8],
  [2, 3],
  [3, 5],
  [4, 5],
  [5, 4],
  [6, 4],
  [7, 1],
  [8, 5],
  [9, 1],
  [10, 9],
  [17, 1],
  [42, 5],
  [99, 6],
  [100, 8],
  [127, 5],
  [128, 1],
  [255, 5],
  [256, 0],
  [1000, 1],
  [12345, 1],
  [65535, 2],
  [65536, 7],
  [1000000, 9],
  [-1, 8],
  [-2, 0],
  [-42, 4],
  [2147483647, 4],
  [-2147483648, 2],
]);

/** Hash codes of strings ("", "a", "hello", "sensor_1", "日本" …) with the largest number of key groups. */
const STRINGS_OF_32768 = new Map([
  [0, 31198],
  [97, 19409],
  [98, 29846],
  [3288498, 20137],
  [3288499, 20507],
  [99162322, 31395],
  [-862545276, 18970],
  [97520992, 16610],
  [-147182656, 20116],
  [48, 11222],
  [49, 16054],
  [50, 10139],
  [51, 14753],
  [1567, 24765],
  [1662, 11021],
  [110251487, 23848],
  [110251488, 593],
  [110251489, 11187],
  [1635989930, 20178],
  [835047, 10847],
  [1772899, 7350],
  [-1059891784, 11108],
  [1262115052, 29769],
  [1262115053, 5401],
  [1262115054, 1025],
  [1302335171, 19920],
]);

/** Hash codes of strings to subtasks: 128 key groups on 3 subtasks. */
const STRINGS_TO_3_SUBTASKS = new Map([
  [0, 2],
  [97, 1],
  [98, 0],
  [3288498, 0],
  [3288499, 0],
  [99162322, 0],
  [-862545276, 0],
  [97520992, 2],
  [-147182656, 0],
  [48, 2],
  [49, 1],
  [50, 0],
  [51, 0],
  [1567, 1],
  [1662, 0],
  [110251487, 0],
  [110251488, 1],
  [110251489, 1],
  [1635989930, 1],
  [835047, 2],
  [1772899, 1],
  [-1059891784, 2],
  [1262115052, 1],
  [1262115053, 0],
  [1262115054, 0],
  [1302335171, 1],
]);

describe('murmurHash', () => {
  it('mixes as MathUtils.murmurHash', () => {
    expect(new Map([...MURMUR.keys()].map((code) => [code, murmurHash(code)]))).toEqual(MURMUR);
  });

  it('is never negative', () => {
    for (const code of [-1, -2147483648, 2147483647, 123456789, -987654321]) expect(murmurHash(code)).toBeGreaterThanOrEqual(0);
  });
});

describe('keyGroupOf', () => {
  it.each([
    ['integers, 128 key groups', 128, INTS_OF_128],
    ['integers, 10 key groups', 10, INTS_OF_10],
    ['strings, 32768 key groups', 32768, STRINGS_OF_32768],
  ])('%s', (_, maxParallelism, expected) => {
    expect(new Map([...expected.keys()].map((hash) => [hash, keyGroupOf(hash, maxParallelism)]))).toEqual(expected);
  });
});

describe('keyGroupRangeOf', () => {
  it.each([
    [
      3,
      128,
      [
        [0, 42],
        [43, 85],
        [86, 127],
      ],
    ],
    [
      4,
      128,
      [
        [0, 31],
        [32, 63],
        [64, 95],
        [96, 127],
      ],
    ],
    [
      7,
      128,
      [
        [0, 18],
        [19, 36],
        [37, 54],
        [55, 73],
        [74, 91],
        [92, 109],
        [110, 127],
      ],
    ],
    [
      3,
      10,
      [
        [0, 3],
        [4, 6],
        [7, 9],
      ],
    ],
    [
      2,
      10,
      [
        [0, 4],
        [5, 9],
      ],
    ],
  ])('parallelism %i of %i', (parallelism, maxParallelism, expected) => {
    const ranges = expected.map((_, index) => keyGroupRangeOf(index, maxParallelism, parallelism));
    expect(ranges.map(({ first, last }) => [first, last])).toEqual(expected);
  });

  it('covers every key group exactly once, with the subtask operatorIndexOf names', () => {
    for (const [parallelism, maxParallelism] of [
      [1, 1],
      [3, 128],
      [5, 7],
      [127, 128],
      [11, 32768],
    ] as const) {
      let next = 0;
      for (let index = 0; index < parallelism; index++) {
        const { first, last } = keyGroupRangeOf(index, maxParallelism, parallelism);
        expect(first).toBe(next);
        for (let group = first; group <= last; group++) expect(operatorIndexOf(group, maxParallelism, parallelism)).toBe(index);
        next = last + 1;
      }
      expect(next).toBe(maxParallelism);
    }
  });

  it('refuses more subtasks than key groups', () => {
    expect(() => keyGroupRangeOf(0, 2, 3)).toThrow('parallelism is at most maxParallelism');
  });
});

describe('operatorIndexOf', () => {
  it('sends keys to the subtasks a cluster sends them to', () => {
    const subtasks = new Map([...STRINGS_TO_3_SUBTASKS.keys()].map((hash) => [hash, operatorIndexOf(keyGroupOf(hash, 128), 128, 3)]));
    expect(subtasks).toEqual(STRINGS_TO_3_SUBTASKS);
  });

  it.each([
    [0, 128, 3, 0],
    [42, 128, 3, 0],
    [43, 128, 3, 1],
    [85, 128, 3, 1],
    [86, 128, 3, 2],
    [127, 128, 3, 2],
    [0, 128, 4, 0],
    [42, 128, 4, 1],
    [43, 128, 4, 1],
    [85, 128, 4, 2],
    [86, 128, 4, 2],
    [127, 128, 4, 3],
    [0, 10, 3, 0],
    [3, 10, 3, 0],
    [4, 10, 3, 1],
    [9, 10, 3, 2],
  ])('key group %i of %i at parallelism %i: subtask %i', (keyGroup, maxParallelism, parallelism, expected) => {
    expect(operatorIndexOf(keyGroup, maxParallelism, parallelism)).toBe(expected);
  });
});

describe('the keys of the examples', () => {
  it.each([
    ['sensors', 'string', Array.from({ length: 10 }, (_, i) => `sensor_${i + 1}`), [73, 25, 1, 104, 82, 85, 96, 43, 120, 61]],
    ['pages', 'string', ['/help', '/index', '/shop', '/jobs', '/about', '/news'], [111, 16, 73, 15, 61, 38]],
    ['languages', 'string', ['en', 'fr'], [66, 110]],
    ['accounts', 'long', [1, 2, 3, 4, 5], [86, 127, 113, 7, 126]],
    ['remainders', 'int', [0, 1, 2], [94, 86, 127]],
  ] as const)('%s are in the key groups of a cluster', (_, type, keys, expected) => {
    expect(keys.map((key) => keyGroupOf(javaHashCode(key, type), 128))).toEqual(expected);
  });

  it('the remainders of three go to subtasks 2, 2 and 3 of four, the pages to 1, 0, 1, 0, 0, 0 of two', () => {
    expect([94, 86, 127].map((group) => operatorIndexOf(group, 128, 4))).toEqual([2, 2, 3]);
    expect([111, 16, 73, 15, 61, 38].map((group) => operatorIndexOf(group, 128, 2))).toEqual([1, 0, 1, 0, 0, 0]);
  });
});

describe('defaultMaxParallelism', () => {
  it.each([
    [1, 128],
    [85, 128],
    [86, 256],
    [128, 256],
    [170, 256],
    [171, 256],
    [1000, 2048],
    [21_845, 32_768],
    [21_846, 32_768],
    [32_768, 32_768],
  ])('parallelism %i: %i key groups', (parallelism, expected) => {
    expect(defaultMaxParallelism(parallelism)).toBe(expected);
  });
});
