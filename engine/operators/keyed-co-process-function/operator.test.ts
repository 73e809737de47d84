import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { keyedCoProcessFunction } from './definition.ts';

const KEY = { kind: 'fields', fields: ['id'] } as const;
const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'temperature', type: 'double' },
    ],
  },
  key: KEY,
  eventTime: true,
};
const SWITCHES: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'forMs', type: 'int' },
    ],
  },
  key: KEY,
  eventTime: true,
};

/** Flink's ReadingFilter: forwards the readings of a sensor for as long as a switch says. */
const READING_FILTER = `class ReadingFilter {
  open(ctx) {
    this.forwarding = ctx.getState('forwarding');
    this.disableTimer = ctx.getState('disableTimer');
  }

  processElement1(reading, ctx, out) {
    if (this.forwarding.value() === true) out.collect(reading);
  }

  processElement2(switched, ctx, out) {
    this.forwarding.update(true);
    const timer = ctx.timerService().currentProcessingTime() + switched.forMs;
    const current = this.disableTimer.value();
    if (current !== null && timer <= current) return;
    if (current !== null) ctx.timerService().deleteProcessingTimeTimer(current);
    ctx.timerService().registerProcessingTimeTimer(timer);
    this.disableTimer.update(timer);
  }

  onTimer(timestamp, ctx, out) {
    this.forwarding.clear();
    this.disableTimer.clear();
  }
}`;

describe('keyed co-process function', () => {
  it('forwards each sensor for as long as its switch says', async () => {
    const h = await new OperatorTestHarness({
      definition: keyedCoProcessFunction,
      inputs: [READINGS, SWITCHES],
      config: { code: READING_FILTER, schema: READINGS.schema.fields },
      arrivalIntervalMs: 1000,
    }).open();
    const at = (second: number): number => second * 4096;
    h.processElement({ id: 'sensor_2', forMs: 10_000 }, 0, at(0), 1).processElement({ id: 'sensor_7', forMs: 60_000 }, 0, at(0), 1);
    for (let second = 1; second <= 90; second++) {
      for (const id of ['sensor_1', 'sensor_2', 'sensor_7']) h.processElement({ id, temperature: second }, 0, at(second), 0);
    }
    const forwarded = h.drainValues();
    const last = (id: string): unknown => forwarded.filter((reading) => reading['id'] === id).at(-1)?.['temperature'];
    expect([last('sensor_1'), last('sensor_2'), last('sensor_7')]).toEqual([undefined, 9, 59]);
    expect(forwarded.length).toBe(9 + 59);
  });

  it('needs the same kind of key at both inputs', () => {
    const problemsOf = (second: StreamShape) =>
      keyedCoProcessFunction
        .shapes({ code: '({ processElement1() {}, processElement2() {} })', schema: READINGS.schema.fields, sideOutputs: [] }, [
          READINGS,
          second,
        ])
        .problems.map(({ message }) => message);
    expect(problemsOf(SWITCHES)).toEqual([]);
    expect(problemsOf({ ...SWITCHES, key: { kind: 'fields', fields: ['forMs'] } })).toEqual([
      'The keys of the two inputs have different types (string and int), so equal keys would not meet. Convert one of them before its key by.',
    ]);
    // That the second one is keyed at all is asked of its port.
    expect(keyedCoProcessFunction.inputs.map(({ keyed }) => keyed)).toEqual([true, true]);
  });
});
