import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import { defaultConfig } from '../fields.ts';
import type { StreamShape } from '../definition.ts';
import { asyncLookup } from './definition.ts';

const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'v', type: 'int' },
    ],
  },
  key: null,
  eventTime: true,
};
const ROOMS = 'sensor,room,floor\na,Library,1\nb,Kitchen,0\na,Archive,-1\n';

/** Records arrive every 10 ms: position n at 10 n. */
const harness = (config: Readonly<Record<string, unknown>>) =>
  new OperatorTestHarness({
    definition: asyncLookup,
    config: { table: ROOMS, lookupField: 'id', latency: 25, ...config },
    inputs: [READINGS],
    arrivalIntervalMs: 10,
  }).open();
type Harness = Awaited<ReturnType<typeof harness>>;

/** Feeds `a1`, `b2`: id and value; numbers are watermarks. */
function feed(h: Harness, ...elements: readonly (string | number)[]): Harness {
  for (const element of elements) {
    if (typeof element === 'number') h.processWatermark(element);
    else h.processElement({ id: element[0], v: Number(element.slice(1)) }, Number(element.slice(1)) * 1000);
  }
  return h;
}

const positionAndValue = (emitted: readonly Emitted[]) =>
  emitted.map((e) =>
    e.kind === 'watermark' ? e.watermark : `${String(e.value['id'])}${String(e.value['v'])} ${String(e.value['room'])} #${e.origin / 4096}`,
  );

describe('async lookup', () => {
  test('gives one result per row, with the timestamp of the record, when the answer arrives', async () => {
    const h = await harness({});
    feed(h, 'a1', 'b2', 'c3');
    expect(h.drain()).toEqual([]);
    // The calls of positions 1, 2, 3 at 10, 20, 30 ms are answered at 35, 45, 55 ms.
    feed(h, 'c4');
    expect(h.drain()).toEqual([
      { kind: 'record', port: 'out', value: { id: 'a', v: 1, room: 'Library', floor: 1 }, timestamp: 1000, origin: originOf(4, 0) },
      { kind: 'record', port: 'out', value: { id: 'a', v: 1, room: 'Archive', floor: -1 }, timestamp: 1000, origin: originOf(4, 0) },
    ]);
    feed(h, MAX_WATERMARK);
    h.finish();
    expect(positionAndValue(h.drain())).toEqual(['b2 Kitchen #5', 'c3 null #6', 'c4 null #7', MAX_WATERMARK]);
  });

  test('drops records without a row when it is told to, and puts a function to work', async () => {
    const h = await harness({
      missing: 'drop',
      combine: '(r, row) => ({ id: r.id, v: r.v, room: `${row.room} on ${row.floor}` })',
      tableKey: 'sensor',
    });
    feed(h, 'b1', 'c2', 'a3').finish();
    expect(h.drainValues().map((row) => row['room'])).toEqual(['Kitchen on 0', 'Library on 1', 'Archive on -1']);
  });

  test('ordered: a slow answer holds up those behind it; unordered: they overtake it, but not the watermark', async () => {
    const answers = async (mode: string) => {
      const h = await harness({ mode, latency: 0, jitter: 100 });
      feed(h, 'b1', 'b2', 'b3', 'b4', 2000, 'b5', 'b6', 5000).finish();
      return positionAndValue(h.drain());
    };
    const ordered = await answers('ordered');
    const unordered = await answers('unordered');
    expect(ordered.map((one) => String(one).split(' ')[0])).toEqual(['b1', 'b2', 'b3', 'b4', '2000', 'b5', 'b6', '5000']);
    const places = unordered.map((one) => String(one).split(' ')[0]);
    expect(new Set(places.slice(0, 4))).toEqual(new Set(['b1', 'b2', 'b3', 'b4']));
    expect([places[4], places[7]]).toEqual(['2000', '5000']);
    expect(places.slice(0, 4)).not.toEqual(['b1', 'b2', 'b3', 'b4']);
    const origins = unordered.flatMap((one) => (typeof one === 'string' ? [Number(one.split('#')[1])] : []));
    expect(origins).toEqual(origins.toSorted((a, b) => a - b));
  });

  test('without room it waits for an answer, and everything behind it is that much later', async () => {
    const h = await harness({ capacity: 1 });
    feed(h, 'b1', 'b2', 'b3', 1000, 'b4').finish();
    // Called at 10, 35, 60 and 85 ms, one after the other; each answer takes 25 ms and comes with the next position.
    expect(positionAndValue(h.drain())).toEqual(['b1 Kitchen #4', 'b2 Kitchen #6', 'b3 Kitchen #9', 1000, 'b4 Kitchen #11']);
  });

  test('when time is up the job fails, or the record goes on without a row, or is dropped', async () => {
    const failing = await harness({ timeout: 20 });
    feed(failing, 'b1', 'b2');
    expect(() => feed(failing, 'b3')).toThrow('There was no answer within the timeout of 20 ms.');
    for (const [onTimeout, rooms] of [
      ['unmatched', ['b1 null #3', 'b2 null #4']],
      ['drop', []],
    ] as const) {
      const h = await harness({ timeout: 20, onTimeout });
      feed(h, 'b1', 'b2').finish();
      expect(positionAndValue(h.drain())).toEqual(rooms);
      expect(h.problems.map(({ kind, position, reason }) => [kind, position, reason])).toEqual([
        ['failed', 1, 'There was no answer within the timeout of 20 ms.'],
        ['failed', 2, 'There was no answer within the timeout of 20 ms.'],
      ]);
    }
  });

  test('an answer at the very moment of the timeout counts', async () => {
    const h = await harness({ timeout: 25 });
    feed(h, 'b1').finish();
    expect(positionAndValue(h.drain())).toEqual(['b1 Kitchen #4']);
  });

  test('failed calls fail the job, or are made again after the delay, so often as allowed', async () => {
    const failing = await harness({ failures: 100 });
    expect(() => feed(failing, 'b1').finish()).toThrow('The call failed.');
    const retrying = await harness({ failures: 100, retry: 'fixed', retryDelay: 15, maxRetries: 2, onFailure: 'drop' });
    feed(retrying, 'b1');
    for (let n = 2; n <= 14; n++) retrying.processProcessingTime(1_735_689_600_000 + n * 10);
    // Calls at 10, 50 and 90 ms, each failing after 25 ms.
    expect(retrying.problems).toEqual([
      { kind: 'failed', position: 1, reason: 'The call failed, also the last of 3 attempts.', content: { id: 'b', v: 1 } },
    ]);
  });

  test('growing delays stop at the longest', async () => {
    const config = {
      failures: 100,
      retry: 'exponential',
      retryDelay: 10,
      multiplier: 3,
      maxRetryDelay: 50,
      maxRetries: 4,
      latency: 0,
      timeout: 0,
    };
    const h = await harness({ ...config, onFailure: 'unmatched' });
    feed(h, 'b1');
    // Attempts at 10, 20, 50, 100 and 150 ms.
    h.processProcessingTime(1_735_689_600_149);
    expect(positionAndValue(h.drain())).toEqual([]);
    h.processProcessingTime(1_735_689_600_150);
    expect(positionAndValue(h.drain())).toEqual(['b1 null #15']);
  });

  test('answers without a row can be a reason to ask again; the end of the input stops that', async () => {
    const config = { retry: 'fixed', retryDelay: 1000, maxRetries: 5, retryOn: 'failure-or-empty', timeout: 0 };
    const h = await harness(config);
    feed(h, 'c1', 'b2');
    h.processProcessingTime(1_735_689_600_100);
    expect(positionAndValue(h.drain())).toEqual([]);
    h.finish();
    // Asked again at 100 ms, once.
    expect(positionAndValue(h.drain())).toEqual(['c1 null #13', 'b2 Kitchen #13']);
  });

  test('goes on from a snapshot as if nothing had happened', async () => {
    const config = {
      mode: 'unordered',
      latency: 0,
      jitter: 100,
      failures: 40,
      retry: 'fixed',
      retryDelay: 7,
      maxRetries: 3,
      onFailure: 'unmatched',
    };
    const elements = ['b1', 'a2', 'b3', 1000, 'a4', 'c5', 'b6', 4000, 'b7'] as const;
    const whole = await harness({ ...config, capacity: 4 });
    feed(whole, ...elements).finish();
    const expected = positionAndValue(whole.drain());
    for (let at = 1; at < elements.length; at++) {
      const options = {
        definition: asyncLookup,
        config: { table: ROOMS, lookupField: 'id', ...config, capacity: 4 },
        inputs: [READINGS],
        arrivalIntervalMs: 10,
      };
      const before = await new OperatorTestHarness(options).open();
      feed(before, ...elements.slice(0, at));
      const emitted = before.drain();
      const after = await new OperatorTestHarness(options).open(before.snapshot());
      let position = elements.slice(0, at).filter((element) => typeof element === 'string').length;
      for (const element of elements.slice(at)) {
        if (typeof element === 'number') after.processWatermark(element, originOf(position, 0));
        else after.processElement({ id: element[0], v: Number(element[1]) }, Number(element[1]) * 1000, originOf(++position, 0));
      }
      after.finish();
      expect(positionAndValue([...emitted, ...after.drain()])).toEqual(expected);
    }
  });
});

