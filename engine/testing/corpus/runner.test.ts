import { expect, test } from 'vitest';
import { failedFile, readVectorFile, replay, reportOf } from './runner.ts';
import type { Adapter } from './vector.ts';
import { playHarness } from './harness-script.ts';

const FORMAT = 'stream-conformance/1';

const adapters: Readonly<Record<string, Adapter>> = {
  good: () => undefined,
  bad: () => {
    throw new Error('expected 1,\n  got 2');
  },
  'harness/window': async (vector) => {
    const nothing = (): void => undefined;
    await playHarness(vector, { element: nothing, watermark: nothing, processingTime: nothing, drain: () => [] });
  },
};

async function report(...vectors: readonly unknown[]): Promise<readonly string[]> {
  return reportOf(await replay(readVectorFile(JSON.stringify({ format: FORMAT, topic: 'the-topic', vectors }), 'a.json'), adapters));
}

test('the last line counts, also when there is nothing to count', async () => {
  expect(await report()).toEqual(['0 passed, 0 failed, 0 skipped']);
  expect(
    await report({ name: 'a', kind: 'good' }, { name: 'b', kind: 'bad' }, { name: 'c', kind: 'cep' }, { name: 'c', kind: 'cep' }),
  ).toEqual([
    'FAILED the-topic: b: expected 1, | got 2',
    'SKIPPED 2: no adapter replays cep',
    'the-topic: 1 passed, 1 failed, 2 skipped',
    '1 passed, 1 failed, 2 skipped',
  ]);
});

test('what is no vector fails by itself', async () => {
  expect(await report(null, { kind: 'good' }, { name: 'a', kind: 'good' })).toEqual([
    'FAILED the-topic: null: a vector has a name and a kind',
    'FAILED the-topic: {"kind":"good"}: a vector has a name and a kind',
    'the-topic: 1 passed, 2 failed, 0 skipped',
    '1 passed, 2 failed, 0 skipped',
  ]);
});

test('a file that holds no vectors is refused, and counts as a failure', () => {
  expect(() => readVectorFile('{', 'a.json')).toThrow(SyntaxError);
  expect(() => readVectorFile('null', 'a.json')).toThrow('a.json has the format undefined, not "stream-conformance/1".');
  expect(() => readVectorFile(`{"format": "${FORMAT}"}`, 'a.json')).toThrow('a.json has no list of vectors.');
  expect(reportOf([failedFile('a.json', new Error('no such file'))])).toEqual([
    'FAILED a.json: the file: no such file',
    'a.json: 0 passed, 1 failed, 0 skipped',
    '0 passed, 1 failed, 0 skipped',
  ]);
});

test.each([
  [{ operator: { type: 'window', color: 'red' }, steps: [] }, 'the operator window has the field color, which no adapter knows'],
  [{ steps: [{ element: { value: {}, weight: 1 } }] }, 'the element of step 1 has the field weight, which no adapter knows'],
  [{ steps: [{ expect: { main: [], sides: {} } }] }, 'the expectation of step 1 has the field sides, which no adapter knows'],
  [{ steps: [{ expect: { main: [{ value: 1, key: 2 }] } }] }, 'what step 1 expects has the field key, which no adapter knows'],
  [{ steps: [{ expect: { main: [], order: 'sorted' } }] }, 'the adapter does not know the order "sorted" of step 1'],
  [{ steps: [{ jump: 3 }] }, 'step 1 {"jump":3}: the adapter does not know this step'],
  [{ steps: [{ watermark: '1e3' }] }, 'step 1 {"watermark":"1e3"}: "1e3" is no time'],
  [{ tags: ['int64'], steps: [{ jump: 3 }] }, 'the engine counts milliseconds exactly up to 2^53'],
])('what no adapter knows is named: %j', async (content, reason) => {
  const [failure] = await report({ name: 'a', kind: 'harness', operator: { type: 'window' }, ...content });
  expect(failure).toContain(reason);
});
