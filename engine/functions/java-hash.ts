import type { FieldType } from '../batch/schema.ts';

const F64 = new Float64Array(1);
const WORDS = new Int32Array(F64.buffer);

/**
 * The `hashCode` that Java gives to a key, so that it lands in the same key group as on a Flink cluster. After the contracts in the Java
 * API documentation: `String`, `Integer`, `Long` (also for timestamps), `Double`, `Boolean`; 0 for null as `Objects.hashCode`.
 * Several values hash as Flink's tuples: the hash of the first, then `31 * h + hash` for each further one.
 * @param type Type of a single value; of several values each is hashed by what it is (see `hashOfAny`).
 */
export function javaHashCode(value: unknown, type: FieldType | readonly FieldType[]): number {
  if (Array.isArray(value)) return hashOfTuple(value, type);
  if (value === null || value === undefined) return 0;
  const single = typeof type === 'string' ? type : 'any';
  switch (typeof value) {
    case 'string':
      return hashOfString(value);
    case 'boolean':
      return value ? 1231 : 1237;
    case 'bigint':
      return hashOfBigInt(value);
    case 'number':
      return hashOfNumber(value, single);
    default:
      throw new TypeError(`A key is a string, a number, a boolean, or a list of these; this one is ${JSON.stringify(value)}.`);
  }
}

function hashOfTuple(values: readonly unknown[], types: FieldType | readonly FieldType[]): number {
  let h = 0;
  values.forEach((value, i) => {
    h = (Math.imul(31, h) + javaHashCode(value, (typeof types === 'string' ? undefined : types[i]) ?? 'any')) | 0;
  });
  return h;
}

/** `s[0]*31^(n-1) + … + s[n-1]` over UTF-16 code units. */
export function hashOfString(value: string): number {
  let h = 0;
  for (let i = 0; i < value.length; i++) h = (Math.imul(31, h) + value.charCodeAt(i)) | 0;
  return h;
}

function hashOfNumber(value: number, type: FieldType): number {
  switch (type) {
    case 'int':
      return value | 0;
    case 'long':
    case 'timestamp':
      return hashOfLong(value);
    case 'double':
      return hashOfDouble(value);
    default:
      return hashOfAny(value);
  }
}

/** A number of unknown type: an int where it fits, else a long where it is whole, else a double. */
function hashOfAny(value: number): number {
  if (value === (value | 0)) return value | 0;
  return Number.isSafeInteger(value) ? hashOfLong(value) : hashOfDouble(value);
}

/** `(int) (value ^ (value >>> 32))`. */
function hashOfLong(value: number): number {
  if (!Number.isSafeInteger(value)) return Number.isFinite(value) ? hashOfBigInt(BigInt(Math.trunc(value))) : 0;
  // Floor division gives the upper word of the two's complement, for negative values too.
  const high = Math.floor(value / 4294967296);
  return (value - high * 4294967296) ^ high;
}

function hashOfBigInt(value: bigint): number {
  const bits = BigInt.asUintN(64, value);
  return Number(BigInt.asIntN(32, bits ^ (bits >> 32n)));
}

/** `doubleToLongBits` (all NaNs are one), folded like a long. */
function hashOfDouble(value: number): number {
  if (Number.isNaN(value)) return 0x7ff80000;
  F64[0] = value;
  return (WORDS[0] as number) ^ (WORDS[1] as number);
}
