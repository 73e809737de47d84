import { describe, expect, it } from 'vitest';
import type { Emitted } from '../../testing/operator-test-harness.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import { splitSelect } from './definition.ts';

const INPUT = { schema: { fields: [{ name: 'n', type: 'int' }] }, key: { kind: 'fields', fields: ['n'] }, eventTime: true } as const;

/** `small 4` for a record at an output, a number for a watermark. */
function short(emitted: readonly Emitted[]): unknown[] {
  return emitted.map((e) => (e.kind === 'watermark' ? e.watermark : `${e.port} ${String(e.value['n'])}`));
}

async function splitBy(selector: string, numbers: readonly number[], more: Record<string, unknown> = {}) {
  const config = { outputs: 'small, large', selector, ...more };
  const harness = await new OperatorTestHarness({ definition: splitSelect, config, inputs: [INPUT] }).open();
  for (const n of numbers) harness.processElement({ n }, n);
  harness.processWatermark(9000);
  return harness;
}

describe('split and select', () => {
  it.each([
    ["(r) => [r.n > 10 ? 'large' : 'small']", [4, 11], ['small 4', 'large 11', 9000]],
    ["(r) => (r.n > 10 ? 'large' : 'small')", [4, 11], ['small 4', 'large 11', 9000]],
    ["(r) => ['large', 'small', 'large']", [1], ['small 1', 'large 1', 9000]],
    ["(r) => (r.n > 10 ? ['large'] : [])", [4, 11], ['large 11', 9000]],
    ['(r) => null', [1], [9000]],
    ["(r) => ['huge']", [1], [9000]],
  ])('sends a record to every output that %s names, once', async (selector, numbers, expected) => {
    expect(short((await splitBy(selector, numbers)).drain())).toEqual(expected);
  });

  it('fails or skips where the function throws, or returns no names', async () => {
    const selector = "(r) => { if (r.n === 2) throw new Error('two'); return r.n === 3 ? [3] : 'small'; }";
    const skipping = await splitBy(selector, [1, 2, 3, 4], { onError: 'skip' });
    expect(short(skipping.drain())).toEqual(['small 1', 'small 4', 9000]);
    expect(skipping.problems.map(({ reason }) => reason)).toEqual([
      'The function threw Error: two (line 1, column 31).',
      `The function returned a list with other things than texts instead of names of outputs. Return a list of them: "(r) => ['first']".`,
    ]);
    await expect(splitBy(selector, [1, 2])).rejects.toThrow(RecordFailure);
  });

  it('has an output of the fields of the input for every name, without a key', () => {
    const { ports, problems } = splitSelect.shapes({ outputs: ' a,b ', selector: "(r) => ['a', 'b']", onError: 'fail' }, [INPUT]);
    expect(problems).toEqual([]);
    expect(ports).toEqual({ a: { ...INPUT, key: null }, b: { ...INPUT, key: null } });
  });

  it.each([
    [
      'small, large',
      "(r) => (r.n > 1 ? ['lagre'] : 'small')",
      ['There is no output "lagre", so it selects nothing. Did you mean "large"?'],
    ],
    ['small, small', "(r) => 'small'", ['Two outputs are named "small". Remove one, or give it another name.']],
    [',', '(r) => []', ['Name at least one output.']],
    ['small, out', '(r) => []', ['"out" is the main output of other operators. Choose another name.']],
  ])('says what is wrong with the outputs "%s" of %s', (outputs, selector, messages) => {
    const { problems } = splitSelect.shapes({ outputs, selector, onError: 'fail' }, [INPUT]);
    expect(problems.map(({ message }) => message)).toEqual(messages);
  });
});
