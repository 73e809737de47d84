// npm run --silent millrace -- run FILE.json […]: the headless host. Its own --help says what it can do.
import path from 'node:path';
import { bundle, run } from './lib/node-bundle.mjs';

const folder = await bundle('millrace', { cli: 'engine/workers/node/cli.ts', 'task-worker': 'engine/workers/node/task-worker.ts' }, [
  'engine',
]);
run(path.join(folder, 'cli.js'));
