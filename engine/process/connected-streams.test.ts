import { describe, expect, it } from 'vitest';
import { coFlatMap } from '../operators/co-flat-map/definition.ts';
import { coMap } from '../operators/co-map/definition.ts';
import { coProcessFunction } from '../operators/co-process-function/definition.ts';
import type { KeySelector, StreamShape } from '../operators/definition.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { validateDocument } from '../graph/migrations.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from '../testing/mini-cluster.ts';
import { OperatorTestHarness } from '../testing/operator-test-harness.ts';

const shape = (key: KeySelector | null): StreamShape => ({
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'n', type: 'int' },
    ],
  },
  key,
  eventTime: true,
});
const byId = shape({ kind: 'fields', fields: ['id'] });
const byNumber = shape({ kind: 'fields', fields: ['n'] });
const plain = shape(null);
const TEXT = [{ name: 'text', type: 'string' }];

const COUNTING = `({
  open(ctx) { this.count = ctx.getState('count'); },
  processElement1(value, ctx, out) { this.count.update((this.count.value() ?? 0) + value.n); },
  processElement2(value, ctx, out) { ctx.timerService().registerEventTimeTimer(ctx.timestamp() + value.n); },
  onTimer(timestamp, ctx, out) { out.collect({ text: ctx.getCurrentKey() + ' ' + this.count.value() + ' at ' + timestamp }); },
})`;

describe('two connected streams', () => {
  it('may be keyed, both of them, one, or none; only the types of two keys have to agree', () => {
    const codes = {
      map: '({ map1(r) { return { text: r.id }; }, map2(r) { return { text: r.id }; } })',
      flatMap: '({ flatMap1(r, out) { out.collect({ text: r.id }); }, flatMap2(r, out) {} })',
      process: '({ processElement1(r, ctx, out) { out.collect({ text: r.id }); }, processElement2(r, ctx, out) {} })',
    };
    for (const inputs of [
      [byId, byId],
      [byId, plain],
      [plain, byId],
      [plain, plain],
      [byId, byNumber],
    ] as const) {
      const problems = [
        coMap.shapes({ code: codes.map, schema: TEXT as never }, inputs).problems,
        coFlatMap.shapes({ code: codes.flatMap, schema: TEXT as never }, inputs).problems,
        coProcessFunction.shapes({ code: codes.process, schema: TEXT as never, sideOutputs: [] }, inputs).problems,
      ].map((ofOne) => ofOne.map(({ code }) => code));
      const expected = inputs[1] === byNumber ? ['keys-differ'] : [];
      expect(problems).toEqual([expected, expected, expected]);
    }
  });

  it('warn of a method onTimer where one of them is not keyed', () => {
    const codesOf = (inputs: readonly StreamShape[]) =>
      coProcessFunction.shapes({ code: COUNTING, schema: TEXT as never, sideOutputs: [] }, inputs).problems.map(({ code }) => code);
    expect(codesOf([byId, byId])).toEqual([]);
    expect(codesOf([byId, plain])).toEqual(['timer-never-fires']);
  });

  it('have keyed state and timers when both are keyed', async () => {
    const h = await new OperatorTestHarness({
      definition: coProcessFunction,
      config: { code: COUNTING, schema: TEXT },
      inputs: [byId, byId],
    }).open();
    h.processElement({ id: 'a', n: 3 }, 10, undefined, 0);
    h.processElement({ id: 'b', n: 4 }, 10, undefined, 0);
    h.processElement({ id: 'a', n: 5 }, 10, undefined, 1);
    h.processWatermark(20);
    expect(h.drainValues()).toEqual([{ text: 'a 3 at 15' }]);
  });

  it.each([
    ['the first', byId, plain],
    ['the second', plain, byId],
  ] as const)('have neither when only %s is', async (_, first, second) => {
    const inputs = [first, second];
    const states = new OperatorTestHarness({ definition: coProcessFunction, config: { code: COUNTING, schema: TEXT }, inputs });
    await expect(states.open()).rejects.toThrow('before each of its inputs if it has two');
    const code = COUNTING.replace("open(ctx) { this.count = ctx.getState('count'); },", '')
      .replace('this.count.', 'void 0, ({ update() {} }).')
      .replace('this.count.value() ?? 0', '0');
    const timers = await new OperatorTestHarness({ definition: coProcessFunction, config: { code, schema: TEXT }, inputs }).open();
    expect(() => timers.processElement({ id: 'a', n: 5 }, 10, undefined, 1)).toThrow(
      'Timers need a keyed stream (of two inputs, both keyed)',
    );
  });

  it('each take their own way: here by key, and to every subtask', async () => {
    const { rows, error } = await runOnMiniCluster({ document: keyedAndBroadcast(), lookup: definitionOf, data: {} });
    expect(error).toBe(null);
    const texts = (rows['table'] ?? []).map((row) => row['text'] as string);
    expect(texts.filter((text) => text.startsWith('rule')).toSorted()).toEqual([
      'rule 1 in 0',
      'rule 1 in 1',
      'rule 2 in 0',
      'rule 2 in 1',
    ]);
    // All records of a key are in one subtask.
    const places = new Set(texts.filter((text) => !text.startsWith('rule')));
    expect([...places].map((text) => text.slice(0, 1)).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });
});

/** Records by key and rules to everybody, into a map of both. */
function keyedAndBroadcast(): PipelineDocument {
  const code = `({
    open(ctx) { this.index = ctx.getRuntimeContext().getIndexOfThisSubtask(); },
    map1(r) { return { text: r.id + ' in ' + this.index }; },
    map2(r) { return { text: 'rule ' + r.n + ' in ' + this.index }; },
  })`;
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'int' },
  ];
  const records = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'].map((id, n) => ({ id, n }));
  const rules = [1, 2].map((n) => ({ id: '', n }));
  const edge = (source: string, target: string, targetPort = 'in') => ({
    id: `${source}-${target}`,
    source,
    sourcePort: 'out',
    target,
    targetPort,
  });
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'connected',
    job: { parallelism: 2 },
    nodes: [
      { id: 'records', type: 'inline-source', config: { rows: JSON.stringify(records), schema } },
      { id: 'rules', type: 'inline-source', config: { rows: JSON.stringify(rules), schema } },
      { id: 'by-id', type: 'key-by', config: { columns: ['id'] } },
      { id: 'everywhere', type: 'broadcast', config: {} },
      { id: 'both', type: 'co-map', config: { code, schema: TEXT } },
      { id: 'table', type: 'table-sink', config: {}, parallelism: 1 },
    ],
    edges: [
      edge('records', 'by-id'),
      edge('by-id', 'both', 'in1'),
      edge('rules', 'everywhere'),
      edge('everywhere', 'both', 'in2'),
      edge('both', 'table'),
    ],
  });
}
