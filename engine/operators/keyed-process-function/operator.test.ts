import { describe, expect, it } from 'vitest';
import { PROCESSING_TIME_START } from '../../elements/processing-time.ts';
import type { ProcessOperator } from '../../process/process-operator.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { HarnessOptions } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { keyedProcessFunction } from './definition.ts';

const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'temperature', type: 'double' },
    ],
  },
  key: { kind: 'fields', fields: ['id'] },
  eventTime: true,
};
const TEXT = [{ name: 'text', type: 'string' }] as const;

type Options = Partial<HarnessOptions<typeof keyedProcessFunction.fields>>;

const harnessOf = (code: string, options: Options = {}) => {
  const config = { code, schema: TEXT, ...options.config };
  return new OperatorTestHarness({ definition: keyedProcessFunction, inputs: [READINGS], ...options, config });
};
const textsOf = (h: { drainValues(): readonly { readonly [field: string]: unknown }[] }): unknown[] =>
  h.drainValues().map(({ text }) => text);
const countsOf = (h: OperatorTestHarness<typeof keyedProcessFunction.fields>) => {
  const { keyCount, timerCount } = h.operator as unknown as ProcessOperator;
  return { keyCount, timerCount };
};

/** Flink's TempIncreaseAlert: the temperature of a sensor rose for one second. */
const RISING = `class TempIncreaseAlert {
  open(ctx) {
    this.last = ctx.getState({ name: 'last' });
    this.timer = ctx.getState({ name: 'timer' });
  }

  processElement(value, ctx, out) {
    const last = this.last.value();
    this.last.update(value.temperature);
    const timer = this.timer.value();
    if (last === null || value.temperature < last) {
      if (timer !== null) ctx.timerService().deleteProcessingTimeTimer(timer);
      this.timer.clear();
    } else if (value.temperature > last && timer === null) {
      const time = ctx.timerService().currentProcessingTime() + 1000;
      ctx.timerService().registerProcessingTimeTimer(time);
      this.timer.update(time);
    }
  }

  onTimer(timestamp, ctx, out) {
    out.collect({ text: \`\${ctx.getCurrentKey()} rose for 1 second, \${ctx.timeDomain()}\` });
    this.timer.clear();
  }
}`;

