// The benchmarks in a module worker of a headless Chromium, on a page that is isolated as the studio is.
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { findChromium } from '../find-chromium.mjs';
import { say } from './project.mjs';

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
const PAGE = '<!doctype html><html lang="en"><title>Benchmarks</title><link rel="icon" href="data:,">';
/** The root may not have a sandbox, and a benchmark needs nobody else on the line. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @param {string} folder With the bundled `worker.js`.
 * @param {readonly string[]} args Of the command line.
 * @returns {Promise<number>} The exit code.
 */
export async function runInBrowser(folder, args) {
  const { chromium } = await import('playwright');
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath: await findChromium(), args: FLAGS });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void browser.close().then(() => process.exit(1)));
  try {
    return await measure(browser, `http://127.0.0.1:${server.address().port}/`, args);
  } finally {
    await browser.close();
    server.close();
  }
}

async function measure(browser, address, args) {
  const page = await browser.newPage();
  const ended = pending();
  await page.goto(address);
  // Not before: the page may move to another process.
  const cpuTime = await cpuClock(browser);
  await page.exposeFunction('report', (message) => {
    if (message.kind === 'cpu') return cpuTime();
    if (message.kind === 'print') process.stdout.write(`${message.text}\n`);
    else if (message.kind === 'progress') showProgress(message.text);
    else ended.resolve(message);
    return undefined;
  });
  page.on('crash', () => ended.resolve({ kind: 'failed', text: 'The page crashed: it may have run out of memory.' }));
  const order = { args, environment: environment() };
  await page.evaluate((data) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.addEventListener('message', ({ data: message }) => {
      void window.report(message).then((answer) => {
        if (message.kind === 'cpu') worker.postMessage(answer);
      });
    });
    worker.addEventListener('error', (event) => {
      void window.report({ kind: 'failed', text: `The worker failed: ${event.message ?? 'it could not be loaded'}` });
    });
    worker.postMessage(data);
  }, order);
  const end = await ended.promise;
  showProgress('');
  if (end.kind === 'failed') say(end.text);
  return end.kind === 'done' && end.isConsistent ? 0 : 1;
}

/**
 * Processor time of what renders the page, in ms: all its threads, hence the garbage collector's too. The browser itself only knows hundredths of
 * a second; where the system does not know better it is said to be unknown.
 */
async function cpuClock(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => `/proc/${id}/task`);
  return () => renderers.reduce((sum, tasks) => sum + nanosecondsOf(tasks) / 1e6, 0);
}

function nanosecondsOf(tasks) {
  try {
    return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
  } catch {
    return Number.NaN;
  }
}

function environment() {
  return { processor: cpus()[0]?.model ?? 'unknown', threads: availableParallelism(), load: Number((loadavg()[0] ?? 0).toFixed(2)) };
}

/** On one line of standard error, overwritten by the next. */
function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** A page, and the scripts of a folder, on any free port of the loopback interface. */
async function serve(folder) {
  const server = http.createServer(({ url }, response) => {
    const name = new URL(url, 'http://localhost').pathname;
    const file = path.join(folder, name);
    if (name === '/') response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html' }).end(PAGE);
    else if (!file.endsWith('.js') || !existsSync(file)) response.writeHead(404, HEADERS).end();
    else {
      response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/javascript' });
      createReadStream(file).pipe(response);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function pending() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
