// npm test: everything that must hold, cheapest first. Stops at the first stage that fails; the last line counts the tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findChromium } from './find-chromium.mjs';
import { at, ROOT, say } from './lib/project.mjs';
import { buildStudio } from './lib/studio.mjs';

const UNIT_REPORT = at('.cache', 'unit-tests.json');
const BROWSER_REPORT = at('.cache', 'browser-tests.json');

const total = { passed: 0, failed: 0 };
const env = { ...process.env };

/** True: it ended well. */
function node(script, args, extraEnv = {}) {
  const { status } = spawnSync(process.execPath, [at('node_modules', ...script.split('/')), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...env, ...extraEnv },
  });
  return status === 0;
}

function unitTests() {
  const ok = node('vitest/vitest.mjs', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`]);
  count(UNIT_REPORT, ({ numPassedTests, numFailedTests }) => [numPassedTests, numFailedTests]);
  return ok;
}

function browserTests() {
  const ok = node('@playwright/test/cli.js', ['test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: BROWSER_REPORT });
  count(BROWSER_REPORT, ({ stats }) => {
    if (stats.flaky > 0) say(`Unstable: ${stats.flaky} browser test(s) passed only when tried again; the list above marks them.`);
    return [stats.expected + stats.flaky, stats.unexpected];
  });
  return ok;
}

function count(report, numbersOf) {
  const text = readFileSync(report, { encoding: 'utf8', flag: 'a+' });
  // No report: the runner itself failed, which the stage says.
  const [passed, failed] = text === '' ? [0, 0] : numbersOf(JSON.parse(text));
  total.passed += passed;
  total.failed += failed;
}

const STAGES = [
  ['Browser', async () => Boolean((env.CHROMIUM_PATH = await findChromium()))],
  ['Lock file', () => spawnSync(process.execPath, [at('tools', 'check-lock.mjs')], { stdio: 'inherit' }).status === 0],
  ['Types', () => node('@typescript/native/bin/tsc', ['-b'])],
  ['Lint', () => node('oxlint/bin/oxlint', ['--type-aware', '--quiet', 'app', 'engine', 'e2e', 'bench', 'tools', 'examples', 'scripts'])],
  ['Format', () => node('@biomejs/biome/bin/biome', ['check', '.'])],
  ['Boundaries and unit tests', unitTests],
  ['Build', () => buildStudio().then(() => true)],
  ['Browser tests', browserTests],
];

mkdirSync(at('.cache'), { recursive: true });
for (const report of [UNIT_REPORT, BROWSER_REPORT]) rmSync(report, { force: true });
let failedStage;
for (const [i, [name, run]] of STAGES.entries()) {
  say(`\n[${i + 1}/${STAGES.length}] ${name}…`);
  const started = performance.now();
  const ok = await Promise.resolve()
    .then(run)
    .catch((error) => {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return false;
    });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(ok ? `✓ ${name} (${seconds} s)` : `✗ ${name} failed after ${seconds} s; the reasons are above.`);
  if (ok) continue;
  failedStage = name;
  break;
}

if (failedStage !== undefined) {
  const rest = STAGES.slice(STAGES.findIndex(([name]) => name === failedStage) + 1).map(([name]) => name);
  if (rest.length > 0) say(`Not run because of that: ${rest.join(', ')}.`);
  // A stage that failed without a failed test (types, lint, a file that cannot be loaded) is a failure all the same.
  if (total.failed === 0) total.failed = 1;
  process.exitCode = 1;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