describe('timers in processing time', () => {
  it('fire when the clock reaches them, and not when they were deleted', async () => {
    const h = await harnessOf(RISING, { arrivalIntervalMs: 100 }).open();
    const at = (ms: number): number => PROCESSING_TIME_START + ms;
    h.processProcessingTime(at(0)).processElement({ id: 'a', temperature: 20 }, 0, 0);
    h.processElement({ id: 'a', temperature: 21 }, 0, 4096);
    h.processElement({ id: 'b', temperature: 21 }, 0, 4096);
    h.processElement({ id: 'b', temperature: 22 }, 0, 4096);
    h.processElement({ id: 'a', temperature: 22 }, 0, 2 * 4096);
    h.processElement({ id: 'b', temperature: 10 }, 0, 3 * 4096);
    h.processProcessingTime(at(1099));
    expect(h.drain()).toEqual([]);
    h.processProcessingTime(at(1100));
    // Without a timestamp, as in Flink; in the order of origins it stands before everything that arrives at its time.
    expect(h.drain()).toEqual([
      { kind: 'record', port: 'out', value: { text: 'a rose for 1 second, PROCESSING_TIME' }, timestamp: Number.NaN, origin: 11 * 4096 },
    ]);
  });

  it('that are overdue after a restore fire at once', async () => {
    const h = await harnessOf(RISING, { arrivalIntervalMs: 100 }).open();
    h.processElement({ id: 'a', temperature: 20 }, 0, 4096).processElement({ id: 'a', temperature: 21 }, 0, 2 * 4096);
    const restored = await harnessOf(RISING, { arrivalIntervalMs: 100 }).open(h.snapshot());
    restored.processElement({ id: 'a', temperature: 5 }, 0, 50 * 4096);
    expect(textsOf(restored)).toEqual(['a rose for 1 second, PROCESSING_TIME']);
  });

  it('see the time they were set for, however far the clock jumps', async () => {
    const code = `({
      processElement(value, ctx) { ctx.timerService().registerProcessingTimeTimer(ctx.currentProcessingTime() + 10); },
      onTimer(timestamp, ctx, out) {
        out.collect({ text: String(ctx.currentProcessingTime() - ${PROCESSING_TIME_START}) });
        if (timestamp < ${PROCESSING_TIME_START} + 40) ctx.timerService().registerProcessingTimeTimer(timestamp + 10);
      },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 1 }, 0, 10 * 4096).processProcessingTime(PROCESSING_TIME_START + 1000);
    expect(textsOf(h)).toEqual(['20', '30', '40']);
  });
});

describe('timers in event time', () => {
  const SELF_CLEANING = `({
    open(ctx) { this.last = ctx.getState('last'); this.timer = ctx.getState('timer'); },
    processElement(value, ctx, out) {
      const timer = ctx.timestamp() + 3600000;
      if (this.timer.value() !== null) ctx.timerService().deleteEventTimeTimer(this.timer.value());
      ctx.timerService().registerEventTimeTimer(timer);
      this.timer.update(timer);
      const last = this.last.value();
      if (last !== null && Math.abs(value.temperature - last) > 1.7) out.collect({ text: \`\${value.id} \${value.temperature - last}\` });
      this.last.update(value.temperature);
    },
    onTimer(timestamp) { this.last.clear(); this.timer.clear(); },
  })`;

  it('clean up after an hour of silence: nothing of the key is left', async () => {
    const h = await harnessOf(SELF_CLEANING).open();
    for (let i = 0; i < 1000; i++) h.processElement({ id: `sensor_${i}`, temperature: 20 }, i);
    h.processElement({ id: 'sensor_0', temperature: 22 }, 1000);
    expect(textsOf(h)).toEqual(['sensor_0 2']);
    expect(countsOf(h)).toEqual({ keyCount: 1000, timerCount: 1000 });
    h.processWatermark(3_600_998);
    expect(countsOf(h)).toEqual({ keyCount: 2, timerCount: 2 });
    h.processWatermark(3_601_000);
    expect(countsOf(h)).toEqual({ keyCount: 0, timerCount: 0 });
  });

  it('carry their own timestamp, are one per key and time, and come before the watermark that fires them', async () => {
    const code = `({
      processElement(value, ctx) { ctx.timerService().registerEventTimeTimer(10); ctx.timerService().registerEventTimeTimer(10); },
      onTimer(timestamp, ctx, out) { out.collect({ text: ctx.getCurrentKey() + ctx.timestamp() + '@' + ctx.currentWatermark() }); },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 1 }, 1).processElement({ id: 'a', temperature: 1 }, 2);
    h.processElement({ id: 'b', temperature: 1 }, 3).processWatermark(9).processWatermark(12);
    expect(h.drain().map((e) => (e.kind === 'record' ? [e.value['text'], e.timestamp] : e.watermark))).toEqual([
      9,
      ['a10@12', 10],
      ['b10@12', 10],
      12,
    ]);
  });
});

describe('state', () => {
  it('of every kind is per key, and is restored', async () => {
    const code = `({
      open(ctx) {
        this.list = ctx.getListState('list');
        this.map = ctx.getMapState('map');
        this.max = ctx.getReducingState({ name: 'max', reduce: (a, b) => Math.max(a, b) });
        this.average = ctx.getAggregatingState({
          name: 'average',
          createAccumulator: () => ({ sum: 0, count: 0 }),
          add: (value, acc) => ({ sum: acc.sum + value, count: acc.count + 1 }),
          getResult: (acc) => acc.sum / acc.count,
        });
      },
      processElement(value, ctx, out) {
        this.list.add(value.temperature);
        this.map.put(value.temperature > 20, (this.map.get(value.temperature > 20) ?? 0) + 1);
        this.max.add(value.temperature);
        this.average.add(value.temperature);
        out.collect({ text: JSON.stringify([this.list.get(), this.map.entries(), this.max.get(), this.average.get()]) });
      },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 10 })
      .processElement({ id: 'b', temperature: 99 })
      .processElement({ id: 'a', temperature: 30 });
    expect(textsOf(h)).toEqual(['[[10],[[false,1]],10,10]', '[[99],[[true,1]],99,99]', '[[10,30],[[false,1],[true,1]],30,20]']);
    const restored = await harnessOf(code).open(h.snapshot());
    restored.processElement({ id: 'a', temperature: 50 });
    expect(textsOf(restored)).toEqual(['[[10,30,50],[[false,1],[true,2]],50,30]']);
  });

  it('takes null as Flink does: a value, a reducing and an aggregating state are cleared by it, a list holds none', async () => {
    const code = `({
      open(ctx) {
        this.value = ctx.getState('value');
        this.max = ctx.getReducingState({ name: 'max', reduce: (a, b) => Math.max(a, b) });
        this.sum = ctx.getAggregatingState({
          name: 'sum', createAccumulator: () => ({ sum: 0 }), add(value, acc) { acc.sum += value; }, getResult: (acc) => acc.sum,
        });
        this.list = ctx.getListState('list');
      },
      processElement({ temperature: t }, ctx, out) {
        const given = t === 0 ? null : t;
        this.value.update(given);
        this.max.add(given);
        this.sum.add(given);
        let refused = '';
        try { this.list.add(given); } catch (error) { refused = error.message; }
        this.list.update(new Set(t === 0 ? [] : this.list.get()));
        out.collect({ text: JSON.stringify([this.value.value(), this.max.get(), this.sum.get(), this.list.get()]) + refused });
      },
    })`;
    const h = await harnessOf(code).open();
    for (const temperature of [2, 1, 0]) h.processElement({ id: 'a', temperature });
    expect(textsOf(h)).toEqual(['[2,2,2,[2]]', '[1,2,3,[2,1]]', '[null,null,null,[]]A list state holds no null.']);
    expect(h.snapshot().keyGroups.size).toBe(0);
  });

  it('of a declared type takes nothing else', async () => {
    const code = `({
      open(ctx) {
        this.value = ctx.getState({ name: 'value', type: 'double' });
        this.list = ctx.getListState({ name: 'list', type: 'string' });
        this.map = ctx.getMapState({ name: 'map', keyType: 'string', valueType: 'boolean' });
        this.max = ctx.getReducingState({ name: 'max', type: 'int', reduce: (a, b) => Math.max(a, b) });
        this.expiring = ctx.getState({ name: 'expiring', type: 'boolean', ttl: 1000 });
      },
      processElement({ temperature: t }, ctx, out) {
        const states = this;
        const tries = [
          () => states.value.update(t), () => states.value.update('x'), () => states.value.update(null),
          () => states.list.addAll(['a', 'b'].values()), () => states.list.add(t), () => states.list.update(['a', true]),
          () => states.map.put('hot', t > 30), () => states.map.put(1, true), () => states.map.putAll([['warm', 'yes']]),
          () => states.max.add(t), () => states.max.add(false), () => states.expiring.update(1),
        ];
        for (const attempt of tries) {
          try { attempt(); } catch (error) { out.collect({ text: error.message }); }
        }
        out.collect({ text: JSON.stringify([states.value.value(), states.list.get(), states.map.entries(), states.max.get()]) });
      },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 35 });
    expect(textsOf(h)).toEqual([
      'State "value" is declared double, but the value is string "x".',
      'State "list" is declared string, but the value is number 35.',
      'State "list" is declared string, but the value is boolean true.',
      'State "map" is declared string, but the key is number 1.',
      'State "map" is declared boolean, but the value is string "yes".',
      'State "max" is declared int, but the value is boolean false.',
      'State "expiring" is declared boolean, but the value is number 1.',
      '[null,["a","b"],[["hot",true]],35]',
    ]);
    const open = (descriptor: string) =>
      harnessOf(`({ open(ctx) { ctx.getState({ name: 'n', type: 'int' }); ctx.getState(${descriptor}); }, processElement() {} })`).open();
    await expect(open("{ name: 'n', type: 'integer' }")).rejects.toThrow('The type of state "n" is one of double, int, long,');
    await expect(open("{ name: 'n', type: 'string' }")).rejects.toThrow('State "n" is declared int and string.');
  });

  it('with a time to live is another state than one without, also after a restore', async () => {
    const counting = (descriptor: string): string =>
      `({ open(ctx) { this.count = ctx.getState(${descriptor}); }, processElement() { this.count.update(1); } })`;
    const h = await harnessOf(counting("'count'")).open();
    h.processElement({ id: 'a', temperature: 1 });
    await expect(harnessOf(counting("{ name: 'count', ttl: 100 }")).open(h.snapshot())).rejects.toThrow(
      'State "count" has no time to live, and is asked for with one. Use one descriptor for it everywhere, also after a restore, or another name.',
    );
    const expiring = await harnessOf(counting("{ name: 'count', ttl: 100 }")).open();
    expiring.processElement({ id: 'a', temperature: 1 });
    await expect(harnessOf(counting("'count'")).open(expiring.snapshot())).rejects.toThrow(
      'has a time to live, and is asked for with none',
    );
    // How long it lives may change.
    const longer = await harnessOf(counting("{ name: 'count', ttl: 900 }")).open(expiring.snapshot());
    longer.processElement({ id: 'a', temperature: 1 });
  });

  it('expires in processing time when it has a time to live', async () => {
    const code = `({
      open(ctx) { this.count = ctx.getState({ name: 'count', ttl: 100 }); },
      processElement(value, ctx, out) {
        const count = (this.count.value() ?? 0) + 1;
        this.count.update(count);
        out.collect({ text: String(count) });
      },
    })`;
    const h = await harnessOf(code).open();
    for (const position of [0, 50, 149, 249]) h.processElement({ id: 'a', temperature: 1 }, 0, position * 4096);
    expect(textsOf(h)).toEqual(['1', '2', '3', '1']);
  });

  it('of the operator is dealt out when the parallelism changes; the life cycle has its order', async () => {
    const code = `({
      initializeState(ctx) {
        this.log = ['initializeState ' + ctx.isRestored()];
        this.state = ctx.getOperatorStateStore().getListState('count');
        this.count = this.state.get().reduce((a, b) => a + b, 0);
        this.keyed = ctx.getKeyedStateStore().getState('keyed');
      },
      open(ctx) {
        this.log.push('open ' + ctx.getRuntimeContext().getIndexOfThisSubtask() + ' of ' + ctx.getRuntimeContext().getNumberOfParallelSubtasks());
      },
      processElement(value, ctx, out) {
        this.keyed.update((this.keyed.value() ?? 0) + 1);
        out.collect({ text: [...this.log, this.keyed.value(), ++this.count].join(', ') });
      },
      snapshotState() { this.state.update([this.count]); },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 1 }).processElement({ id: 'b', temperature: 1 });
    expect(textsOf(h)).toEqual(['initializeState false, open 0 of 1, 1, 1', 'initializeState false, open 0 of 1, 1, 2']);
    const restored = await harnessOf(code, { parallelism: 2, subtaskIndex: 1 }).open(h.snapshot());
    restored.processElement({ id: 'a', temperature: 1 });
    expect(textsOf(restored)).toEqual(['initializeState true, open 1 of 2, 2, 3']);
  });
});

describe('what goes wrong', () => {
  const failureOf = async (code: string, run: (h: ReturnType<typeof harnessOf>) => void): Promise<unknown> => {
    const h = harnessOf(code);
    try {
      run(await h.open());
    } catch (error) {
      expect(error).toBeInstanceOf(RecordFailure);
      const { message, position, content } = error as RecordFailure;
      return { message, position, content };
    }
    return null;
  };
  const element = { id: 'a', temperature: 1 };

  it('names method, error, place and key', async () => {
    const code = "({\n  processElement(value) {\n    throw new Error('no ' + value.id);\n  },\n})";
    expect(await failureOf(code, (h) => h.processElement(element))).toEqual({
      message: 'processElement threw Error: no a (line 3, column 11), for key "a".',
      position: 1,
      content: element,
    });
  });

  it('is said of timers too', async () => {
    const code = '({ processElement(v, ctx) { ctx.timerService().registerEventTimeTimer(5); },\nonTimer() { null.x; } })';
    expect(await failureOf(code, (h) => h.processElement(element).processWatermark(7))).toEqual({
      message: 'onTimer threw TypeError: Cannot read properties of null (reading \'x\') (line 2, column 18), for key "a".',
      position: 1,
      content: { key: 'a', timer: 5 },
    });
  });

  it('includes results that do not fit, and emitting where nothing can be emitted', async () => {
    expect(
      await failureOf('({ processElement(v, ctx, out) { out.collect({ text: 5 }); } })', (h) => h.processElement(element)),
    ).toMatchObject({
      message:
        'processElement threw FieldTypeError: Field "text" is declared string, but the value is number 5. (line 1, column 38), for key "a".',
    });
    expect(await failureOf('({ processElement(v, ctx, out) { out.collect("x"); } })', (h) => h.processElement(element))).toMatchObject({
      message: expect.stringContaining('out.collect got a string instead of a record.') as string,
    });
  });

  it('includes keyed state without a key, and timers in open', async () => {
    expect(await failureOf("({ open(ctx) { ctx.getState('s').value(); }, processElement() {} })", () => undefined)).toMatchObject({
      message: expect.stringMatching(/^open threw NoCurrentKeyError: There is no current key here/) as string,
      content: undefined,
    });
  });

  it('is found before the run where the text shows it', () => {
    const code = "class Alerts {\n  processElement(value, ctx, out) {\n    ctx.output('freezing-alarm', value.temprature);\n  }\n}";
    const { ports, problems } = keyedProcessFunction.shapes(
      { code, schema: TEXT, sideOutputs: [{ name: 'freezing-alarms', type: 'string' }] },
      [READINGS],
    );
    expect(Object.keys(ports)).toEqual(['out', 'freezing-alarms']);
    expect(problems.map(({ message, field }) => `${field}: ${message}`)).toEqual([
      'code: Line 3, column 40: The record has no field "temprature". Did you mean "temperature"?',
      'code: Line 3, column 16: There is no side output "freezing-alarm". Did you mean "freezing-alarms"? Declare it under "Side outputs".',
    ]);
  });
});
