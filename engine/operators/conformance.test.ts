import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../batch/schema.ts';
import { positionOf } from '../elements/origin.ts';
import { KeyReader } from '../functions/key-selector.ts';
import { keyGroupOf, operatorIndexOf } from '../state/key-group.ts';
import { redistributeState } from '../state/redistribute-state.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { elementsOfExample, inputsOf } from '../testing/conformance/example.ts';
import type { Example, ExpectedElement } from '../testing/conformance/example.ts';
import { ObservedSubtask } from '../testing/conformance/observed-subtask.ts';
import type { Observation } from '../testing/conformance/observed-subtask.ts';
import { disturbance, streamOf } from '../testing/conformance/streams.ts';
import type { Disturbance } from '../testing/conformance/streams.ts';
import { MemoryByteInput } from '../testing/memory-byte-input.ts';
import { OperatorTestHarness } from '../testing/operator-test-harness.ts';
import type { Emitted, HarnessOptions } from '../testing/operator-test-harness.ts';
import type { Element } from '../testing/rows.ts';
import { must } from '../util/assert.ts';
import type { AnyDefinition, StreamShape } from './definition.ts';
import type { Fields } from './fields.ts';
import { parseConfig } from './parse-config.ts';
import { definitions } from './registry.ts';

/** What every registered operator must pass; this is why one folder and one line are enough to add one. */

const FOLDER = new URL('./', import.meta.url);
const MAX_PARALLELISM = 128;
/** The same streams every time. A failure names the smallest one that was found in time. */
const RANDOM = { seed: 20_250_101, numRuns: 60, interruptAfterTimeLimit: 30_000 };

function text(type: string, file: string): string {
  return readFileSync(new URL(`${type}/${file}`, FOLDER), 'utf8');
}

function exampleOf(definition: AnyDefinition): Example {
  return JSON.parse(text(definition.type, 'example.json')) as Example;
}

function harnessOptions(definition: AnyDefinition, example: Example): HarnessOptions<Fields> {
  return { definition, config: example.config, inputs: inputsOf(example), maxParallelism: MAX_PARALLELISM, data: dataOf(example) };
}

function dataOf({ data = {} }: Example, chunkSizes?: readonly number[]): Readonly<Record<string, MemoryByteInput>> {
  const encoder = new TextEncoder();
  return Object.fromEntries(Object.entries(data).map(([id, content]) => [id, new MemoryByteInput(encoder.encode(content), chunkSizes)]));
}

