import type { FieldType } from '../../../batch/schema.ts';
import { javaHashCode } from '../../../functions/java-hash.ts';
import { defaultMaxParallelism, keyGroupOf, keyGroupRangeOf, murmurHash, operatorIndexOf } from '../../../state/key-group.ts';
import { expectSame, textOf } from '../same-value.ts';
import type { Adapter, Adapters, Json, Vector } from '../vector.ts';

/** The tables of Flink's hashes, key groups and their subtasks. */
export const adapters: Adapters = {
  'table/javaStringHash': table((value) => hashOf('string', value)),
  'table/javaLongHash': table((value) => hashOf('long', value)),
  'table/javaDoubleHash': table((value) => hashOf('double', value)),
  'table/javaBoolHash': table((value) => hashOf('boolean', value)),
  'table/tuple2Hash': table(tupleHash),
  'table/murmur': table((value) => murmurHash(Number(value))),
  'table/keyGroup': record(({ type, key, maxParallelism }) => keyGroupOf(hashOf(String(type), key), Number(maxParallelism))),
  'table/keyGroupRange': record(({ maxParallelism, parallelism, operatorIndex }) => {
    const { first, last } = keyGroupRangeOf(Number(operatorIndex), Number(maxParallelism), Number(parallelism));
    return [first, last];
  }),
  'table/operatorIndex': record(({ maxParallelism, parallelism, keyGroup }) =>
    operatorIndexOf(Number(keyGroup), Number(maxParallelism), Number(parallelism)),
  ),
  'table/keyToSubtask': record(({ type, key, maxParallelism, parallelism }) => {
    const keyGroup = keyGroupOf(hashOf(String(type), key), Number(maxParallelism));
    return operatorIndexOf(keyGroup, Number(maxParallelism), Number(parallelism));
  }),
  'table/defaultMaxParallelism': table((value) =>
    defaultMaxParallelism(Number(typeof value === 'object' && value !== null ? (value as Json)['parallelism'] : value)),
  ),
};

function table(compute: (value: unknown) => unknown): Adapter {
  return ({ cases = [] }: Vector) => {
    for (const one of cases) expectSame(compute(one.in), one.out, textOf(one.in));
  };
}

function record(compute: (value: Json) => unknown): Adapter {
  return table((value) => compute(value as Json));
}

const TYPES: Readonly<Record<string, FieldType>> = {
  string: 'string',
  int: 'int',
  long: 'long',
  double: 'double',
  bool: 'boolean',
  boolean: 'boolean',
};

const LONGS: Readonly<Record<string, bigint>> = { MAX: 2n ** 63n - 1n, MIN: -(2n ** 63n) };

/** The corpus writes longs as texts, because a JSON number does not hold all of them. */
function hashOf(type: string, key: unknown): number {
  if (type.startsWith('tuple')) return tupleHash(key);
  const fieldType = TYPES[type];
  if (fieldType === undefined) throw new Error(`keys of the type ${type} are not known`);
  if (type === 'long') return javaHashCode(LONGS[String(key)] ?? BigInt(key as string | number), 'long');
  return javaHashCode(fieldType === 'double' ? Number(key) : key, fieldType);
}

/** Parts are plain values, or say their type themselves. */
function tupleHash(value: unknown): number {
  const parts = Array.isArray(value) ? value : Object.values(value as Json);
  const hashes = parts.map((part: unknown) => {
    if (typeof part !== 'object' || part === null) return javaHashCode(part, 'any');
    const { type, key, value: content } = part as Json;
    return hashOf(String(type), key ?? content);
  });
  // An int is its own hash code, so the hash of the parts' hash codes as ints is the hash of the tuple.
  return javaHashCode(
    hashes,
    hashes.map(() => 'int'),
  );
}
