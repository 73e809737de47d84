import { describe, expect, it } from 'vitest';
import type { Field } from '../../batch/schema.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { flatMap } from './definition.ts';

const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'n', type: 'int' },
      { name: 'tags', type: 'array' },
    ],
  },
  key: null,
  eventTime: true,
};
const ITEM: readonly Field[] = [
  { name: 'id', type: 'string' },
  { name: 'i', type: 'double' },
];

describe.each(['row', 'batch'] as const)('flat map, in %s mode', (mode) => {
  async function harness(config: Record<string, unknown>) {
    return await new OperatorTestHarness({ definition: flatMap, config, inputs: [INPUT], mode }).open();
  }

  it('emits what is collected, then what is returned, with the timestamp of the record', async () => {
    const mapper =
      '(r, out) => { for (let i = 0; i < r.n; i++) out({ id: r.id, i }); out.collect({ id: "end", i: -1 }); return [{ id: "last", i: 9 }]; }';
    const operator = await harness({ mapper, schema: ITEM });
    operator
      .processElement({ id: 'a', n: 2, tags: [] }, 1000, 4096)
      .processWatermark(500, 4096)
      .processElement({ id: 'b', n: 0, tags: [] }, 2000, 8192);
    expect(operator.drain()).toEqual([
      { kind: 'record', port: 'out', value: { id: 'a', i: 0 }, timestamp: 1000, origin: 4096 },
      { kind: 'record', port: 'out', value: { id: 'a', i: 1 }, timestamp: 1000, origin: 4096 },
      { kind: 'record', port: 'out', value: { id: 'end', i: -1 }, timestamp: 1000, origin: 4096 },
      { kind: 'record', port: 'out', value: { id: 'last', i: 9 }, timestamp: 1000, origin: 4096 },
      { kind: 'watermark', watermark: 500, origin: 4096 },
      { kind: 'record', port: 'out', value: { id: 'end', i: -1 }, timestamp: 2000, origin: 8192 },
      { kind: 'record', port: 'out', value: { id: 'last', i: 9 }, timestamp: 2000, origin: 8192 },
    ]);
  });

  it('takes any list, and nothing at all', async () => {
    const operator = await harness({
      mapper: '(r) => (r.n > 0 ? new Set(r.tags.map((tag) => ({ id: tag, i: r.n }))) : undefined)',
      schema: ITEM,
    });
    operator.processElement({ id: 'a', n: 1, tags: ['x', 'y'] }).processElement({ id: 'b', n: 0, tags: ['z'] });
    expect(operator.drainValues()).toEqual([
      { id: 'x', i: 1 },
      { id: 'y', i: 1 },
    ]);
  });

  it('leaves out everything of a record that is skipped', async () => {
    const mapper = '(r, out) => { out({ id: r.id, i: 1 }); out({ id: r.id, i: r.n > 0 ? 2 : "two" }); }';
    const operator = await harness({ mapper, schema: ITEM, onError: 'skip' });
    operator.processElement({ id: 'a', n: 0, tags: [] }, 1000, 4096).processElement({ id: 'b', n: 1, tags: [] }, 1000, 8192);
    expect(operator.drainValues()).toEqual([
      { id: 'b', i: 1 },
      { id: 'b', i: 2 },
    ]);
    expect(operator.problems).toEqual([
      {
        kind: 'failed',
        position: 1,
        reason: 'Field "i" is declared double, but the value is string "two".',
        content: { id: 'a', n: 0, tags: [] },
      },
    ]);
  });

  it.each([
    ['(r) => r.id', 'The function returned a string instead of a list of records'],
    ['(r) => ({ id: r.id, i: 1 })', 'The function returned a single object instead of a list of records'],
    ['(r) => [r.id]', 'The function returned a string instead of a record'],
    ['(r) => [{ id: r.missing.x, i: 1 }]', 'The function threw TypeError'],
  ])('fails after what came before: %s', async (mapper, message) => {
    const operator = await harness({
      mapper: `(r, out) => (r.n > 0 ? [{ id: 'ok', i: 0 }] : (${mapper.replace('missing', 'tags[0]')})(r))`,
      schema: ITEM,
    });
    operator.processElement({ id: 'a', n: 1, tags: [] });
    expect(() => operator.processElement({ id: 'b', n: 0, tags: [] }).flush()).toThrow(message);
    expect(operator.drainValues()).toEqual([{ id: 'ok', i: 0 }]);
  });
});

describe('flat map', () => {
  it.each([
    ['(r) => [r]', INPUT.schema.fields],
    ['(r) => [{ ...r, n: r.n / 2 }, r]', INPUT.schema.fields.map((field) => (field.name === 'n' ? { name: 'n', type: 'double' } : field))],
    [
      '(r, out) => { out({ id: r.id, twice: r.n * 2 }); if (r.n > 3) out({ id: "more", twice: 0 }); }',
      [
        { name: 'id', type: 'string' },
        { name: 'twice', type: 'int' },
      ],
    ],
    ['(r) => r.tags.map((tag) => ({ id: r.id }))', [{ name: 'id', type: 'string' }]],
    ['(r) => (r.n > 0 ? r.tags.flatMap((tag) => [{ id: r.id }]) : [])', [{ name: 'id', type: 'string' }]],
    ['(r) => r.tags.map((tag) => ({ tag }))', null],
    ['(r) => r.tags', null],
  ] as const)('reads the fields of %s', (mapper, expected) => {
    const { ports, problems } = flatMap.shapes({ mapper, schema: [], onError: 'fail' }, [INPUT]);
    if (expected === null) expect(problems.map(({ code }) => code)).toEqual(['output-unknown']);
    else expect([ports['out']?.schema.fields.map(({ name, type }) => ({ name, type })), problems]).toEqual([expected, []]);
  });

  it('wants a function that emits something', () => {
    const codes = (mapper: string) => flatMap.shapes({ mapper, schema: ITEM, onError: 'fail' }, [INPUT]).problems.map(({ code }) => code);
    expect(codes('(r, out) => { r.id; }')).toEqual(['no-result']);
    expect(codes('(r, out) => { out({ id: r.id, i: 1 }); }')).toEqual([]);
    expect(codes('(r, out) => { out({ id: r.idd, i: 1 }); }')).toEqual(['field-unknown']);
  });
});
