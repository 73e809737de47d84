/** One vector of a conformance corpus; `FORMAT.md` says what the other keys mean, by `kind`. */
export interface Vector {
  readonly name: string;
  readonly kind: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  /** Of kind `harness`. */
  readonly operator?: OperatorDescription;
  /** Of kind `table`. */
  readonly function?: string;
  readonly cases?: readonly TableCase[];
  readonly steps?: readonly Json[];
  readonly [key: string]: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

export interface OperatorDescription {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface TableCase {
  readonly in: unknown;
  readonly out: unknown;
}

export interface VectorFile {
  readonly format: string;
  readonly topic: string;
  readonly vectors: readonly Vector[];
  /** Shared tables of SQL vectors, by name. */
  readonly datasets?: Json;
}

/** Throws when actual and expected differ; what it throws is the line that is printed. */
export type Adapter = (vector: Vector, file: VectorFile) => void | Promise<void>;

/**
 * Adapters by what they replay: `<kind>`, or more precisely `harness/<operator type>` and `table/<function>`. Every module in `adapters/`
 * exports one such record as `adapters`.
 */
export type Adapters = Readonly<Record<string, Adapter>>;

/** What a vector needs an adapter for. */
export function subjectOf(vector: Vector): string {
  if (vector.kind === 'harness') return `harness/${vector.operator?.type ?? ''}`;
  return vector.kind === 'table' ? `table/${vector.function ?? ''}` : vector.kind;
}

/** A time of the corpus as the engine writes it: "MAX" and "MIN", or the largest and smallest 64-bit integer in digits, are its infinities. */
export function timeOf(value: unknown): number {
  if (value === 'MAX' || value === '9223372036854775807') return Number.POSITIVE_INFINITY;
  if (value === 'MIN' || value === '-9223372036854775808') return Number.NEGATIVE_INFINITY;
  const time = typeof value === 'string' && !/^-?\d+$/.test(value) ? Number.NaN : Number(value ?? Number.NaN);
  if (Number.isNaN(time)) throw new Error(`${JSON.stringify(value)} is no time`);
  return time;
}
