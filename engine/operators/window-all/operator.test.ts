import { describe, expect, test } from 'vitest';
import { MAX_WATERMARK } from '../../elements/marks.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { defaultConfig } from '../fields.ts';
import { windowAll } from './definition.ts';

/** The stream has a key, which has no effect. */
const INPUT: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'v', type: 'double' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};
const TEXT = [{ name: 'text', type: 'string' }];
const TEXTS = "({ process(context, elements, out) { out.collect({ text: elements.map(({ id }) => id).join('') }); } })";

const open = (config: Readonly<Record<string, unknown>>) =>
  new OperatorTestHarness({ definition: windowAll, config: { size: 10, ...config }, inputs: [INPUT] }).open();
const problems = (config: Readonly<Record<string, unknown>>) =>
  windowAll
    .shapes({ ...defaultConfig(windowAll.fields), ...config } as never, [INPUT])
    .problems.map(({ field, code }) => `${field ?? ''} ${code}`);

async function texts(
  config: Readonly<Record<string, unknown>>,
  ...records: readonly (readonly [id: string, timestamp: number, v?: number])[]
) {
  const h = await open({ function: 'process', processor: TEXTS, schema: TEXT, ...config });
  for (const [id, timestamp, v = 0] of records) h.processElement({ id, v }, timestamp);
  h.processWatermark(MAX_WATERMARK);
  return h.drain().flatMap((e) => (e.kind === 'record' ? [`${String(e.value['text'])} @${e.timestamp}`] : []));
}

describe('windows over all records', () => {
  test('run on one subtask, whatever the parallelism', () => {
    expect(windowAll.fixedParallelism).toBe(1);
  });

  test('hold the records of all keys; the process function gets no key', async () => {
    expect(await texts({}, ['a', 1], ['b', 2], ['c', 12], ['a', 9])).toEqual(['aba @9', 'c @19']);
    expect(await texts({ windows: 'sliding', slide: 5 }, ['a', 1], ['b', 6])).toEqual(['a @4', 'ab @9', 'b @14']);
  });

  test('may be sessions, also with a gap of each record', async () => {
    expect(await texts({ windows: 'session', gap: 10 }, ['a', 0], ['b', 10], ['c', 21])).toEqual(['ab @19', 'c @30']);
    const dynamic = { windows: 'session', gapKind: 'dynamic', gapFunction: '(r) => r.v' };
    expect(await texts(dynamic, ['a', 0, 5], ['b', 5, 1], ['c', 7, 1])).toEqual(['ab @5', 'c @7']);
    expect(problems({ ...dynamic, gapFunction: '(r) => r.w' })).toEqual(['gapFunction field-unknown']);
  });

  test('count with the global window, end to end and sliding', async () => {
    const ids = [...'abcdefg'].map((id, i) => [id, i] as const);
    const count = { windows: 'global', trigger: 'count' };
    const plain = (found: readonly string[]): string[] => found.map((text) => text.replace(/ @.*/, ''));
    expect(plain(await texts({ ...count, triggerCount: 3, purge: true }, ...ids))).toEqual(['abc', 'def']);
    expect(plain(await texts({ ...count, triggerCount: 2, evictor: 'count', evictorCount: 3 }, ...ids))).toEqual(['ab', 'bcd', 'def']);
  });

  test('may be assigned by code, and merge', async () => {
    const assigner = '({ assignWindows: (r, timestamp) => [{ start: timestamp, end: timestamp + r.v }] })';
    const custom = { windows: 'custom', assigner };
    expect(await texts(custom, ['a', 0, 5], ['b', 3, 5])).toEqual(['a @4', 'b @7']);
    expect(await texts({ ...custom, merging: true }, ['a', 0, 5], ['b', 3, 5])).toEqual(['ab @7']);
    const trigger = { trigger: 'custom', customTrigger: "({ onElement: () => 'FIRE' })" };
    expect(problems({ ...custom, merging: true, ...trigger })).toEqual(['trigger trigger-cannot-merge']);
    expect(problems({ ...custom, assigner: '({ assign: () => [] })' })).toEqual(['assigner method-missing']);
  });

  test('name no key when code fails', async () => {
    const h = await open({ function: 'process', processor: '({ process(context) { context.sensor.id; } })', schema: TEXT });
    h.processElement({ id: 'a', v: 1 }, 1);
    expect(() => h.processWatermark(9)).toThrow(/^The process function's process threw TypeError: [^.]*\.$/);
  });

  test('check tags where the context is the first parameter', () => {
    const config = { function: 'process', processor: "({ process(ctx, elements, out) { ctx.output('odd', 1); } })", schema: TEXT };
    expect(problems(config)).toEqual(['processor tag-unknown']);
    expect(problems({ ...config, sideOutputs: [{ name: 'odd', type: 'int' }] })).toEqual([]);
  });
});
