// Building and serving the studio.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { at, hashOf, ROOT, say } from './project.mjs';

const STAMP = at('.cache', 'studio-hash');
const SOURCES = ['app', 'engine', 'examples', 'public', 'tools', 'index.html', 'vite.config.ts', 'package-lock.json'];

export function isBuilt() {
  return existsSync(at('dist', 'index.html'));
}

/** Builds into `dist` unless what is there was made from the present sources. */
export async function buildStudio() {
  const hash = hashOf(...SOURCES);
  if (isBuilt() && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  say('Building the studio…');
  const started = performance.now();
  const { build } = await import('vite');
  await build({ root: ROOT, logLevel: 'warn' });
  mkdirSync(at('.cache'), { recursive: true });
  writeFileSync(STAMP, hash);
  say(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

/** Serves `dist` with the headers of vite.config.ts, on exactly this port of the loopback interface. */
export async function serveStudio(port) {
  const { preview } = await import('vite');
  const server = await preview({ root: ROOT, logLevel: 'warn', preview: { port, strictPort: true, open: false } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Open connections (a page that polls) must not keep it alive.
      setTimeout(() => process.exit(0), 500).unref();
      void server.close().then(() => process.exit(0));
    });
  }
  return `http://127.0.0.1:${port}/`;
}

/** Whether nobody listens there. */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
