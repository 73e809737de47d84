import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { BatchBuilder } from '../../batch/batch-builder.ts';
import type { Field } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import type { ProcessOperator } from '../../process/process-operator.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { keyedProcessFunction } from './definition.ts';

const KEYS = 1_000_000;
const ROWS_PER_BATCH = 4000;
const DAY_MS = 86_400_000;
const MEGABYTE = 2 ** 20;
const LIMIT_MB = 400;

const FIELDS: readonly Field[] = [
  { name: 'account', type: 'string' },
  { name: 'amount', type: 'double' },
];

const CODE = `({
  open(ctx) { this.total = ctx.getState('total'); },
  processElement(value, ctx) {
    this.total.update((this.total.value() ?? 0) + value.amount);
    ctx.timerService().registerEventTimeTimer(ctx.timestamp() + (value.amount * 7919) % ${DAY_MS});
  },
  onTimer(timestamp, ctx, out) { this.total.clear(); },
})`;

/** What is in use once the garbage is out; of this test file's own process. */
function usedMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MEGABYTE;
}

it.each(['batch', 'row'] as const)(
  'a million keys with state and a million pending timers take less than 400 MB, by %s',
  async (mode) => {
    const h = await new OperatorTestHarness({
      definition: keyedProcessFunction,
      config: { code: CODE, schema: [{ name: 'none', type: 'string' }] },
      inputs: [{ schema: { fields: FIELDS }, key: { kind: 'fields', fields: ['account'] }, eventTime: true }],
      mode,
    }).open();
    const before = usedMegabytes();
    for (let from = 0; from < KEYS; from += ROWS_PER_BATCH) {
      // A dictionary of its own for every batch, as for identifiers that are always new.
      const builder = new BatchBuilder({ fields: FIELDS }, () => new Marks());
      for (let n = from; n < from + ROWS_PER_BATCH; n++) {
        const record = { account: `account ${n}`, amount: n };
        if (mode === 'batch') builder.append(record, n, originOf(n, 0));
        else h.processElement(record, n, originOf(n, 0));
      }
      if (mode === 'batch') h.operator.processBatch?.(builder.build(), 0);
    }
    const counts = (): unknown => {
      const { keyCount, timerCount } = h.operator as unknown as ProcessOperator;
      return { keyCount, timerCount };
    };
    expect(counts()).toEqual({ keyCount: KEYS, timerCount: KEYS });
    expect(usedMegabytes() - before).toBeLessThan(LIMIT_MB);
    h.processWatermark(KEYS + DAY_MS);
    h.drain();
    expect(counts()).toEqual({ keyCount: 0, timerCount: 0 });
  },
  120_000,
);
