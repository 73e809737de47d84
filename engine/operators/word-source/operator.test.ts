import { expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { defaultConfig } from '../fields.ts';
import { wordSource } from './definition.ts';
import { wordsOf } from './words-of.ts';

async function words(config: Record<string, unknown>, seed = 1): Promise<unknown[]> {
  const harness = await new OperatorTestHarness({ definition: wordSource, config, seed }).open();
  while (harness.poll() !== 'finished');
  return harness.drainValues().map(({ word }) => word);
}

test('words are lower case and without punctuation, in any script', () => {
  expect(wordsOf('To be, or NOT to be: "don’t" – 3 Ångström!')).toEqual(['to', 'be', 'or', 'not', 'to', 'be', 'don’t', '3', 'ångström']);
  expect(wordsOf(' … ?! ')).toEqual([]);
});

test('in the order of the text, and again from the start', async () => {
  expect(await words({ text: 'One, two. Three!', count: 7 })).toEqual(['one', 'two', 'three', 'one', 'two', 'three', 'one']);
});

test('at random frequent words come more often, and the seed decides', async () => {
  const all = await words({ text: 'a a a b', order: 'random', count: 4000 });
  expect(all.filter((word) => word === 'a').length / all.length).toBeCloseTo(0.75, 1);
  expect(await words({ text: 'a b', order: 'random', count: 50 })).toEqual(await words({ text: 'a b', order: 'random', count: 50 }));
  expect(await words({ text: 'a b', order: 'random', count: 50 }, 2)).not.toEqual(await words({ text: 'a b', order: 'random', count: 50 }));
});

test('a text without words is refused', () => {
  const { problems } = wordSource.shapes({ ...defaultConfig(wordSource.fields), text: '?!' } as never, []);
  expect(problems.map(({ code, field }) => [code, field])).toEqual([['no-words', 'text']]);
});
