import type { Row } from '../../../batch/schema.ts';
import { EMPTY_SCHEMA } from '../../../batch/schema.ts';
import type { ProcessingTime } from '../../../operators/operator.ts';
import { LateRecords } from '../../../windows/late-records.ts';
import type { WindowMerge } from '../../../windows/merging-window-set.ts';
import { MergingWindowSet } from '../../../windows/merging-window-set.ts';
import type { TimeWindow } from '../../../windows/time-window.ts';
import { intersects, isSameWindow, windowStartOf } from '../../../windows/time-window.ts';
import { WindowOperator } from '../../../windows/window-operator.ts';
import { keyGroupOf } from '../../../state/key-group.ts';
import { hashText } from '../../../util/hash.ts';
import { must } from '../../../util/assert.ts';
import { createOperator, RefusedConfiguration } from '../create-operator.ts';
import { withExactTimes } from '../exact-times.ts';
import type { Actual, HarnessDriver } from '../harness-script.ts';
import { playHarness } from '../harness-script.ts';
import { inputsOfVector } from '../inputs-of-vector.ts';
import type { OperatorFactory } from '../operator-driver.ts';
import { OperatorDriver } from '../operator-driver.ts';
import { expectSame, sameMultiset, textOf } from '../same-value.ts';
import type { Adapters, Json, OperatorDescription, TableCase, Vector } from '../vector.ts';
import { timeOf } from '../vector.ts';
import type { ConfiguredWindow } from '../window-settings.ts';
import { configuredWindowOf } from '../window-settings.ts';
import { assignerOf, defaultTriggerOf, evictorOf, isValidAssigner, panesFor, triggerOf } from '../window-parts.ts';

export const adapters: Adapters = {
  'table/windowStart': (vector) =>
    eachCase(vector, ({ ts, offsetMs, sizeMs }) => windowStartOf(timeOf(ts), Number(offsetMs), Number(sizeMs))),
  'table/windowsIntersect': (vector) => eachCase(vector, ({ a, b }) => intersects(windowOf(a), windowOf(b))),
  'table/assignWindows': (vector) => {
    for (const { in: given, out } of casesOf(vector)) {
      const { assigner, ts, value = {} } = given as Json;
      const description = assigner as Json;
      const time = timeOf(ts);
      const windows = assignerOf(description, description['time'] === 'processing' ? 'processing' : 'event').assignWindows(
        value as Row,
        time,
        time,
      );
      const expected = (out as unknown[]).map(windowOf);
      if (!sameMultiset(windows, expected, isSameWindow)) throw new Error(`${textOf(given)}: got ${textOf(windows)}`);
    }
  },
  'table/assignerIsValid': (vector) => eachCase(vector, ({ assigner }) => isValidAssigner(assigner as Json)),
  'harness/window': (vector) => playWindow(vector),
  mergingWindowSet: (vector) => playMergingWindowSet(vector),
};

function casesOf(vector: Vector): readonly TableCase[] {
  return vector.cases ?? [];
}

function eachCase(vector: Vector, answer: (given: Json) => unknown): void {
  for (const { in: given, out } of casesOf(vector)) expectSame(answer(given as Json), out, textOf(given));
}

/** `[start, end]` of the corpus. */
function windowOf(pair: unknown): TimeWindow {
  const [start, end] = pair as readonly unknown[];
  return { start: timeOf(start), end: timeOf(end) };
}

async function playWindow(given: Vector): Promise<void> {
  const vector = withExactTimes(given);
  const operator = must(vector.operator, 'the operator of a harness vector');
  const driver = await new OperatorDriver((processingTime) => windowOperatorOf(operator, processingTime)).open();
  await playHarness(vector, driver);
  const configured = configuredWindowOf(operator);
  if (configured !== null) await playConfigured(vector, configured);
}

class ConfiguredWindowDriver extends OperatorDriver implements HarnessDriver {
  readonly #resultOf: (row: Row) => Row;

  constructor(factory: OperatorFactory, resultOf: (row: Row) => Row) {
    super(factory);
    this.#resultOf = resultOf;
  }

  override drain(): readonly Actual[] {
    return super.drain().map((one) => (one.kind === 'record' && one.port === 'out' ? { ...one, value: this.#resultOf(one.value) } : one));
  }
}

/** The operator of the palette must give the same, on both paths, unless it refuses the configuration. */
async function playConfigured(vector: Vector, { definition, settings, resultOf }: ConfiguredWindow): Promise<void> {
  const operator = must(vector.operator, 'the operator of a harness vector');
  const { field } = operator['function'] as Json;
  const inputs = inputsOfVector(vector, 1, String(operator['key']), typeof field === 'string' ? [field] : []);
  for (const fused of [false, true]) {
    const driver = new ConfiguredWindowDriver(
      (processingTime) => createOperator(definition, settings, inputs, { processingTime, fused }),
      resultOf,
    );
    try {
      await playHarness(vector, await driver.open());
    } catch (error) {
      if (error instanceof RefusedConfiguration) return;
      throw new Error(`as configured${fused ? ', fast path' : ''}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

function windowOperatorOf(operator: OperatorDescription, processingTime: ProcessingTime): WindowOperator<unknown> {
  const time = operator['time'] === 'processing' ? 'processing' : 'event';
  const assigner = assignerOf(operator['assigner'] as Json, time);
  const trigger = operator['trigger'];
  const key = String(operator['key']);
  const allowedLatenessMs = timeOf(operator['allowedLatenessMs'] ?? 0);
  return new WindowOperator<unknown>({
    assigner,
    trigger: trigger === null || trigger === undefined || trigger === 'default' ? defaultTriggerOf(assigner) : triggerOf(trigger as Json),
    panes: panesFor(operator, evictorOf(operator['evictor'] as Json | null)),
    allowedLatenessMs,
    lateRecords: new LateRecords(operator['sideOutputLate'] === true ? 'side-output' : 'drop', allowedLatenessMs),
    keyOf: (record: Row) => record[key],
    keyGroupOf: (value) => keyGroupOf(hashText(String(value)), 128),
    outputSchema: EMPTY_SCHEMA,
    processingTime,
  });
}

function playMergingWindowSet(vector: Vector): void {
  let set = new MergingWindowSet([]);
  for (const step of vector.steps ?? []) {
    if ('add' in step) addWindow(set, step);
    else if ('retire' in step) set.retire(windowOf(step['retire']));
    else if ('has' in step) expectSame(set.stateWindowOf(windowOf(step['has'])) !== undefined, step['result'], textOf(step));
    else throw new Error(`the adapter does not know the step ${textOf(step)}`);
    // What is persisted must be all there is.
    set = new MergingWindowSet(structuredCopy(set.mappings));
  }
}

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function addWindow(set: MergingWindowSet, step: Json): void {
  let merge: WindowMerge | null = null as WindowMerge | null;
  const result = set.add(windowOf(step['add']), (made) => {
    merge = made;
  });
  const what = textOf(step);
  expectSame([result.start, result.end], step['result'], what);
  if (step['merged'] !== undefined) expectSame(merge !== null, step['merged'], `${what} merged`);
  if (step['mergeSources'] !== undefined) {
    const expected = (step['mergeSources'] as unknown[]).map(windowOf);
    if (!sameMultiset(merge?.merged ?? [], expected, isSameWindow)) throw new Error(`${what}: merged ${textOf(merge?.merged)}`);
  }
  if (step['stateWindow'] === undefined) return;
  const stateWindow = must(set.stateWindowOf(result), 'the state window of an added window');
  expectSame([stateWindow.start, stateWindow.end], step['stateWindow'], `${what} state window`);
}
