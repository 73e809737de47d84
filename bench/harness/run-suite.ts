import type { Outcome, PreparedSuite, Requirement, Variant } from './suite.ts';
import { isClose, median } from './statistics.ts';

/** One timed run. */
interface Sample {
  readonly milliseconds: number;
  /** Of all threads of the process, the garbage collector's included. */
  readonly cpuMilliseconds: number;
}

export type Verdict = 'goal' | 'pass' | 'below';

export interface RequirementResult extends Requirement {
  readonly measured: number;
  readonly verdict: Verdict;
}

export interface VariantResult {
  readonly name: string;
  readonly group: string;
  readonly records: number;
  readonly repetitions: number;
  readonly millionsPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly nanosecondsPerRecord: number;
  /** To the first variant of the group: median of the ratios within a repetition. */
  readonly ratio: number;
  /** The same, by processor time instead of wall time: on a busy machine the steadier of the two. Null where it is not known. */
  readonly cpuRatio: number | null;
  readonly requirements: readonly RequirementResult[];
}

export interface SuiteResult {
  readonly variants: readonly VariantResult[];
  /** One sentence per variant whose outcome differs from that of its group. */
  readonly mismatches: readonly string[];
}

/** Processor time of all threads of the process so far, in ms, the garbage collector's included; NaN where nobody can tell. */
export type CpuClock = () => number | Promise<number>;

export interface SuiteRunOptions {
  readonly cpuMilliseconds: CpuClock;
  readonly onProgress: (text: string) => void;
}

/**
 * Runs all variants in one process, interleaved, in an order that rotates from repetition to repetition, so that load, heat and garbage of
 * one hit all alike. Repetition 0 warms up and is dropped. Never forces a garbage collection: V8 throws optimised code away on a forced one,
 * and kernels then look 20 to 40 % slower than they are.
 */
export async function runSuite(suite: PreparedSuite, { cpuMilliseconds, onProgress }: SuiteRunOptions): Promise<SuiteResult> {
  const samples = new Map<string, Sample[]>(suite.variants.map((variant) => [variant.name, []]));
  const mismatches = new Set<string>();
  for (let repetition = 0; repetition <= suite.repetitions; repetition++) {
    suite.beforeRepetition?.(repetition);
    const expected = new Map<string, Expected>();
    for (const variant of rotated(suite.variants, repetition)) {
      if (repetition > (variant.repetitions ?? suite.repetitions)) continue;
      onProgress(`repetition ${repetition} of ${suite.repetitions}: ${variant.name}`);
      const { sample, outcome } = await timed(variant, cpuMilliseconds);
      if (repetition > 0) samples.get(variant.name)?.push(sample);
      if (outcome === null) continue;
      const reference = expected.get(variant.group);
      if (reference === undefined) expected.set(variant.group, { name: variant.name, outcome });
      else for (const difference of differences(variant.name, outcome, reference)) mismatches.add(difference);
    }
  }
  return { variants: suite.variants.map((variant) => resultOf(variant, suite, samples)), mismatches: [...mismatches] };
}

interface Expected {
  readonly name: string;
  readonly outcome: Outcome;
}

function rotated(variants: readonly Variant[], by: number): readonly Variant[] {
  const start = by % variants.length;
  return [...variants.slice(start), ...variants.slice(0, start)];
}

async function timed(variant: Variant, cpuMilliseconds: CpuClock): Promise<{ sample: Sample; outcome: Outcome | null }> {
  const cpuBefore = await cpuMilliseconds();
  const before = performance.now();
  const result = variant.run();
  const outcome = result instanceof Promise ? await result : result;
  const milliseconds = performance.now() - before;
  return { sample: { milliseconds, cpuMilliseconds: (await cpuMilliseconds()) - cpuBefore }, outcome };
}

function differences(name: string, outcome: Outcome, reference: Expected): string[] {
  const keys = new Set([...Object.keys(outcome), ...Object.keys(reference.outcome)]);
  return [...keys]
    .filter((key) => !isClose(outcome[key] ?? Number.NaN, reference.outcome[key] ?? Number.NaN))
    .map((key) => `${name}: ${key} is ${outcome[key]}, but ${reference.outcome[key]} in "${reference.name}".`);
}

function resultOf(variant: Variant, suite: PreparedSuite, samples: ReadonlyMap<string, readonly Sample[]>): VariantResult {
  const own = samples.get(variant.name) ?? [];
  const limit = suite.variants.find((candidate) => candidate.group === variant.group) ?? variant;
  const rates = own.map((sample) => rateOf(variant, sample));
  const rate = median(rates);
  return {
    name: variant.name,
    group: variant.group,
    records: variant.records,
    repetitions: own.length,
    millionsPerSecond: rate,
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    nanosecondsPerRecord: 1000 / rate,
    ratio: ratioOf(variant, limit, samples, (sample) => sample.milliseconds),
    cpuRatio: orNull(ratioOf(variant, limit, samples, (sample) => sample.cpuMilliseconds)),
    requirements: suite.requirements
      .filter((requirement) => requirement.variant === variant.name)
      .map((requirement) => requirementResult(requirement, variant, rate, suite, samples)),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function rateOf(variant: Variant, sample: Sample): number {
  return variant.records / sample.milliseconds / 1000;
}

function ratioOf(
  variant: Variant,
  limit: Variant,
  samples: ReadonlyMap<string, readonly Sample[]>,
  costOf: (sample: Sample) => number,
): number {
  const limits = samples.get(limit.name) ?? [];
  const ratios = (samples.get(variant.name) ?? []).flatMap((sample, i) => {
    const limitSample = limits[i];
    return limitSample === undefined ? [] : [variant.records / costOf(sample) / (limit.records / costOf(limitSample))];
  });
  return median(ratios);
}

function requirementResult(
  requirement: Requirement,
  variant: Variant,
  rate: number,
  suite: PreparedSuite,
  samples: ReadonlyMap<string, readonly Sample[]>,
): RequirementResult {
  const base = suite.variants.find((candidate) => candidate.name === requirement.of);
  if (requirement.of !== null && base === undefined)
    throw new Error(`The variant "${requirement.of}" that a requirement names must exist.`);
  const measured = base === undefined ? rate : ratioOf(variant, base, samples, (sample) => sample.milliseconds);
  const verdict = measured >= requirement.goal ? 'goal' : measured >= requirement.require ? 'pass' : 'below';
  return { ...requirement, measured, verdict };
}
