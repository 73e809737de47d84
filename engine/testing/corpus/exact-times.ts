import type { Json, Vector } from './vector.ts';

/** The engine's times are doubles, exact to here; beyond, only the ends of time are times (semantics: MIN and MAX). */
const ENGINE_END = 2n ** 53n - 1n;
const CORPUS_END = 2n ** 63n - 1n;
const CORPUS_START = -(2n ** 63n);

/** Where times of a script stand. */
const TIME_FIELDS = ['ts', 'watermark', 'processingTime', 'start', 'end'];

/**
 * A script with times at an end of the 64 bits, played as far from the engine's own end of exact times: what must not overflow there must not here. The move is a
 * multiple of every length that the operator's windows and triggers are aligned to, so each time keeps its place in its window. MIN and MAX stay what they are.
 * Scripts that hold together no moved axis (times at both ends, or at one end and near 1970) stay as they are, and fail.
 */
export function withExactTimes(vector: Vector): Vector {
  const times = timesIn(vector.steps);
  const [first, last] = [times.reduce(smaller, CORPUS_END), times.reduce((a, b) => (a > b ? a : b), CORPUS_START)];
  if (times.length === 0 || (isExact(first) && isExact(last))) return vector;
  const period = lengthsOf(vector.operator).reduce((a, b) => (a * b) / commonDivisor(a, b), 1n);
  const distance = last > 0n ? CORPUS_END - ENGINE_END : CORPUS_START + ENGINE_END;
  const shift = last > 0n ? roundedUp(distance, period) : -roundedUp(-distance, period);
  if (!isExact(first - shift) || !isExact(last - shift)) return vector;
  return { ...vector, steps: moved(vector.steps, shift) as readonly Json[] };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function isExact(time: bigint): boolean {
  return time <= ENGINE_END && time >= -ENGINE_END;
}

function roundedUp(value: bigint, period: bigint): bigint {
  return ((value + period - 1n) / period) * period;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}

/** Null: no time, or an end of time. */
function finiteTime(value: unknown): bigint | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return null;
  const time = BigInt(value);
  return time === CORPUS_END || time === CORPUS_START ? null : time;
}

function timesIn(content: unknown): readonly bigint[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([name, value]) => {
    const time = TIME_FIELDS.includes(name) ? finiteTime(value) : null;
    return time === null ? timesIn(value) : [time];
  });
}

function moved(content: unknown, shift: bigint): unknown {
  if (typeof content !== 'object' || content === null) return content;
  if (Array.isArray(content)) return content.map((item: unknown) => moved(item, shift));
  return Object.fromEntries(
    Object.entries(content).map(([name, value]: [string, unknown]) => {
      const time = TIME_FIELDS.includes(name) ? finiteTime(value) : null;
      return [name, time === null ? moved(value, shift) : Number(time - shift)];
    }),
  );
}

/** Every length of an operator, wherever it is described. */
function lengthsOf(description: unknown): readonly bigint[] {
  if (typeof description !== 'object' || description === null) return [];
  return Object.entries(description).flatMap(([name, value]: [string, unknown]) => {
    const isLength = /(?:sizeMs|slideMs|stepMs|intervalMs)$/i.test(name) && typeof value === 'number' && value > 0;
    return isLength ? [BigInt(value)] : lengthsOf(value);
  });
}
