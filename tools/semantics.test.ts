import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** `docs/semantics.md` names the test that pins each rule. A rule whose test is gone is a claim. */

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const VECTORS = ['vectors', 'vectors-own'].map((folder) => path.join(ROOT, 'engine/testing/corpus', folder));

const rules = readFileSync(path.join(ROOT, 'docs/semantics.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Rule'));

const vectorNames = new Set(
  VECTORS.flatMap((folder) => readdirSync(folder).map((file) => path.join(folder, file))).flatMap((file) =>
    (JSON.parse(readFileSync(file, 'utf8')) as { vectors: { name: string }[] }).vectors.map(({ name }) => name),
  ),
);

/** What is wrong with the pin of a rule; null when its test exists. */
function problemOf(rule: string): string | null {
  const pin =
    rule
      .split(' | ')
      .at(-1)
      ?.replace(/\s*\|$/, '') ?? '';
  const vector = /^corpus `(?<name>[^`]+)`$/.exec(pin)?.groups?.['name'];
  if (vector !== undefined) return vectorNames.has(vector) ? null : `there is no vector ${vector}`;
  const { file = '', name = '' } = /^`(?<file>[^`]+)`: (?<name>.+)$/.exec(pin)?.groups ?? {};
  if (name === '') return `not a pin: ${pin}`;
  const place = path.join(ROOT, 'engine', file);
  if (!existsSync(place)) return `there is no file ${file}`;
  return new RegExp(`['"\`]${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`).test(readFileSync(place, 'utf8'))
    ? null
    : `${file} has no test "${name}"`;
}

it('every rule of docs/semantics.md is pinned by a test that exists', () => {
  expect(rules.length).toBeGreaterThan(100);
  expect(rules.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
});
