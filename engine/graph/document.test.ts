import { expect, it } from 'vitest';
import { emptyDocument } from './document.ts';
import { validateDocument } from './migrations.ts';

it('a job that sets nothing is what it is in Flink: streaming, chained, a watermark every 200 ms', () => {
  const { job } = validateDocument({ format: 'millrace/pipeline', version: 1, id: 'd', job: {}, nodes: [], edges: [] });
  expect(job).toEqual({
    name: 'Untitled pipeline',
    parallelism: 1,
    executionMode: 'streaming',
    autoWatermarkIntervalMs: 200,
    operatorChaining: true,
    bufferTimeoutMs: 100,
    seed: 1,
  });
  expect(emptyDocument('d').job).toEqual(job);
});
