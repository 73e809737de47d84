import { expect, test } from 'vitest';
import { BATCH_CAPACITY } from '../../batch/batch.ts';
import type { Row } from '../../batch/schema.ts';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { tableSink } from './definition.ts';

const INPUT = { schema: { fields: [{ name: 'n', type: 'int' as const }] }, key: null, eventTime: true };

function rowsOf(harness: OperatorTestHarness<typeof tableSink.fields>): Row[][] {
  return harness.delivered.splice(0).map((batch) => Array.from({ length: batch.selectedCount }, (_, j) => batch.recordAt(batch.rowAt(j))));
}

test('single records are delivered when the runtime flushes, and before when there are many', async () => {
  const sink = await new OperatorTestHarness({ definition: tableSink, inputs: [INPUT] }).open();
  sink.processElement({ n: 1 }).processElement({ n: 2 });
  expect(rowsOf(sink)).toEqual([]);
  sink.drain();
  expect(rowsOf(sink)).toEqual([[{ n: 1 }, { n: 2 }]]);
  for (let n = 0; n <= BATCH_CAPACITY; n++) sink.processElement({ n });
  expect(rowsOf(sink).map((rows) => rows.length)).toEqual([BATCH_CAPACITY]);
  sink.finish();
  expect(rowsOf(sink)).toEqual([[{ n: BATCH_CAPACITY }]]);
  sink.finish();
  expect(rowsOf(sink)).toEqual([]);
});

test('a batch is handed through as it is, after what came before it', async () => {
  const sink = await new OperatorTestHarness({ definition: tableSink, inputs: [INPUT], mode: 'batch' }).open();
  sink.operator.processElement({ n: 0 }, Number.NaN, 0, 0);
  sink.processElement({ n: 1 }).processElement({ n: 2 }).processWatermark(7).flush();
  expect(rowsOf(sink)).toEqual([[{ n: 0 }], [{ n: 1 }, { n: 2 }]]);
  sink.processWatermark(9).flush();
  expect(rowsOf(sink)).toEqual([]);
});

test('a snapshot leaves nothing undelivered', async () => {
  const sink = await new OperatorTestHarness({ definition: tableSink, inputs: [INPUT] }).open();
  sink.processElement({ n: 1 });
  expect([sink.snapshot(), rowsOf(sink)]).toEqual([{ version: 1, keyGroups: new Map() }, [[{ n: 1 }]]]);
});
