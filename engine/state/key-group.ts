import { assert } from '../util/assert.ts';

/** First and last key group of a subtask, both inclusive (Flink: `KeyGroupRange`). */
export interface KeyGroupRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Spreads a Java hash code over the non-negative 32-bit integers, exactly as Flink's `MathUtils.murmurHash(int)`: the body of
 * MurmurHash3 x86_32 for one word of four bytes with seed 0. It has to be this one, so that a key lands on the same subtask as on a cluster.
 */
export function murmurHash(code: number): number {
  let h = Math.imul(code, 0xcc9e2d51);
  h = (h << 15) | (h >>> 17);
  h = Math.imul(h, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  h = (Math.imul(h, 5) + 0xe6546b64) ^ 4;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  if (h >= 0) return h;
  // Integer.MIN_VALUE has no positive counterpart in Java; Flink maps it to 0.
  return h === -2147483648 ? 0 : -h;
}

/** The key group of a key with this Java `hashCode` (Flink: `KeyGroupRangeAssignment.assignToKeyGroup`). */
export function keyGroupOf(javaHash: number, maxParallelism: number): number {
  return murmurHash(javaHash) % maxParallelism;
}

/** The subtask that owns a key group (Flink: `computeOperatorIndexForKeyGroup`). */
export function operatorIndexOf(keyGroup: number, maxParallelism: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** The key groups a subtask owns (Flink: `computeKeyGroupRangeForOperatorIndex`); the inverse of `operatorIndexOf`. */
export function keyGroupRangeOf(operatorIndex: number, maxParallelism: number, parallelism: number): KeyGroupRange {
  assert(parallelism <= maxParallelism, 'parallelism is at most maxParallelism');
  return {
    first: Math.floor((operatorIndex * maxParallelism + parallelism - 1) / parallelism),
    last: Math.floor(((operatorIndex + 1) * maxParallelism - 1) / parallelism),
  };
}

/** Flink never has fewer or more key groups than these when nobody says how many. */
const LEAST_KEY_GROUPS = 128;
const MOST_KEY_GROUPS = 32_768;

/**
 * Key groups of an operator for which nobody says how many (Flink: `computeDefaultMaxParallelism`): half as much again as its parallelism,
 * rounded up to a power of two.
 */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  return Math.min(Math.max(2 ** Math.ceil(Math.log2(wanted)), LEAST_KEY_GROUPS), MOST_KEY_GROUPS);
}
