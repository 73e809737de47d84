import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { processFunction } from './definition.ts';

const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'temperature', type: 'double' },
    ],
  },
  key: null,
  eventTime: true,
};

const harnessOf = (code: string, sideOutputs: readonly object[] = []) =>
  new OperatorTestHarness({
    definition: processFunction,
    inputs: [READINGS],
    config: { code, schema: READINGS.schema.fields, sideOutputs },
  });

describe('process function', () => {
  it('sends late readings to a side output with the fields of the input', async () => {
    const code = `({
      processElement(value, ctx, out) {
        if (ctx.timestamp() < ctx.timerService().currentWatermark()) ctx.output('late-readings', value);
        else out.collect(value);
      },
    })`;
    const h = await harnessOf(code, [{ name: 'late-readings', type: 'row' }]).open();
    h.processElement({ id: 'a', temperature: 1 }, 1000).processWatermark(2000);
    h.processElement({ id: 'b', temperature: 2 }, 1999).processElement({ id: 'c', temperature: 3 }, 2000);
    expect(h.drain().flatMap((e) => (e.kind === 'record' ? [[e.port, e.value, e.timestamp]] : []))).toEqual([
      ['out', { id: 'a', temperature: 1 }, 1000],
      ['late-readings', { id: 'b', temperature: 2 }, 1999],
      ['out', { id: 'c', temperature: 3 }, 2000],
    ]);
  });

  it('has neither timers nor keyed state', async () => {
    const timers = await harnessOf('({ processElement(v, ctx) { ctx.timerService().registerEventTimeTimer(1); } })').open();
    expect(() => timers.processElement({ id: 'a', temperature: 1 })).toThrow('Timers need a keyed stream');
    await expect(harnessOf("({ open(ctx) { ctx.getState('s'); }, processElement() {} })").open()).rejects.toThrow(
      'Keyed state needs a keyed stream',
    );
  });

  it('warns of a method onTimer, which nobody would call', () => {
    const config = { code: '({ processElement() {}, onTimer() {} })', schema: [{ name: 'x', type: 'int' as const }], sideOutputs: [] };
    expect(processFunction.shapes(config, [READINGS]).problems.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      [
        'warning',
        'timer-never-fires',
        '"onTimer" is never called: a ProcessFunction has no timers. Put a key by before it, and take the keyed process function.',
      ],
    ]);
  });

  it('hands out what was emitted as it was then', async () => {
    const code = "({ processElement(value, ctx, out) { const r = { ...value }; out.collect(r); r.id = 'changed'; } })";
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 1 });
    expect(h.drainValues()).toEqual([{ id: 'a', temperature: 1 }]);
  });

  it('has a name of its own for every side output', () => {
    const { problems } = processFunction.shapes(
      { code: '({ processElement() {} })', schema: [{ name: 'x', type: 'int' }], sideOutputs: [{ name: 'out', type: 'string' }] },
      [READINGS],
    );
    expect(problems).toEqual([
      {
        severity: 'error',
        code: 'tag-reserved',
        message: '"out" is the main output. Give the side output another tag.',
        field: 'sideOutputs',
      },
    ]);
  });
});
