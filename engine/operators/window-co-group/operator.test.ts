import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { defaultConfig } from '../fields.ts';
import { windowCoGroup } from './definition.ts';

const shape = (name: string): StreamShape => ({
  schema: {
    fields: [
      { name: 'k', type: 'string' },
      { name, type: 'int' },
    ],
  },
  key: { kind: 'fields', fields: ['k'] },
  eventTime: true,
});
const INPUTS = [shape('v'), shape('w')];

const open = (config: Readonly<Record<string, unknown>>) =>
  new OperatorTestHarness({ definition: windowCoGroup, config: { size: 10, ...config }, inputs: INPUTS }).open();
type Harness = Awaited<ReturnType<typeof open>>;
const feed = (h: Harness) => {
  h.processElement({ k: 'a', v: 1 }, 1, undefined, 0);
  h.processElement({ k: 'b', w: 2 }, 2, undefined, 1);
  h.processElement({ k: 'a', w: 3 }, 3, undefined, 1);
  h.processElement({ k: 'a', v: 4 }, 4, undefined, 0);
  h.processElement({ k: 'c', v: 15 }, 15, undefined, 0);
  return h.processWatermark(MAX_WATERMARK);
};

describe('window co-group', () => {
  test('gives both lists in order of arrival, also where one is empty', async () => {
    const h = await open({});
    expect(feed(h).drain()).toMatchObject([
      {
        value: {
          k: 'a',
          window_start: 0,
          window_end: 10,
          left: [
            { k: 'a', v: 1 },
            { k: 'a', v: 4 },
          ],
          right: [{ k: 'a', w: 3 }],
        },
        timestamp: 9,
      },
      { value: { k: 'b', window_start: 0, window_end: 10, left: [], right: [{ k: 'b', w: 2 }] }, timestamp: 9 },
      { value: { k: 'c', window_start: 10, window_end: 20, left: [{ k: 'c', v: 15 }], right: [] }, timestamp: 19 },
      { kind: 'watermark', watermark: MAX_WATERMARK },
    ]);
  });

  test('with a trigger and an evictor it sees what is left of both lists, whenever it fires', async () => {
    const group = '(left, right) => ({ left: left.length, right: right.length })';
    const h = await open({ group, trigger: 'count', triggerCount: 3, evictor: 'count', evictorCount: 2, evictAfter: true });
    feed(h);
    h.processElement({ k: 'a', w: 16 }, 16, undefined, 1);
    expect(h.drainValues()).toEqual([{ left: 2, right: 1 }]);
  });

  test('a function returns a record, several, or none', async () => {
    const group =
      '(left, right, w) => left.length === 0 ? null : left.map((l) => ({ at: `${w.key} ${w.start}`, v: l.v, w: right[0]?.w ?? null }))';
    const schema = [
      { name: 'at', type: 'string' },
      { name: 'v', type: 'int' },
      { name: 'w', type: 'int', nullable: true },
    ];
    const h = await open({ group, schema });
    expect(feed(h).drainValues()).toEqual([
      { at: 'a 0', v: 1, w: 3 },
      { at: 'a 0', v: 4, w: 3 },
      { at: 'c 10', v: 15, w: null },
    ]);
  });

  test('what does not fit the output fields fails the job', async () => {
    const h = await open({ group: '(left, right) => ({ n: "two" })', schema: [{ name: 'n', type: 'int' }] });
    expect(() => feed(h)).toThrow('Field "n" is declared int, but the value is string "two"');
  });
});

describe('shapes of a window co-group', () => {
  const shapes = (config: Readonly<Record<string, unknown>>, inputs: readonly StreamShape[] = INPUTS) =>
    windowCoGroup.shapes({ ...defaultConfig(windowCoGroup.fields), ...config } as never, inputs);

  test('read simple functions, and ask for the fields of others', () => {
    expect(shapes({ group: '(l, r) => ({ clicks: l.length, bought: r.length > 0 })' }).ports['out']?.schema.fields).toEqual([
      { name: 'clicks', type: 'int' },
      { name: 'bought', type: 'boolean' },
    ]);
    expect(shapes({ group: '(l, r) => l.map((x) => x)' }).problems.map(({ field, message }) => [field, message])).toEqual([
      ['schema', 'The fields of the result cannot be read from the function. Declare them under "Output fields".'],
    ]);
  });

  test('refuse a key that is named as a field of the result', () => {
    const taken: StreamShape = {
      ...shape('v'),
      schema: { fields: [{ name: 'left', type: 'string' }] },
      key: { kind: 'fields', fields: ['left'] },
    };
    expect(shapes({}, [taken, taken]).problems.map(({ field, code }) => [field, code])).toEqual([['group', 'duplicate-name']]);
  });
});
