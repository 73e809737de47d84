import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasAdapter, joinAdapters, readVectorFile } from './runner.ts';
import type { Adapters } from './vector.ts';
import { subjectOf } from './vector.ts';

/** The visible vectors: every one that has an adapter must pass. */

const FOLDER = new URL('./vectors/', import.meta.url);
const adapters = joinAdapters(Object.values(import.meta.glob<{ readonly adapters: Adapters }>('./adapters/*.ts', { eager: true })));

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => readVectorFile(readFileSync(new URL(name, FOLDER), 'utf8'), name));

describe.each(files.map((file) => [file.topic, file] as const))('%s', (_, file) => {
  const { vectors } = file;
  it.each(vectors.filter((vector) => hasAdapter(vector, adapters)).map((vector) => [vector.name, vector] as const))(
    '%s',
    async (__, vector) => {
      await adapters[subjectOf(vector)]?.(vector, file);
    },
  );
  it.skipIf(vectors.every((vector) => hasAdapter(vector, adapters)))('is read', () => {
    expect(vectors.length).toBeGreaterThan(0);
  });
});
