// TypeScript entries, mostly for Node: bundled when their sources changed, then run in a process of their own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { at, giveUp, hashOf, ROOT, say } from './project.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * @param {string} name Folder below `.cache`.
 * @param {Record<string, string>} entries Name of the resulting file (without `.js`) → TypeScript entry. They share chunks and keep lazy imports.
 * @param {string[]} sources What the bundle depends on.
 * @param {'node' | 'browser'} platform
 * @returns {Promise<string>} The folder with the entries. Its name is the hash of the sources: a running process keeps its own chunks.
 */
export async function bundle(name, entries, sources, platform = 'node') {
  for (const entry of Object.values(entries)) if (!existsSync(at(entry))) giveUp(`${entry} is missing from this checkout.`);
  const folder = at('.cache', name, hashOf(...sources, 'package-lock.json', 'scripts/lib/node-bundle.mjs'));
  if (existsSync(folder)) return folder;
  say('Preparing (only after changes)…');
  const { build } = await import('vite');
  const unfinished = `${folder}.${process.pid}`;
  const options = {
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: {
      ssr: platform === 'node',
      // Preloading needs a document, and workers have none.
      modulePreload: false,
      outDir: unfinished,
      emptyOutDir: true,
      target: platform === 'node' ? 'node20' : 'es2023',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([entry, file]) => [entry, at(file)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true },
  };
  await build(options).catch((error) => {
    rmSync(unfinished, { recursive: true, force: true });
    giveUp(error.message);
  });
  publish(unfinished, folder);
  removeOld(path.dirname(folder), folder);
  return folder;
}

/** Two commands may have bundled the same sources at once: the first one wins, the results are the same. */
function publish(unfinished, folder) {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Not the young ones: something started a moment ago may still load its chunks. */
function removeOld(parent, current) {
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent)) {
    const folder = path.join(parent, entry);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (folder !== current && age > DAY_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a bundled entry with our arguments, streams and signals; ends as it ends. A process of its own: the bundler is out of the measurements. */
export function run(file, nodeOptions = []) {
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, file, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl+C reaches the child by itself; we only have to outlive it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => giveUp(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
