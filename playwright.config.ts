import { defineConfig } from '@playwright/test';

/** Not the port of `npm start`: tests and a running studio do not disturb each other. */
const PORT = 4319;

// `npm test` finds (or installs) a browser and names it here; without it Playwright uses its own.
const executablePath = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  reporter: 'list',
  // One job at a time: the machine is measured too (long tasks), and a browser is not small.
  workers: 1,
  // Machines of CI are shared: a journey that only misses its time there is tried again, and `npm test` names it.
  retries: process.env['CI'] === undefined ? 0 : 2,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${PORT}`,
    url: `http://127.0.0.1:${PORT}`,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 2_000 },
    timeout: 30_000,
  },
});