describe('shapes of an async lookup', () => {
  const shapes = (config: Readonly<Record<string, unknown>>) =>
    asyncLookup.shapes({ ...defaultConfig(asyncLookup.fields), table: ROOMS, lookupField: 'id', ...config } as never, [READINGS]);
  const messages = (config: Readonly<Record<string, unknown>>) => shapes(config).problems.map(({ field, message }) => [field, message]);

  test('have the columns of the table, nullable where a row may be missing', () => {
    expect(shapes({}).ports['out']?.schema.fields).toEqual([
      { name: 'id', type: 'string' },
      { name: 'v', type: 'int' },
      { name: 'room', type: 'string', nullable: true },
      { name: 'floor', type: 'int', nullable: true },
    ]);
    expect(shapes({ missing: 'drop', table: 'key,v\na,x\n' }).ports['out']?.schema.fields[2]).toEqual({ name: 'table_v', type: 'string' });
  });

  test('refuse a table that cannot be read, an unknown column, and values that are never equal', () => {
    expect(messages({ table: 'a,1\nb,2\n' })).toEqual([['table', 'The first line of the table must name its columns.']]);
    expect(messages({ format: 'json', table: '{"a": 1' })[0]?.[0]).toBe('table');
    expect(messages({ tableKey: 'sensr' })).toEqual([
      ['tableKey', 'The table has no column "sensr". Its columns are sensor, room, floor.'],
    ]);
    expect(messages({ lookupField: 'v' })).toEqual([
      [
        'lookupField',
        '"v" is int and the column "sensor" of the table is string: they are never equal. Choose another column, or convert the field with a map.',
      ],
    ]);
  });
});
