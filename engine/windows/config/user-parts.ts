import type { Row, Schema } from '../../batch/schema.ts';
import type { UserObject } from '../../functions/compile-object.ts';
import { instantiate, parsedObject } from '../../functions/compile-object.ts';
import { conformRecord, copyOfRecord } from '../../functions/conform-record.ts';
import { isSingleValue, VALUE_FIELD } from '../../functions/side-outputs.ts';
import type { SubtaskPlace } from '../../functions/runtime-context.ts';
import { RuntimeContext } from '../../functions/runtime-context.ts';
import { compilePairFunction } from '../../functions/pair-function.ts';
import { copyValue } from '../../state/copy-value.ts';
import type { UserStateStore } from '../../state/user-states.ts';
import type { WindowAggregate } from '../aggregates.ts';
import type { Evictor, EvictorContext, TimestampedRow } from '../evictors/evictor.ts';
import type { PaneOutput } from '../incremental-panes.ts';
import type { FiringPane } from '../pane-function.ts';
import type { TimeWindow } from '../time-window.ts';
import { maxTimestamp } from '../time-window.ts';
import type { DeltaFunction } from '../triggers/delta-trigger.ts';
import { callUser, UserCodeError } from '../user-code-error.ts';
import type { WindowSideOutput } from './window-side-outputs.ts';
import { unknownTag } from './window-side-outputs.ts';

/** The parts of windows that users write, behind the interfaces of the engine. Records they get are their own. */

export function userObject(source: string, subject: string): UserObject {
  return callUser(subject, () => instantiate(parsedObject(source)));
}

/** Calls a method of user code with the object as `this`; undefined when it has none of that name. */
export function callMethod(object: UserObject, name: string, subject: string, args: readonly unknown[]): unknown {
  const method = object[name];
  if (typeof method !== 'function') return undefined;
  return callUser(`${subject}'s ${name}`, () => Reflect.apply(method as (...args: readonly unknown[]) => unknown, object, args));
}

export interface UserWindow extends TimeWindow {
  readonly maxTimestamp: number;
}

export function userWindow(window: TimeWindow): UserWindow {
  return { start: window.start, end: window.end, maxTimestamp: maxTimestamp(window) };
}

export function userDelta(source: string, schema: Schema): DeltaFunction {
  const delta = compilePairFunction(source);
  return (earlier, record) => {
    const difference = callUser('The difference', () => delta(copyOfRecord(schema, earlier), copyOfRecord(schema, record)));
    if (typeof difference === 'number') return difference;
    throw new UserCodeError(`The difference returned ${typeof difference} instead of a number.`);
  };
}

/** `(a, b) => record` (Flink: `ReduceFunction`). The first record stands for itself. */
export class UserReduce implements WindowAggregate<{ record: Row | null }> {
  readonly #schema: Schema;
  readonly #reduce: (a: Row, b: Row) => unknown;

  constructor(source: string, schema: Schema) {
    this.#schema = schema;
    this.#reduce = compilePairFunction(source);
  }

  createAccumulator(): { record: Row | null } {
    return { record: null };
  }

