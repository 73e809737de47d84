import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { failedFile, joinAdapters, readVectorFile, replay, reportOf } from './runner.ts';
import type { VectorResult } from './runner.ts';
import type { Adapters } from './vector.ts';

/**
 * `npm run corpus -- DIR…`: replays every vector file of the folders and the folders in them (or single files). It ends with 1 when something failed,
 * with 2 when it was not told what to replay.
 */

const modules = Object.values(import.meta.glob<{ readonly adapters: Adapters }>('./adapters/*.ts', { eager: true }));

async function main(places: readonly string[]): Promise<number> {
  if (places.length === 0) {
    process.stderr.write('Which vectors? npm run corpus -- DIR\n');
    return 2;
  }
  const adapters = joinAdapters(modules);
  const results: VectorResult[] = [];
  const read = new Set<string>();
  for (const place of places) for (const file of filesOf(place, results)) results.push(...(await replayFile(file, adapters, read)));
  process.stdout.write(`${reportOf(results).join('\n')}\n`);
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** @param read Files that were replayed already: nothing counts twice. */
async function replayFile(file: string, adapters: Adapters, read: Set<string>): Promise<readonly VectorResult[]> {
  try {
    const id = realpathSync(file);
    if (read.has(id)) return [];
    read.add(id);
    return await replay(readVectorFile(readFileSync(file, 'utf8'), file), adapters);
  } catch (error) {
    return [failedFile(file, error)];
  }
}

/** @param results Where a place that cannot be read is reported. */
function filesOf(place: string, results: VectorResult[]): readonly string[] {
  try {
    if (!statSync(place).isDirectory()) return [place];
    const names = readdirSync(place).filter((name) => !name.startsWith('.') && name !== 'node_modules');
    return names.toSorted().flatMap((name) => {
      const inside = path.join(place, name);
      if (statSync(inside, { throwIfNoEntry: false })?.isDirectory() === true) return filesOf(inside, results);
      return name.endsWith('.json') ? [inside] : [];
    });
  } catch (error) {
    results.push(failedFile(place, error));
    return [];
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
