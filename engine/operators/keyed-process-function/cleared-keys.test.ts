import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Field } from '../../batch/schema.ts';
import { Marks, WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import type { KeyedProcessKernel } from '../../process/keyed-process-kernel.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { keyedProcessFunction } from './definition.ts';

const FIELDS: readonly Field[] = [
  { name: 'name', type: 'string' },
  { name: 'number', type: 'long' },
  { name: 'part', type: 'boolean' },
];

/** Keys come, are counted for a while, and are forgotten by their timer; every hundredth stays. */
const CODE = `({
  open(ctx) { this.count = ctx.getState('count'); this.name = ctx.getState('name'); },
  processElement(value, ctx, out) {
    this.count.update((this.count.value() ?? 0) + 1);
    this.name.update(value.name);
    if (value.number % 100 !== 0) ctx.timerService().registerEventTimeTimer(ctx.timestamp() + 50);
  },
  onTimer(timestamp, ctx, out) {
    out.collect({ text: this.name.value() + ' ' + this.count.value() });
    this.count.clear();
    this.name.clear();
  },
})`;

const KEYS = 60_000;
const ROWS_PER_BATCH = 1000;

describe.each([
  ['numbers', ['number']],
  ['texts', ['name']],
  ['several fields', ['number', 'part']],
] as const)('of %s as keys', (_, fields) => {
  const harnessOf = (mode: 'row' | 'batch') =>
    new OperatorTestHarness({
      definition: keyedProcessFunction,
      config: { code: CODE, schema: [{ name: 'text', type: 'string' }] },
      inputs: [{ schema: { fields: FIELDS }, key: { kind: 'fields', fields }, eventTime: true }],
      mode,
    }).open();

  it('those that were cleared leave neither state nor a place, and what comes out is what it should be', async () => {
    const h = await harnessOf('batch');
    const specification = await harnessOf('row');
    let most = 0;
    for (let from = 0; from < KEYS; from += ROWS_PER_BATCH) {
      // Texts that are always new come with a dictionary per batch.
      const builder = new BatchBuilder({ fields: FIELDS }, () => new Marks());
      for (let n = from; n < from + ROWS_PER_BATCH; n++) {
        // Every key twice, the second time a little later.
        for (const number of [n, Math.max(0, n - 20)]) {
          const record = { name: `key ${number}`, number, part: number % 2 === 0 };
          builder.append(record, n, originOf(n, 0));
          specification.processElement(record, n, originOf(n, 0));
        }
        if (n % 10 !== 9) continue;
        builder.mark(WATERMARK, n - 5, originOf(n, 0));
        specification.processWatermark(n - 5, originOf(n, 0));
      }
      h.operator.processBatch?.(builder.build(), 0);
      most = Math.max(most, (h.operator as unknown as KeyedProcessKernel).slotCount);
    }
    expect(h.drain()).toEqual(specification.drain());
    const counts = (): unknown => {
      const { keyCount, timerCount } = h.operator as unknown as KeyedProcessKernel;
      return { keyCount, timerCount };
    };
    const pending = specification.operator as unknown as KeyedProcessKernel;
    expect(counts()).toEqual({ keyCount: pending.keyCount, timerCount: pending.timerCount });
    // Places are looked through when there are twice as many keys as were alive.
    expect(most).toBeLessThan(20_000);
    h.processWatermark(KEYS * 2);
    h.drain();
    expect(counts()).toEqual({ keyCount: KEYS / 100, timerCount: 0 });
  }, 30_000);
});
