import { documentOf, filtered, FIVE_READINGS } from './documents.ts';
import { expect, test } from './test.ts';

/** Ways by which a function of somebody else could try to get out, or to find out. Each must fail, and fail visibly. */
const ESCAPES = [
  ['fetch', "fetch('https://example.com/?' + r.id)"],
  ['XMLHttpRequest', "new XMLHttpRequest().open('GET', 'https://example.com')"],
  ['WebSocket', "new WebSocket('wss://example.com')"],
  ['EventSource', "new EventSource('https://example.com')"],
  ['sendBeacon', "navigator.sendBeacon('https://example.com', r.id)"],
  ['IndexedDB', "indexedDB.open('millrace')"],
  ['the file system of the origin', 'navigator.storage.getDirectory()'],
  ['the cache', "caches.open('x')"],
  ['messages to the coordinator', "postMessage({ kind: 'finished' })"],
  ['messages by self', "self.postMessage({ kind: 'finished' })"],
  ['a broadcast to the page', "new BroadcastChannel('millrace/tabs').postMessage('hello')"],
  ['a nested worker', "new Worker('data:text/javascript,fetch(1)')"],
  ['a foreign script', "importScripts('https://example.com/x.js')"],
  ['a constructor of functions', "[].constructor.constructor('return fetch')()('https://example.com')"],
  ['the global object by its back door', "(0, eval)('this').fetch('https://example.com')"],
  ['a timer', 'setTimeout(() => 1, 0)'],
  ['the prototype of the worker', "Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch.call(globalThis, 'https://example.com')"],
  ['the prototype of everything', "({}).constructor.getPrototypeOf(globalThis).constructor.prototype.postMessage({ kind: 'finished' })"],
  ['the clock', 'Date.now()'],
  ['chance', 'Math.random()'],
] as const;

test('a function cannot reach the world around it', async ({ studio, page }) => {
  test.setTimeout(120_000);
  const requests: string[] = [];
  page.context().on('request', (request) => requests.push(request.url()));
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await studio.openFresh();
  await studio.setSpeed('Max');
  for (const [what, expression] of ESCAPES) {
    await test.step(what, async () => {
      const source = `(r) => {\n  ${expression};\n  return true;\n}`;
      await studio.openDocument(documentOf(`escape by ${what}`, filtered(source), FIVE_READINGS));
      // Refused when it is read, or when it is run: in both cases no record passes.
      const run = page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Run' });
      if ((await run.getAttribute('aria-disabled')) === 'true') {
        expect((await studio.problems()).join()).toMatch(/^Error.*Warm/s);
        return;
      }
      await studio.run();
      await studio.waitForStatus('Failed');
      await expect(studio.error).toContainText('Warm');
    });
  }
  expect(requests.filter((url) => !url.startsWith('http://127.0.0.1:') && !url.startsWith('blob:http://127.0.0.1:'))).toEqual([]);
  expect(sockets).toEqual([]);
});

test.describe('what comes after a function returned cannot reach', () => {
  // These fail later than the function returns, so the job does not notice; what counts is that nothing leaves.
  for (const [what, expression] of [
    ['other scripts by import()', "import('https://example.com/x.js').catch(() => 0)"],
    [
      'the network by an asynchronous constructor',
      '(async () => {}).constructor(\'return fetch("https://example.com")\')().catch(() => 0)',
    ],
    ['the network by a generator', '(function* () {}).constructor(\'yield fetch("https://example.com")\')().next'],
  ] as const) {
    test(what, async ({ studio, page }) => {
      const requests: string[] = [];
      page.context().on('request', (request) => requests.push(request.url()));
      await studio.openFresh();
      await studio.openDocument(documentOf('escape', filtered(`(r) => {\n  ${expression};\n  return true;\n}`), FIVE_READINGS));
      const run = page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Run' });
      if ((await run.getAttribute('aria-disabled')) !== 'true') {
        await studio.setSpeed('Max');
        await studio.run();
        await expect(studio.status).toHaveText(/Finished|Failed/);
      }
      expect(requests.filter((url) => url.includes('example.com'))).toEqual([]);
    });
  }
});

/** What would change how the engine beside the function works: lists that lose records, promises that never come. */
const POISONS = [
  ['lists', 'Array.prototype.push = () => 0', /read only property 'push'/],
  ['everything that is awaited', 'Object.prototype.then = (resolve) => resolve()', /Cannot add property then/],
  ['records', 'Object.prototype.temperature = 99', /Cannot add property temperature/],
  ['texts', 'JSON.stringify = () => "x"', /read only property 'stringify'/],
  ['maps', 'Map.prototype.get = () => 1', /read only property 'get'/],
  ['columns', 'Float64Array.prototype.__proto__.set = () => 0', /read only property 'set'/],
  ['copies of lists', 'Array.prototype[Symbol.iterator] = function* () {}', /changed "Array\.prototype"/],
] as const;

test('a function cannot poison what it shares with the engine, and a job that tries fails visibly', async ({ studio }) => {
  test.slow();
  await studio.openFresh();
  for (const [what, poison, message] of POISONS) {
    await test.step(what, async () => {
      await studio.openDocument(documentOf(`poisons ${what}`, filtered(`(r) => {\n  ${poison};\n  return true;\n}`), FIVE_READINGS));
      await studio.setSpeed('Max');
      await studio.run();
      await studio.waitForStatus('Failed');
      await expect(studio.error).toContainText(message);
    });
  }
  await studio.select('Warm');
  await studio.setFunction('Keep a record when', '(r) => true');
  await studio.run();
  await studio.waitForStatus('Finished');
  expect(await studio.resultRows()).toHaveLength(5);
});

test('code that makes errors and objects of its own runs as everywhere', async ({ studio }) => {
  const own = `(r) => {
  class TooCold extends Error {
    constructor(message: string) {
      super(message);
      this.name = 'TooCold';
    }
  }
  const shown: any = {};
  shown.toString = () => r.id;
  shown.constructor = 'none';
  try {
    if (r.temperature < 30) throw new TooCold(String(shown));
  } catch (error: any) {
    return error.name !== 'TooCold';
  }
  return [1, 2].map((n) => n * 2).includes(4);
}`;
  await studio.openFresh();
  await studio.openDocument(documentOf('own', filtered(own), FIVE_READINGS));
  await studio.runToEnd();
  expect((await studio.resultRows()).map((row) => row['temperature'])).toEqual([30, 40, 50, 60]);
});

test('a document with a hostile name or text shows it and runs nothing of it', async ({ studio, page }) => {
  await studio.openFresh();
  let alerted = false;
  page.on('dialog', (dialog) => {
    alerted = true;
    void dialog.dismiss();
  });
  const name = '<img src=x onerror=alert(1)>';
  await studio.openDocument(
    documentOf(
      name,
      filtered('(r) => true').map((step) => ({ ...step, name })),
      FIVE_READINGS,
    ),
  );
  await expect(page.getByRole('textbox', { name: 'Name of the pipeline' })).toHaveValue(name);
  await studio.runToEnd();
  await expect(studio.canvas.getByText(name).first()).toBeVisible();
  expect(alerted).toBe(false);
});

test('the page forbids what it does not need', async ({ page }) => {
  const response = await page.goto('/');
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe-eval');
  const violated = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        Reflect.apply(window.setTimeout, window, ['window.evaluated = true', 0]);
      }),
  );
  expect(violated).toBe('script-src');
});
