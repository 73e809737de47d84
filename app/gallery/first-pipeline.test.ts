import { expect, test } from 'vitest';
import { analyze } from '../../engine/api/index.ts';
import { firstPipeline } from './first-pipeline.ts';

test('the pipeline of the first start is ready to run: no errors, no warnings', () => {
  const analysis = analyze(firstPipeline('first'));
  expect(analysis.problems).toEqual([]);
  expect(analysis.runnable).toBe(true);
});
