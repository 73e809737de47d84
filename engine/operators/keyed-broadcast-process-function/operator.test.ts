import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { runOnMiniCluster } from '../../testing/mini-cluster.ts';
import { validateDocument } from '../../graph/migrations.ts';
import { redistributeState } from '../../state/redistribute-state.ts';
import type { StreamShape } from '../definition.ts';
import { definitionOf } from '../registry.ts';
import { keyedBroadcastProcessFunction } from './definition.ts';

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
const THRESHOLDS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'threshold', type: 'double' },
    ],
  },
  key: null,
  eventTime: true,
};
const ALERT = [
  { name: 'id', type: 'string' },
  { name: 'change', type: 'double' },
] as const;

/** Flink's UpdatableTemperatureAlertFunction, but that a first reading is no alert. */
const ALERTS = `class UpdatableTemperatureAlert {
  open(ctx) {
    this.last = ctx.getState('lastTemp');
  }

  processBroadcastElement(update, ctx, out) {
    const thresholds = ctx.getBroadcastState('thresholds');
    if (update.threshold !== 0) thresholds.put(update.id, update.threshold);
    else thresholds.remove(update.id);
  }

  processElement(reading, ctx, out) {
    const thresholds = ctx.getBroadcastState('thresholds');
    const last = this.last.value();
    if (last !== null && thresholds.contains(reading.id)) {
      const change = Math.abs(reading.temperature - last);
      if (change > thresholds.get(reading.id)) out.collect({ id: reading.id, change });
    }
    this.last.update(reading.temperature);
  }
}`;

const harnessOf = (code: string, parallelism = 1, subtaskIndex = 0) =>
  new OperatorTestHarness({
    definition: keyedBroadcastProcessFunction,
    inputs: [READINGS, THRESHOLDS],
    config: { code, schema: ALERT },
    parallelism,
    subtaskIndex,
  });

