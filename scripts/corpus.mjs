// npm run corpus -- DIR…: replays conformance vectors (engine/testing/corpus/FORMAT.md) and counts them.
import path from 'node:path';
import { bundle, run } from './lib/node-bundle.mjs';

const folder = await bundle('corpus', { main: 'engine/testing/corpus/main.ts' }, ['engine']);
run(path.join(folder, 'main.js'));
