import type { Row } from '../../batch/schema.ts';
import { refuseUnknownFields } from './known-fields.ts';
import { sameMultiset, sameValue, textOf } from './same-value.ts';
import type { Json, Vector } from './vector.ts';
import { timeOf } from './vector.ts';

/** What came out of an operator, in order over all its outputs. */
export type Actual =
  | {
      readonly kind: 'record';
      /** 'out', or the tag of a side output. */
      readonly port: string;
      readonly value: Row;
      /** NaN: none. */
      readonly timestamp: number;
      /** Of changelog streams; missing = `+I`. */
      readonly rowKind?: string;
    }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'status'; readonly status: string };

type Result = void | Promise<void>;

/** An operator that the steps of a `harness` vector are played to. Inputs count from 0. Steps it cannot take are left out. */
export interface HarnessDriver {
  /** `timestamp` is NaN when the record has none. */
  element(value: Row, timestamp: number, input: number, rowKind: string): Result;
  watermark(watermark: number, input: number): Result;
  processingTime(time: number): Result;
  /** Takes everything emitted since the last call. */
  drain(): readonly Actual[];
  snapshotAndRestore?(): Result;
  status?(status: string, input: number): Result;
  endInput?(): Result;
  /** Steps and expectations of one operator family (`complete`, `fail`, `expectState`, …). False: it does not know the step. */
  otherStep?(step: Json): boolean | Promise<boolean>;
  lateRecordsDropped?(): number;
}

interface ExpectedRecord {
  readonly value: Json;
  readonly ts?: unknown;
  readonly kind?: string;
}

type ExpectedElement = ExpectedRecord | { readonly watermark: unknown } | { readonly status: string };

interface Expectation {
  readonly main?: readonly ExpectedElement[];
  readonly side?: Readonly<Record<string, readonly ExpectedRecord[]>>;
  readonly ignoreWatermarks?: boolean;
  readonly order?: 'exact' | 'any' | 'segments';
}

/** Plays the steps of a `harness` vector. @throws at the first difference, naming the step. */
export async function playHarness(vector: Vector, driver: HarnessDriver): Promise<void> {
  refuseUnknownFields(vector);
  const steps = vector.steps ?? [];
  for (const [i, step] of steps.entries()) {
    if (step['expectError'] === true) continue;
    const mustFail = steps[i + 1]?.['expectError'] === true;
    const failure = await attempt(() => take(step, driver));
    if (mustFail && failure === null) throw new Error(`step ${i + 1} ${textOf(step)}: must fail, but did not`);
    if (!mustFail && failure !== null) throw new Error(`step ${i + 1} ${textOf(step)}: ${failure}`);
  }
}

async function attempt(action: () => Promise<void>): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function take(step: Json, driver: HarnessDriver): Promise<void> {
  const input = Number(step['input'] ?? 1) - 1;
  if ('element' in step) await takeElement(step['element'] as Json, driver);
  else if ('watermark' in step) await driver.watermark(timeOf(step['watermark']), input);
  else if ('processingTime' in step) await driver.processingTime(timeOf(step['processingTime']));
  else if ('expect' in step) expectOutput(driver.drain(), step['expect'] as Expectation);
  else if ('snapshotAndRestore' in step && driver.snapshotAndRestore !== undefined) await driver.snapshotAndRestore();
  else if ('status' in step && driver.status !== undefined) await driver.status(String(step['status']), input);
  else if ('endInput' in step && driver.endInput !== undefined) await driver.endInput();
  else if ('expectMetric' in step && driver.lateRecordsDropped !== undefined) {
    const { lateRecordsDropped } = step['expectMetric'] as Json;
    const actual = driver.lateRecordsDropped();
    if (actual !== lateRecordsDropped) throw new Error(`lateRecordsDropped is ${actual}`);
  } else if ((await driver.otherStep?.(step)) !== true) throw new Error('the adapter does not know this step');
}

async function takeElement(element: Json, driver: HarnessDriver): Promise<void> {
  const timestamp = element['ts'] === undefined || element['ts'] === null ? Number.NaN : timeOf(element['ts']);
  const rowKind = (element['kind'] as string | undefined) ?? '+I';
  await driver.element(element['value'] as Row, timestamp, Number(element['input'] ?? 1) - 1, rowKind);
}

function expectOutput(emitted: readonly Actual[], expected: Expectation): void {
  const isMain = (one: Actual): boolean => one.kind !== 'record' || one.port === 'out';
  const isIgnored = (one: Actual): boolean => expected.ignoreWatermarks === true && one.kind === 'watermark';
  const main = emitted.filter((one) => isMain(one) && !isIgnored(one));
  const wanted = expected.main ?? [];
  if (!sameOutput(main, wanted, expected.order ?? 'exact')) throw new Error(`got ${textOf(main.map(shown))}`);
  const ports = new Set([
    ...emitted.flatMap((one) => (isMain(one) ? [] : [(one as { port: string }).port])),
    ...Object.keys(expected.side ?? {}),
  ]);
  for (const port of ports) {
    const actual = emitted.filter((one) => one.kind === 'record' && one.port === port);
    if (!sameMultiset(actual, expected.side?.[port] ?? [], sameElement))
      throw new Error(`side output ${port}: got ${textOf(actual.map(shown))}`);
  }
}

function sameOutput(actual: readonly Actual[], expected: readonly ExpectedElement[], order: string): boolean {
  if (actual.length !== expected.length) return false;
  if (order === 'any') return sameMultiset(actual, expected, sameElement);
  if (order === 'exact') return actual.every((one, i) => sameElement(one, expected[i] as ExpectedElement));
  const actualSegments = segmentsOf(actual, (one) => one.kind === 'watermark');
  const expectedSegments = segmentsOf(expected, (one) => 'watermark' in one);
  return (
    actualSegments.length === expectedSegments.length &&
    actualSegments.every((segment, i) => sameMultiset(segment, expectedSegments[i] ?? [], sameElement))
  );
}

/** Cut before every watermark: within a segment the watermark is first, the records after it are in any order. */
function segmentsOf<T>(elements: readonly T[], isWatermark: (element: T) => boolean): T[][] {
  const segments: T[][] = [[]];
  for (const element of elements) {
    if (isWatermark(element)) segments.push([]);
    segments.at(-1)?.push(element);
  }
  return segments;
}

function sameElement(actual: Actual, expected: ExpectedElement): boolean {
  if (actual.kind === 'watermark') return 'watermark' in expected && actual.watermark === timeOf(expected.watermark);
  if (actual.kind === 'status') return 'status' in expected && actual.status === expected.status;
  if (!('value' in expected) || !sameValue(actual.value, expected.value)) return false;
  return (actual.rowKind ?? '+I') === (expected.kind ?? '+I') && sameTimestamp(actual.timestamp, expected.ts);
}

/** A missing timestamp is not compared, `null` means that there is none. */
function sameTimestamp(actual: number, expected: unknown): boolean {
  if (expected === undefined) return true;
  return expected === null ? Number.isNaN(actual) : actual === timeOf(expected);
}

function shown(actual: Actual): unknown {
  if (actual.kind === 'watermark') return { watermark: actual.watermark };
  if (actual.kind === 'status') return { status: actual.status };
  const timestamp = Number.isNaN(actual.timestamp) ? {} : { ts: actual.timestamp };
  return { value: actual.value, ...timestamp, ...(actual.rowKind === undefined ? {} : { kind: actual.rowKind }) };
}
