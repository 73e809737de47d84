// npm run bench [-- SUITE…]: the benchmarks, reported as ratios of one run. In Node, or with --browser in a worker of Chromium.
import path from 'node:path';
import { runInBrowser } from './lib/bench-in-browser.mjs';
import { bundle, run } from './lib/node-bundle.mjs';

const SOURCES = ['bench', 'engine'];
const args = process.argv.slice(2);
if (args.includes('--browser') && !args.includes('--help')) {
  const folder = await bundle('bench-browser', { worker: 'bench/browser/worker.ts' }, SOURCES, 'browser');
  process.exitCode = await runInBrowser(
    folder,
    args.filter((arg) => arg !== '--browser'),
  );
} else run(path.join(await bundle('bench', { main: 'bench/main.ts' }, SOURCES), 'main.js'));