  add(record: Row, accumulator: { record: Row | null }): { record: Row | null } {
    return { record: accumulator.record === null ? copyOfRecord(this.#schema, record) : this.#combined(accumulator.record, record) };
  }

  merge(into: { record: Row | null }, from: { record: Row | null }): { record: Row | null } {
    if (into.record === null || from.record === null) return into.record === null ? from : into;
    return { record: this.#combined(into.record, from.record) };
  }

  getResult({ record }: { record: Row | null }): Row {
    return copyOfRecord(this.#schema, record ?? {});
  }

  #combined(a: Row, b: Row): Row {
    return callUser('The function', () =>
      conformRecord(this.#schema, this.#reduce(copyOfRecord(this.#schema, a), copyOfRecord(this.#schema, b))),
    );
  }
}

/** An object with `createAccumulator`, `add`, `getResult` and `merge` (Flink: `AggregateFunction`). */
export class UserAggregate implements WindowAggregate<{ accumulator: unknown }, unknown> {
  readonly #object: UserObject;
  readonly #schema: Schema;

  constructor(source: string, schema: Schema) {
    this.#object = userObject(source, 'The aggregate function');
    this.#schema = schema;
  }

  createAccumulator(): { accumulator: unknown } {
    return { accumulator: this.#call('createAccumulator') };
  }

  /** An `add` that changes the accumulator need not return it. */
  add(record: Row, { accumulator }: { accumulator: unknown }): { accumulator: unknown } {
    return { accumulator: this.#call('add', copyOfRecord(this.#schema, record), accumulator) ?? accumulator };
  }

  merge(into: { accumulator: unknown }, from: { accumulator: unknown }): { accumulator: unknown } {
    return { accumulator: this.#call('merge', into.accumulator, from.accumulator) ?? into.accumulator };
  }

  getResult({ accumulator }: { accumulator: unknown }): unknown {
    // The result may be the accumulator, which goes on changing.
    return copyValue(this.#call('getResult', accumulator));
  }

  #call(method: string, ...args: readonly unknown[]): unknown {
    return callMethod(this.#object, method, 'The aggregate function', args);
  }
}

export interface ProcessPlace {
  readonly place: SubtaskPlace;
  /** False: of windows over all records, whose functions get none (Flink: `ProcessAllWindowFunction`). */
  readonly hasKey: boolean;
}

/** An object with `process`, and as needed `open`, `close` and `clear` (Flink: `ProcessWindowFunction`, a rich function). */
export class UserProcess implements PaneOutput<readonly unknown[]> {
  readonly #object: UserObject;
  readonly #output: Schema;
  readonly #sideOutputs: ReadonlyMap<string, WindowSideOutput>;
  readonly #hasKey: boolean;
  readonly #runtime: RuntimeContext;
  #isUsable = false;

  constructor(source: string, output: Schema, sideOutputs: ReadonlyMap<string, WindowSideOutput>, where: ProcessPlace) {
    this.#object = userObject(source, 'The process function');
    this.#output = output;
    this.#sideOutputs = sideOutputs;
    this.#hasKey = where.hasKey;
    this.#runtime = new RuntimeContext(where.place);
  }

  open(keyStates: UserStateStore): void {
    this.#call('open', [contextOfOpen(keyStates, this.#runtime)]);
    this.#isUsable = true;
  }

  /** Not after it has failed. */
  close(): void {
    if (this.#isUsable) this.#call('close', []);
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.#runtime.counters();
  }

  process(elements: readonly unknown[], pane: FiringPane): void {
    const collect = (record: unknown): void => pane.collect(conformRecord(this.#output, copyValue(record)));
    const context = contextOf(pane, this.#sideOutputs, this.#runtime);
    this.#call('process', [...(this.#hasKey ? [pane.key] : []), context, elements, { collect }]);
  }

  clear(pane: FiringPane): void {
    this.#call('clear', [contextOf(pane, this.#sideOutputs, this.#runtime)]);
  }

  #call(method: string, args: readonly unknown[]): void {
    try {
      callMethod(this.#object, method, 'The process function', args);
    } catch (error) {
      this.#isUsable = false;
      throw error;
    }
  }
}

/** State that belongs to the key may be got once, before there is one. */
function contextOfOpen(keyStates: UserStateStore, runtime: RuntimeContext): object {
  return {
    getState: (descriptor: unknown) => keyStates.getState(descriptor),
    getListState: (descriptor: unknown) => keyStates.getListState(descriptor),
    getMapState: (descriptor: unknown) => keyStates.getMapState(descriptor),
    getReducingState: (descriptor: unknown) => keyStates.getReducingState(descriptor),
    getAggregatingState: (descriptor: unknown) => keyStates.getAggregatingState(descriptor),
    getRuntimeContext: () => runtime,
  };
}

/** Of a class's getters a copy would have nothing, so it is written out. */
function contextOf(pane: FiringPane, sideOutputs: ReadonlyMap<string, WindowSideOutput>, runtime: RuntimeContext): object {
  return {
    window: userWindow(pane.window),
    currentWatermark: pane.currentWatermark,
    currentProcessingTime: pane.currentProcessingTime,
    windowState: (descriptor?: unknown) => storeOrState(pane.windowStates, descriptor),
    globalState: (descriptor?: unknown) => storeOrState(pane.keyStates, descriptor),
    getRuntimeContext: () => runtime,
    output: (tag: unknown, value: unknown) => sideOutput(pane, sideOutputs, tag, value),
  };
}

/** `windowState()` is Flink's; `windowState('count')` is short for its value state of that name. */
function storeOrState(states: UserStateStore, descriptor: unknown): unknown {
  return descriptor === undefined ? states : states.getState(descriptor);
}

/** A tag is its name, or an object with its name as `id` (Flink: `OutputTag`). */
function sideOutput(pane: FiringPane, sideOutputs: ReadonlyMap<string, WindowSideOutput>, tag: unknown, value: unknown): void {
  const name = typeof tag === 'object' && tag !== null ? (tag as { readonly id?: unknown }).id : tag;
  const side = sideOutputs.get(name as string);
  if (side === undefined) throw new TypeError(unknownTag(name, sideOutputs.keys()));
  pane.sideOutput(side.tag.name, conformRecord(side.schema, copyValue(isSingleValue(side.tag) ? { [VALUE_FIELD]: value } : value)));
}

/** An object with `evictBefore` and `evictAfter`, each of which returns the elements that stay. */
export class UserEvictor implements Evictor {
  readonly #object: UserObject;
  readonly #schema: Schema;

  constructor(source: string, schema: Schema) {
    this.#object = userObject(source, 'The evictor');
    this.#schema = schema;
  }

  evictBefore(elements: readonly TimestampedRow[], context: EvictorContext): readonly TimestampedRow[] {
    return this.#evict('evictBefore', elements, context);
  }

  evictAfter(elements: readonly TimestampedRow[], context: EvictorContext): readonly TimestampedRow[] {
    return this.#evict('evictAfter', elements, context);
  }

  #evict(method: string, elements: readonly TimestampedRow[], context: EvictorContext): readonly TimestampedRow[] {
    if (typeof this.#object[method] !== 'function') return elements;
    const given = elements.map(([record, timestamp]) => ({ value: copyOfRecord(this.#schema, record), timestamp }));
    const { currentWatermark, currentProcessingTime } = context;
    const args = [given, { window: userWindow(context.window), currentWatermark, currentProcessingTime }];
    const kept = callMethod(this.#object, method, 'The evictor', args);
    if (!Array.isArray(kept)) throw new UserCodeError(`The evictor's ${method} must return the list of elements that stay.`);
    // Elements are told by identity, so that nothing else can come in.
    const stays = new Set<unknown>(kept);
    return elements.filter((_, i) => stays.has(given[i]));
  }
}
