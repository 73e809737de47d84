import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasAdapter, joinAdapters, readVectorFile } from './runner.ts';
import type { Adapters } from './vector.ts';
import { subjectOf } from './vector.ts';

/** The visible vectors, and ours for what those leave out: every one that has an adapter must pass. */

const FOLDERS = ['./vectors/', './vectors-own/'].map((folder) => new URL(folder, import.meta.url));
const adapters = joinAdapters(Object.values(import.meta.glob<{ readonly adapters: Adapters }>('./adapters/*.ts', { eager: true })));

const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readVectorFile(readFileSync(new URL(name, folder), 'utf8'), name)),
);

/** Topics that wait for their adapters are not among them. */
const replayed = files
  .map((file) => ({ file, topic: file.topic, vectors: file.vectors.filter((vector) => hasAdapter(vector, adapters)) }))
  .filter(({ vectors }) => vectors.length > 0);

describe.each(replayed)('$topic', ({ file, vectors }) => {
  it.each(vectors)('$name', async (vector) => {
    await adapters[subjectOf(vector)]?.(vector, file);
  });
});

it('names no vector twice', () => {
  const names = files.flatMap(({ vectors }) => vectors.map(({ name }) => name));
  expect(names.length - new Set(names).size).toBe(0);
});

it('leaves none of our own vectors out', () => {
  const own = files.flatMap(({ vectors }) => vectors.filter(({ name }) => name.startsWith('own/')));
  expect(own.filter((vector) => !hasAdapter(vector, adapters))).toEqual([]);
});
