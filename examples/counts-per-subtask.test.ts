import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { StreamShape } from '../engine/operators/definition.ts';
import { processFunction } from '../engine/operators/process-function/definition.ts';
import { redistributeState } from '../engine/state/redistribute-state.ts';
import { OperatorTestHarness } from '../engine/testing/operator-test-harness.ts';
import { parseDocument } from '../engine/graph/migrations.ts';
import { must } from '../engine/util/assert.ts';

const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'temperature', type: 'double' },
    ],
  },
  key: null,
  eventTime: false,
};

test('E-30: a count of 23 is ten parts, and however they are dealt out they add up to 23', async () => {
  const { nodes } = parseDocument(readFileSync(path.join(import.meta.dirname, 'e30-counts-per-subtask', 'pipeline.json'), 'utf8'));
  const { config } = must(
    nodes.find(({ type }) => type === processFunction.type),
    'the counter of the example',
  );
  const counter = (subtaskIndex: number, parallelism: number) =>
    new OperatorTestHarness({ definition: processFunction, config, inputs: [READINGS], subtaskIndex, parallelism });
  const single = await counter(0, 1).open();
  for (let n = 1; n <= 30; n++) single.processElement({ id: 'sensor_1', temperature: n <= 23 ? 26 : 25 });
  expect(single.drainValues().at(-1)).toEqual({ subtask: 0, count: 23 });

  const shares = redistributeState([single.snapshot()], 3, 128);
  const counts: unknown[] = [];
  for (const [subtask, share] of shares.entries()) {
    const restored = await counter(subtask, 3).open(share);
    counts.push(restored.processElement({ id: 'sensor_1', temperature: 26 }).drainValues());
  }
  // The parts are 3, 3, 3, 2, 2, 2, 2, 2, 2, 2: dealt out as 4, 3 and 3 of them, plus the reading that shows it.
  expect(counts).toEqual([[{ subtask: 0, count: 12 }], [{ subtask: 1, count: 7 }], [{ subtask: 2, count: 7 }]]);
});