describe('registry', () => {
  it('has an entry for every folder, and a folder for every entry', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/definition.ts`, FOLDER)))
      .map((entry) => entry.name);
    const types = definitions().map((definition) => definition.type);
    expect(types.toSorted()).toEqual(folders.toSorted());
  });
});

describe.each(definitions().map((definition) => [definition.type, definition] as const))('%s', (type, definition) => {
  it('has its documentation and its icon', () => {
    expect(text(type, 'README.md')).toMatch(/^# \S/);
    const icon = text(type, 'icon.svg').trim();
    expect(icon).toMatch(/^<svg [^>]*viewBox="0 0 24 24"[\s\S]*<\/svg>$/);
    expect(icon).toContain('currentColor');
  });

  it('says what it is', () => {
    expect(type).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(definition.title).toMatch(/^[A-Z]/);
    expect(definition.summary).toMatch(/^[A-Z].*\.$/);
    expect(definition.load === undefined).toBe(definition.partitioner !== undefined);
  });

  it('has defaults that are valid, as far as nobody has to choose', () => {
    const { problems } = parseConfig(definition.fields, {}, []);
    expect(problems.filter((problem) => problem.code !== 'required')).toEqual([]);
  });

  it('answers every question about its defaults before anything is connected', () => {
    const { config } = parseConfig(definition.fields, {}, []);
    const unknown: StreamShape = { schema: { fields: [] }, key: null, eventTime: false };
    const shapes = definition.shapes(
      config,
      definition.inputs.map(() => unknown),
    );
    const ports = definition.outputs(config).map((port) => port.name);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Object.keys(shapes.ports).filter((port) => !ports.includes(port))).toEqual([]);
    expect(typeof definition.face(config)).toBe('string');
    definition.partitioner?.(config);
    definition.delivery?.(config);
    definition.bounded?.(config);
  });

  it('has an example whose configuration is valid', () => {
    const example = exampleOf(definition);
    const { config } = example;
    const inputs = inputsOf(example);
    expect(inputs.length).toBe(definition.inputs.length);
    const parsed = parseConfig(definition.fields, config, inputs);
    expect(parsed.problems).toEqual([]);
    const { ports, problems } = definition.shapes(parsed.config, inputs);
    expect(problems).toEqual([]);
    expect(Object.keys(ports).toSorted()).toEqual(
      definition
        .outputs(parsed.config)
        .map((port) => port.name)
        .toSorted(),
    );
  });

  // Without an example nothing below can run; the test above says so.
  if (!existsSync(new URL(`${type}/example.json`, FOLDER))) return;
  if (definition.inputs.length === 0) sourceTests(definition);
  else if (definition.load !== undefined) operatorTests(definition);
});

function operatorTests(definition: AnyDefinition): void {
  const example = exampleOf(definition);
  const inputs = inputsOf(example);
  const inputPorts = definition.inputs.map((port) => port.name);
  const options = harnessOptions(definition, example);

  it.each(['row', 'batch'] as const)('does in %s mode what its example says', async (mode) => {
    if (mode === 'batch' && !(await abilitiesOf(options)).batch) return;
    const subtask = await new ObservedSubtask({ ...options, mode }).open();
    for (const element of elementsOfExample(example.elements ?? [], inputPorts)) subtask.process(element);
    expect(subtask.finish()).toBe(true);
    const { ports, delivered, failedAt } = subtask.observation();
    expect(failedAt).toBeNull();
    expectAsExample(must(example.expected, 'what the example expects'), definition, ports, delivered);
  });

  it('gives the same results in batches cut anywhere, with empty batches, repeated watermarks, and restarts', async () => {
    const abilities = await abilitiesOf(options);
    const modes = abilities.batch ? (['row', 'batch'] as const) : (['row'] as const);
    await fc.assert(
      fc.asyncProperty(streamOf(inputs), disturbance(abilities.snapshot, abilities.batch), async (stream, disturbed) => {
        const reference = await observe({ ...options, mode: 'row' }, stream);
        for (const mode of modes) expectSame(await observe({ ...options, mode }, stream, disturbed), reference);
      }),
      RANDOM,
    );
  }, 60_000);

  // Records of an input have a subtask when it is keyed, and all of them when it is broadcast to.
  if (!definition.inputs.every(({ keyed, broadcast }, i) => broadcast === true || (keyed === true && inputs[i]?.key != null))) return;
  const readersOf = (): readonly (KeyReader | null)[] =>
    inputs.map(({ key, schema }, i) => (definition.inputs[i]?.broadcast === true || key === null ? null : new KeyReader(key, schema)));

  it('gives the same results at parallelism 2 and 3', async () => {
    const readers = readersOf();
    await fc.assert(
      fc.asyncProperty(streamOf(inputs), fc.constantFrom(2, 3), async (stream, parallelism) => {
        const reference = await observe({ ...options, mode: 'row' }, stream);
        fc.pre(reference.failedAt === null);
        const parts = split(stream, readers, parallelism);
        const seen = await Promise.all(
          parts.map((part, subtaskIndex) => observe({ ...options, mode: 'row', parallelism, subtaskIndex }, part)),
        );
        expect(unordered(seen)).toEqual(unordered([reference]));
      }),
      RANDOM,
    );
  }, 60_000);

  it('can be restored at another parallelism', async () => {
    const abilities = await abilitiesOf(options);
    if (!abilities.snapshot) return;
    const readers = readersOf();
    await fc.assert(
      fc.asyncProperty(streamOf(inputs), fc.nat({ max: 80 }), fc.constantFrom([2, 3], [3, 1], [1, 4]), async (stream, at, [from, to]) => {
        const reference = await observe({ ...options, mode: 'row' }, stream);
        fc.pre(reference.failedAt === null);
        const seen = await rescaled(options, stream, at, readers, from, to);
        expect(unordered(seen)).toEqual(unordered([reference]));
      }),
      RANDOM,
    );
  }, 60_000);
}

async function abilitiesOf(options: HarnessOptions<Fields>): Promise<{ readonly batch: boolean; readonly snapshot: boolean }> {
  const harness = await new OperatorTestHarness(options).open();
  const { operator } = harness;
  const isBatched = operator.processBatch !== undefined && operator.processProcessingTime === undefined;
  const abilities = { batch: isBatched, snapshot: operator.snapshot !== undefined };
  harness.close();
  return abilities;
}

async function observe(options: HarnessOptions<Fields>, stream: readonly Element[], disturbed?: Disturbance): Promise<Observation> {
  const subtask = await new ObservedSubtask(options).open();
  for (const [i, element] of stream.entries()) {
    if (disturbed !== undefined) await disturb(subtask, i, disturbed);
    subtask.process(element);
  }
  expect(subtask.finish()).toBe(true);
  return subtask.observation();
}

async function disturb(subtask: ObservedSubtask<Fields>, i: number, disturbed: Disturbance): Promise<void> {
  if (disturbed.cuts.includes(i)) subtask.cut();
  if (disturbed.emptyBatches.includes(i)) subtask.emptyBatch();
  if (disturbed.repeatedWatermarks.includes(i)) subtask.repeatWatermark();
  const restart = disturbed.restarts.find(({ at }) => at === i);
  if (restart !== undefined) await subtask.restart(restart.mode);
}

function expectSame(seen: Observation, reference: Observation): void {
  // What was emitted before a failure depends on the batch; that it failed, and where, does not.
  if (reference.failedAt !== null) expect(seen.failedAt).toBe(reference.failedAt);
  else expect(seen).toEqual(reference);
}

/** The stream of each subtask: records by key group, those of broadcast inputs (which have no reader) and watermarks to all. */
function split(stream: readonly Element[], readers: readonly (KeyReader | null)[], parallelism: number): readonly (readonly Element[])[] {
  const goesTo = (record: Row, input: number, subtask: number): boolean => {
    const reader = readers[input] ?? null;
    if (reader === null) return true;
    const keyGroup = keyGroupOf(reader.hashOf(reader.keyOfRecord(record)), MAX_PARALLELISM);
    return operatorIndexOf(keyGroup, MAX_PARALLELISM, parallelism) === subtask;
  };
  return Array.from({ length: parallelism }, (_, subtask) =>
    stream.filter((element) => !('record' in element) || goesTo(element.record, element.input ?? 0, subtask)),
  );
}

async function rescaled(
  options: HarnessOptions<Fields>,
  stream: readonly Element[],
  at: number,
  readers: readonly (KeyReader | null)[],
  from: number,
  to: number,
): Promise<readonly Observation[]> {
  const seen: Observation[] = [];
  const snapshots: KeyedStateSnapshot[] = [];
  for (const [subtaskIndex, part] of split(stream.slice(0, at), readers, from).entries()) {
    const subtask = await new ObservedSubtask({ ...options, mode: 'row', parallelism: from, subtaskIndex }).open();
    for (const element of part) subtask.process(element);
    snapshots.push(must(subtask.snapshot(), 'a snapshot'));
    subtask.stop();
    seen.push(subtask.observation());
  }
  const watermark = stream.slice(0, at).findLast((element) => 'watermark' in element);
  const states = redistributeState(snapshots, to, MAX_PARALLELISM);
  for (const [subtaskIndex, part] of split(stream.slice(at), readers, to).entries()) {
    const subtask = new ObservedSubtask({ ...options, mode: 'row', parallelism: to, subtaskIndex });
    await subtask.takeOver(must(states[subtaskIndex], 'the state of a subtask'), watermark);
    for (const element of part) subtask.process(element);
    expect(subtask.finish()).toBe(true);
    seen.push(subtask.observation());
  }
  return seen;
}

/** Records and reports of several subtasks, in an order that does not depend on how keys were spread. */
function unordered(observations: readonly Observation[]): unknown {
  const sorted = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).toSorted();
  const records = observations.flatMap(({ ports }) => Object.values(ports).flat()).filter((emitted) => emitted.kind === 'record');
  return {
    records: sorted(records),
    delivered: sorted(observations.flatMap(({ delivered }) => delivered)),
    problems: sorted(observations.flatMap(({ problems }) => problems)),
  };
}

function expectAsExample(
  expected: readonly ExpectedElement[],
  definition: AnyDefinition,
  ports: Observation['ports'],
  delivered: readonly Row[],
): void {
  if (definition.delivery !== undefined) {
    expect(delivered).toEqual(expected.map((element) => ('record' in element ? element.record : element)));
    return;
  }
  const hasWatermarks = expected.some((element) => 'watermark' in element);
  const portOf = (element: ExpectedElement): string => ('record' in element ? (element.port ?? 'out') : 'out');
  const names = new Set([...Object.keys(ports), ...expected.map(portOf)]);
  for (const port of names) {
    const wanted = expected.filter((element) => portOf(element) === port);
    const seen = (ports[port] ?? []).filter((emitted) => hasWatermarks || emitted.kind === 'record');
    expect(seen.map((emitted, i) => asExpected(emitted, wanted[i]))).toEqual(wanted);
  }
}

/** What was emitted, written as the example would; the timestamp only where the example has one. */
function asExpected(emitted: Emitted, wanted: ExpectedElement | undefined): ExpectedElement {
  if (emitted.kind === 'watermark') return { watermark: emitted.watermark };
  const port = emitted.port === 'out' ? {} : { port: emitted.port };
  const hasTimestamp = wanted !== undefined && 'record' in wanted && wanted.timestamp !== undefined;
  return { record: emitted.value, ...(hasTimestamp ? { timestamp: emitted.timestamp } : {}), ...port };
}

/** Positions of the records that sources are asked for: enough to see every habit, few enough for many runs. */
const END_POSITION = 300;

function sourceTests(definition: AnyDefinition): void {
  const example = exampleOf(definition);
  const options = harnessOptions(definition, example);

  it('begins as its example says', async () => {
    const expected = must(example.expected, 'what the example expects');
    const { ports } = await readAll(options, example, []);
    const names = new Set(expected.map((element) => ('record' in element ? (element.port ?? 'out') : 'out')));
    for (const port of names) {
      const wanted = expected.filter((element) => 'record' in element && (element.port ?? 'out') === port);
      const seen = (ports[port] ?? []).slice(0, wanted.length);
      expect(seen.map((emitted, i) => asExpected(emitted, wanted[i]))).toEqual(wanted);
    }
  });

  it('gives the same records however it is polled, fed and restarted', async () => {
    const reference = await readAll(options, example, []);
    const polls = fc.array(
      fc.record({ maxRecords: fc.integer({ min: 1, max: 50 }), positions: fc.integer({ min: 1, max: 60 }), restart: fc.boolean() }),
      { minLength: 1, maxLength: 20 },
    );
    const chunks = fc
      .array(fc.constantFrom(0, 1, 2, 3, 7, 64, 1000), { minLength: 1, maxLength: 5 })
      .filter((sizes) => sizes.some((size) => size > 0));
    await fc.assert(
      fc.asyncProperty(polls, chunks, async (schedule, chunkSizes) => {
        expect(await readAll(options, example, schedule, chunkSizes)).toEqual(reference);
      }),
      RANDOM,
    );
  }, 60_000);

  it('gives the same records at parallelism 2 and 3, in the order of their positions', async () => {
    const valuesOf = (emitted: readonly Emitted[]): unknown[] =>
      emitted
        .flatMap((one) => (one.kind === 'record' ? [one] : []))
        .toSorted((a, b) => a.origin - b.origin)
        .map(({ port, value, origin }) => ({ port, value, position: positionOf(origin) }));
    const reference = valuesOf((await readAll(options, example, [])).ports['out'] ?? []);
    for (const parallelism of [2, 3]) {
      const parts: Emitted[] = [];
      for (let subtaskIndex = 0; subtaskIndex < parallelism; subtaskIndex++) {
        const seen = await readAll({ ...options, parallelism, subtaskIndex }, example, []);
        parts.push(...(seen.ports['out'] ?? []));
      }
      expect(valuesOf(parts)).toEqual(reference);
    }
  });
}

interface Poll {
  readonly maxRecords: number;
  /** How many positions it may advance. */
  readonly positions: number;
  /** Snapshot, close, and go on in a new instance before this poll. */
  readonly restart: boolean;
}

/** Reads a source up to `END_POSITION`, with the polls of a schedule (repeated), or with one that allows everything. */
async function readAll(
  options: HarnessOptions<Fields>,
  example: Example,
  schedule: readonly Poll[],
  chunkSizes?: readonly number[],
): Promise<Pick<Observation, 'ports' | 'problems'>> {
  const ports: Record<string, Emitted[]> = {};
  const problems: Observation['problems'][number][] = [];
  let harness = await new OperatorTestHarness({ ...options, data: dataOf(example, chunkSizes) }).open();
  const collect = (): Emitted[] => {
    const emitted = harness.drain();
    for (const one of emitted) (ports[one.kind === 'record' ? one.port : 'out'] ??= []).push(one);
    problems.push(...harness.problems.splice(0));
    return emitted;
  };
  for (let i = 0; i < 20_000; i++) {
    const poll = schedule[i % Math.max(1, schedule.length)];
    if (poll?.restart === true && i < schedule.length) {
      const snapshot = structuredClone(harness.source.snapshot());
      harness.close();
      harness = await new OperatorTestHarness({ ...options, data: dataOf(example, chunkSizes) }).open(snapshot as KeyedStateSnapshot);
    }
    const { nextPosition } = harness.source;
    const endPosition = Math.min(END_POSITION, poll === undefined ? END_POSITION : nextPosition + poll.positions);
    const maxRecords = poll?.maxRecords ?? Number.POSITIVE_INFINITY;
    const status = harness.poll({ endPosition, maxRecords });
    const records = collect().filter((emitted) => emitted.kind === 'record' && emitted.port === 'out');
    expect(records.length).toBeLessThanOrEqual(maxRecords);
    for (const { origin } of records) {
      expect(positionOf(origin)).toBeGreaterThanOrEqual(nextPosition);
      expect(positionOf(origin)).toBeLessThan(Math.min(endPosition, harness.source.nextPosition));
    }
    if (status !== 'finished' && harness.source.nextPosition < END_POSITION) continue;
    harness.close();
    expect(collect()).toEqual([]);
    return { ports, problems };
  }
  throw new Error(`The source neither ends nor advances: it stands at position ${harness.source.nextPosition}.`);
}
