// npm run bench [-- SUITE…]: the benchmarks, reported as ratios of one run.
import path from 'node:path';
import { bundle, run } from './lib/node-bundle.mjs';

const folder = await bundle('bench', { main: 'bench/main.ts' }, ['bench', 'engine']);
run(path.join(folder, 'main.js'));