describe('keyed broadcast process function', () => {
  it('alerts by thresholds that can be changed; every new subtask gets them all', async () => {
    const h = await harnessOf(ALERTS).open();
    h.processElement({ id: 'a', temperature: 20 }).processElement({ id: 'a', temperature: 30 });
    h.processElement({ id: 'a', threshold: 5 }, 0, undefined, 1).processElement({ id: 'a', temperature: 20 });
    expect(h.drainValues()).toEqual([{ id: 'a', change: 10 }]);
    const states = redistributeState([h.snapshot()], 3, 128);
    for (const [subtask, state] of states.entries()) {
      const restored = await harnessOf(ALERTS, 3, subtask).open(state);
      restored.processElement({ id: 'a', temperature: 1 }).processElement({ id: 'a', temperature: 7 });
      expect(restored.drainValues().at(-1)).toEqual({ id: 'a', change: 6 });
      restored.processElement({ id: 'a', threshold: 0 }, 0, undefined, 1).processElement({ id: 'a', temperature: 99 });
      expect(restored.drainValues()).toEqual([]);
    }
  });

  it('lets only broadcast elements change broadcast state, and gives them no key', async () => {
    const write = "({ processElement(v, ctx) { ctx.getBroadcastState('s').put(1, 2); }, processBroadcastElement() {} })";
    const readOnly = await harnessOf(write).open();
    expect(() => readOnly.processElement({ id: 'a', temperature: 1 })).toThrow('Broadcast state is read-only here');
    const keyed = "({ open(ctx) { this.s = ctx.getState('s'); }, processElement() {}, processBroadcastElement() { this.s.update(1); } })";
    const noKey = await harnessOf(keyed).open();
    expect(() => noKey.processElement({ id: 'a', threshold: 1 }, 0, undefined, 1)).toThrow('There is no current key here');
    const timer = '({ processElement() {}, processBroadcastElement(v, ctx) { ctx.timerService().registerEventTimeTimer(1); } })';
    const noTimer = await harnessOf(timer).open();
    expect(() => noTimer.processElement({ id: 'a', threshold: 1 }, 0, undefined, 1)).toThrow('A timer belongs to the key of a record');
  });

  it('checks what is put into states of the operator against the types they are declared with', async () => {
    const code = `({
      initializeState(ctx) { this.seen = ctx.getOperatorStateStore().getUnionListState({ name: 'seen', type: 'string' }); },
      processElement(reading) { this.seen.add(reading.temperature); },
      processBroadcastElement({ id, threshold }, ctx) {
        ctx.getBroadcastState({ name: 'rules', keyType: 'string', valueType: 'double' }).put(id, threshold > 0 ? threshold : 'none');
      },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', threshold: 1 }, 0, undefined, 1);
    expect(() => h.processElement({ id: 'a', threshold: 0 }, 0, undefined, 1)).toThrow(
      'State "rules" is declared double, but the value is string "none"',
    );
    expect(() => h.processElement({ id: 'a', temperature: 1 })).toThrow('State "seen" is declared string, but the value is number 1');
  });

  it('can visit the keyed state of all keys', async () => {
    const code = `({
      open(ctx) { this.last = ctx.getState('last'); },
      processElement(value) { this.last.update(value.temperature); },
      processBroadcastElement(value, ctx, out) {
        ctx.applyToKeyedState('last', (key, state) => {
          out.collect({ id: key, change: state.value() });
          if (state.value() > value.threshold) state.clear();
        });
      },
    })`;
    const h = await harnessOf(code).open();
    h.processElement({ id: 'a', temperature: 1 }).processElement({ id: 'b', temperature: 2 });
    h.processElement({ id: '', threshold: 1 }, 0, undefined, 1).processElement({ id: '', threshold: 1 }, 0, undefined, 1);
    expect(h.drainValues()).toEqual([
      { id: 'a', change: 1 },
      { id: 'b', change: 2 },
      { id: 'a', change: 1 },
    ]);
  });

  it('gets every rule in every subtask of a whole job', async () => {
    const node = (id: string, type: string, config: object = {}): object => ({ id, type, config });
    const edge = (source: string, target: string, targetPort = 'in'): object => ({
      id: `${source}-${target}`,
      source,
      target,
      sourcePort: 'out',
      targetPort,
    });
    const sensors = Array.from({ length: 20 }, (_, i) => `sensor_${i}`);
    const document = (parallelism: number) =>
      validateDocument({
        format: 'millrace/pipeline',
        version: 1,
        id: 'rules',
        job: { parallelism },
        nodes: [
          node('readings', 'file-source', { data: 'readings', schema: READINGS.schema.fields }),
          node('rules', 'file-source', { data: 'rules', schema: THRESHOLDS.schema.fields }),
          node('key', 'key-by', { columns: ['id'] }),
          node('alerts', 'keyed-broadcast-process-function', { code: ALERTS, schema: ALERT }),
          // One sink subtask, which merges by origin: the order is that of the readings at any parallelism.
          { ...node('table', 'table-sink'), parallelism: 1 },
        ],
        edges: [edge('readings', 'key'), edge('key', 'alerts'), edge('rules', 'alerts', 'broadcast'), edge('alerts', 'table')],
        data: ['readings', 'rules'].map((id) => ({ id, name: `${id}.csv`, format: 'csv', source: { kind: 'file', sizeBytes: 0 } })),
      });
    const bytes = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`);
    const data = {
      rules: bytes(['id,threshold', ...sensors.map((id) => `${id},1`)]),
      readings: bytes(['id,temperature', ...sensors.map((id) => `${id},0`), ...sensors.map((id, i) => `${id},${i}`)]),
    };
    const run = async (parallelism: number, stepRecords?: number): Promise<readonly unknown[]> => {
      const step = stepRecords === undefined ? {} : { stepRecords };
      const { status, error, rows } = await runOnMiniCluster({ document: document(parallelism), lookup: definitionOf, data, ...step });
      expect({ status, error }).toEqual({ status: 'finished', error: null });
      return rows['table'] ?? [];
    };
    const expected = sensors.slice(2).map((id, i) => ({ id, change: i + 2 }));
    expect(await run(1)).toEqual(expected);
    expect(await run(3)).toEqual(expected);
    expect(await run(3, 1)).toEqual(expected);
  });
});
