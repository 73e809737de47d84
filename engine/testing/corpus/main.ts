import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { joinAdapters, readVectorFile, replay, reportOf } from './runner.ts';
import type { VectorResult } from './runner.ts';
import type { Adapters } from './vector.ts';

/** `npm run corpus -- DIR…`: replays every vector file of the folders (or single files), and ends with 1 when something failed. */

const modules = Object.values(import.meta.glob<{ readonly adapters: Adapters }>('./adapters/*.ts', { eager: true }));

async function main(places: readonly string[]): Promise<number> {
  if (places.length === 0) {
    process.stderr.write('Which vectors? npm run corpus -- DIR\n');
    return 2;
  }
  const adapters = joinAdapters(modules);
  const results: VectorResult[] = [];
  for (const file of places.flatMap(filesOf)) results.push(...(await replay(readVectorFile(readFileSync(file, 'utf8'), file), adapters)));
  process.stdout.write(`${reportOf(results).join('\n')}\n`);
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function filesOf(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => path.join(place, name));
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
